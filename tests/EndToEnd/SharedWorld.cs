using MtaSts.EndToEnd;

[assembly: AssemblyFixture(typeof(SharedWorlds))]

namespace MtaSts.EndToEnd;

/// <summary>A world of test classes that run beside each other: whichever comes first starts it, and it ends with the program.</summary>
/// <typeparam name="TFixture">What starts and fills it.</typeparam>
public sealed class SharedWorld<TFixture> : IAsyncLifetime
    where TFixture : OperatorSceneFixture, new()
{
    private static readonly Lazy<Task<TFixture>> Started = new(StartAsync);

    private TFixture? _fixture;

    /// <summary>Its scene; skips the test where there can be none.</summary>
    internal OperatorScene Scene => _fixture!.Scene;

    public async ValueTask InitializeAsync() => _fixture = await Started.Value;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<TFixture> StartAsync()
    {
        var fixture = new TFixture();
        SharedWorlds.Add(fixture);
        await fixture.InitializeAsync();
        return fixture;
    }
}

/// <summary>Ends the shared worlds when the last test has.</summary>
public sealed class SharedWorlds : IAsyncDisposable
{
    private static readonly List<IAsyncDisposable> Worlds = [];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Worlds.Select(world => world.DisposeAsync().AsTask()));
    }

    internal static void Add(IAsyncDisposable world)
    {
        lock (Worlds) Worlds.Add(world);
    }
}
