using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A world whose API server fails in ways that a leader outlives: and it reaches the server through a gate.</summary>
/// <remarks>Its lease is long: whether a leader outlives a fault is not to be a matter of how fast the machine starts an API server.</remarks>
public sealed class OperatorApiFaultsFixture() : OperatorSceneFixture(pods: 6, "--lease-duration=2m")
{
    /// <summary>
    /// How long the API server may be away without its leader's having to go: the leader stops when it has not renewed for 80 seconds (two thirds), and between two
    /// renewals there are sixteen at most. The rest is for the requests.
    /// </summary>
    internal static readonly TimeSpan Outlived = TimeSpan.FromSeconds(50);

    /// <summary>When a leader that was away for longer must work again: its lease runs out first, and a process is started.</summary>
    internal static readonly TimeSpan Recovery = TimeSpan.FromMinutes(4);

    private protected override OperatorWorldOptions Options => base.Options with { Gated = [OperatorReplicas.First] };

    private protected override async Task FillAsync(OperatorScene scene)
    {
        await scene.AddDomainAsync(OperatorTrial.KeptDomain);
        await scene.ControlPlane.ApplyAsync(
            scene.Provider("default") + scene.Class("default", OperatorClasses.Fast) + scene.Class("slow", OperatorClasses.Slow)
            + OperatorScene.Policy(OperatorTrial.Kept, OperatorTrial.KeptDomain),
            CancellationToken.None);
    }
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorApiFaultsCollection : ICollectionFixture<OperatorApiFaultsFixture>
{
    public const string Name = "operator API faults";
}
