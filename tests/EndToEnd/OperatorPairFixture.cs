using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A world with two replicas of the operator, each with a way to the API server that a test can cut or slow.</summary>
/// <remarks>Its lease runs out sooner than usual: each change of the leader costs the tests that time.</remarks>
public sealed class OperatorPairFixture() : OperatorSceneFixture(pods: 6, "--lease-duration=6s")
{
    /// <summary>Between two looks of a leader at its lease: two fifteenths of its duration.</summary>
    internal static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(0.8);

    /// <summary>As the argument says.</summary>
    internal static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

    private protected override OperatorWorldOptions Options => base.Options with { Gated = [OperatorReplicas.First, OperatorReplicas.Second] };

    private protected override async Task FillAsync(OperatorScene scene)
    {
        await scene.AddDomainAsync(OperatorTrial.KeptDomain);
        await scene.ControlPlane.ApplyAsync(
            scene.Provider("default") + scene.Class("default", OperatorClasses.Fast) + OperatorScene.Policy(OperatorTrial.Kept, OperatorTrial.KeptDomain), CancellationToken.None);
        await OperatorReplicas.StartSecondAsync(scene);
    }
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorPairCollection : ICollectionFixture<OperatorPairFixture>
{
    public const string Name = "operator pair";
}
