namespace MtaSts.EndToEnd;

/// <summary>One world for all tests in which the operator itself, the API server and the name servers stay up; each test has a domain of its own.</summary>
public sealed class OperatorFixture : IAsyncLifetime
{
    // The operator, one policy server a class, and room for those that are replaced.
    private const int Pods = 15;

    private OperatorScene? _scene;

    /// <summary>The scene; skips the test where there can be none.</summary>
    internal OperatorScene Scene
    {
        get
        {
            if (OperatorScene.MissingReason is { } why) Assert.Skip(why);
            return _scene!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (OperatorScene.MissingReason is not null) return;
        _scene = await OperatorScene.StartAsync(Pods);
        await _scene.ControlPlane.ApplyAsync(
            _scene.Provider("default") + _scene.Provider("other", owner: "other")
            + _scene.Class("default", OperatorClasses.Fast)
            + _scene.Class("slow", OperatorClasses.Slow)
            + _scene.Class("manual", OperatorClasses.Manual)
            + _scene.Class("other", OperatorClasses.Fast, provider: "other")
            + _scene.Class("guarded", OperatorClasses.Fast, allowsNetwork: false),
            CancellationToken.None);

        // All at once, while the first tests run: each has its time to come to where its test begins.
        OperatorDomain[] domains =
            [.. OperatorRolloutTests.Domains, .. OperatorOwnershipTests.Domains, .. OperatorDeletionTests.Domains, .. OperatorOrderTests.Domains];
        await Task.WhenAll(domains.Select(domain => _scene.AddDomainAsync(domain.Domain, domain.Records)));
        await _scene.ControlPlane.ApplyAsync(string.Concat(domains.Select(domain => domain.Manifest)), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null) await _scene.DisposeAsync();
    }
}

/// <summary>Tests of this collection share one world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorCollection : ICollectionFixture<OperatorFixture>
{
    public const string Name = "operator";
}
