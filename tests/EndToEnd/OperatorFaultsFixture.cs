namespace MtaSts.EndToEnd;

/// <summary>A world of its own for the faults that concern everything in it: the operator dies, the API server or the name server goes away.</summary>
public sealed class OperatorFaultsFixture() : OperatorSceneFixture(pods: 6)
{
    private protected override Task FillAsync(OperatorScene scene) => scene.ControlPlane.ApplyAsync(
        scene.Provider("default") + scene.Class("default", OperatorClasses.Fast) + scene.Class("slow", OperatorClasses.Slow)
        + scene.Provider("brief", ttl: OperatorLivesFixture.Ttl) + scene.Class("brief", OperatorClasses.Brief, provider: "brief"), CancellationToken.None);
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorFaultsCollection : ICollectionFixture<OperatorFaultsFixture>
{
    public const string Name = "operator faults";
}
