namespace MtaSts.EndToEnd;

/// <summary>A world of its own for the faults that concern everything in it: the API server or the name server goes away, or the cluster forgets.</summary>
public sealed class OperatorOutagesFixture() : OperatorSceneFixture(pods: 6)
{
    private protected override async Task FillAsync(OperatorScene scene)
    {
        var domains = OperatorRebuildTests.Domains;
        await Task.WhenAll(domains.Select(domain => scene.AddDomainAsync(domain.Domain, domain.Records)));
        await scene.ControlPlane.ApplyAsync(
            scene.Provider("default") + scene.Class("default", OperatorClasses.Fast) + scene.Class("slow", OperatorClasses.Slow) + scene.Class("halfway", OperatorClasses.Halfway)
            + string.Concat(domains.Select(domain => domain.Manifest)), CancellationToken.None);
    }
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorOutagesCollection : ICollectionFixture<OperatorOutagesFixture>
{
    public const string Name = "operator outages";
}
