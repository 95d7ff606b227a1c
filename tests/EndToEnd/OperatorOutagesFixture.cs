namespace MtaSts.EndToEnd;

/// <summary>A world of its own for the faults that concern everything in it: the API server or the name server goes away.</summary>
public sealed class OperatorOutagesFixture() : OperatorSceneFixture(pods: 4)
{
    private protected override Task FillAsync(OperatorScene scene) =>
        scene.ControlPlane.ApplyAsync(scene.Provider("default") + scene.Class("slow", OperatorClasses.Slow), CancellationToken.None);
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorOutagesCollection : ICollectionFixture<OperatorOutagesFixture>
{
    public const string Name = "operator outages";
}
