using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A world that the tests of a collection share.</summary>
/// <param name="pods">How many pods can run in it at once.</param>
/// <param name="arguments">Further arguments of the operator.</param>
public abstract class OperatorSceneFixture(int pods, params string[] arguments) : IAsyncLifetime
{
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

    /// <summary>The world's options besides pods and arguments.</summary>
    private protected virtual OperatorWorldOptions Options => new() { Repository = TestBed.Repository.Root };

    public async ValueTask InitializeAsync()
    {
        if (OperatorScene.MissingReason is not null) return;
        await PrepareAsync();
        _scene = await OperatorScene.StartAsync(Options with { Pods = pods, OperatorArguments = arguments });
        await FillAsync(_scene);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null) await _scene.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts what the world is told of; before there is a world.</summary>
    private protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Puts into the scene what its tests begin with.</summary>
    private protected abstract Task FillAsync(OperatorScene scene);
}
