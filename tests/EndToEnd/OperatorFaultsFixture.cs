namespace MtaSts.EndToEnd;

/// <summary>A world of its own for the faults that concern everything in it: the operator dies, the API server or the name server goes away.</summary>
public sealed class OperatorFaultsFixture : IAsyncLifetime
{
    private const int Pods = 6;

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
            _scene.Provider("default") + _scene.Class("default", OperatorClasses.Fast) + _scene.Class("slow", OperatorClasses.Slow), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null) await _scene.DisposeAsync();
    }
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorFaultsCollection : ICollectionFixture<OperatorFaultsFixture>
{
    public const string Name = "operator faults";
}
