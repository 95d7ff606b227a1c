using k8s;
using k8s.Autorest;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Plays the namespace controller: deletes what is in a namespace that is being deleted, and lets the namespace go when nothing is left. An object
/// whose finalizer does not go holds the namespace up, as in any cluster. What is in it is asked of the API server, kind by kind.
/// </summary>
public sealed class NamespacePlayer : IAsyncDisposable
{
    private const string Terminating = "Terminating";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ControlPlane _controlPlane;
    private readonly PlayerLoop _loop;
    private readonly ObjectMirror<V1Namespace> _namespaces;

    private NamespacePlayer(ControlPlane controlPlane, string folder)
    {
        _controlPlane = controlPlane;
        _loop = new PlayerLoop(Path.Combine(folder, "namespaces.log"));
        _namespaces = Mirrors.Namespaces(controlPlane.Client, _loop.Wake);
    }

    /// <summary>Starts to play.</summary>
    public static async Task<NamespacePlayer> StartAsync(ControlPlane controlPlane, string folder, CancellationToken cancellationToken)
    {
        var player = new NamespacePlayer(controlPlane, folder);
        await player._namespaces.Listed.WaitAsync(cancellationToken);
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>Stops to play; a namespace that is being deleted stays so.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _namespaces.DisposeAsync();
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        foreach (var space in _namespaces.All.Where(n => n.Status?.Phase == Terminating))
        {
            await EmptyAsync(space, cancellationToken);
        }
    }

    private async Task EmptyAsync(V1Namespace space, CancellationToken cancellationToken)
    {
        var name = space.Metadata.Name;
        var kinds = await KubectlAsync(["api-resources", "--verbs=list,delete", "--namespaced", "-o", "name"], cancellationToken);
        var all = string.Join(',', kinds);
        if ((await KubectlAsync(["get", all, "-n", name, "-o", "name", "--ignore-not-found"], cancellationToken)).Count > 0)
        {
            await KubectlAsync(["delete", all, "--all", "-n", name, "--wait=false", "--ignore-not-found"], cancellationToken);
            if (await KubectlAsync(["get", all, "-n", name, "-o", "name", "--ignore-not-found"], cancellationToken) is { Count: > 0 } left)
            {
                _loop.Log($"{name}: waiting for {string.Join(", ", left)}");
                return;
            }
        }

        try
        {
            var empty = new V1Namespace { Metadata = new V1ObjectMeta { Name = name, Uid = space.Metadata.Uid }, Spec = new V1NamespaceSpec { Finalizers = [] } };
            await _controlPlane.Client.CoreV1.ReplaceNamespaceFinalizeAsync(empty, name, cancellationToken: cancellationToken);
            _loop.Log($"{name}: gone");
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Conflict)
        {
            // Gone already, or there again under the same name.
        }
    }

    private async Task<IReadOnlyList<string>> KubectlAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var result = await _controlPlane.TryKubectlAsync(arguments, cancellationToken: cancellationToken);
        return result.Succeeded
            ? result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {result.Error}");
    }
}
