namespace MtaSts.EndToEnd;

/// <summary>A world of its own for the tests in which the operator dies.</summary>
/// <remarks>Its lease runs out sooner than usual: each death of a leader costs the tests that time.</remarks>
public sealed class OperatorDeathsFixture() : OperatorSceneFixture(pods: 6, "--lease-duration=6s")
{
    private protected override Task FillAsync(OperatorScene scene) => scene.ControlPlane.ApplyAsync(
        scene.Provider("default") + scene.Class("default", OperatorClasses.Fast)
        + scene.Provider("brief", ttl: OperatorLivesFixture.Ttl) + scene.Class("brief", OperatorClasses.Brief, provider: "brief"), CancellationToken.None);
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorDeathsCollection : ICollectionFixture<OperatorDeathsFixture>
{
    public const string Name = "operator deaths";
}
