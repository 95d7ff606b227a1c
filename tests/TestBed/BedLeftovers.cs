using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>Removes what a bed that was killed has left: processes, network namespaces, its folder.</summary>
internal static class BedLeftovers
{
    /// <summary>Removes everything that carries the number of this bed; the caller holds its lock.</summary>
    public static async Task RemoveAsync(BedId id, CancellationToken cancellationToken)
    {
        PidFiles.KillLeftovers(id.Folder);
        foreach (var name in await NamespacesAsync(id, cancellationToken))
        {
            await KillMembersAsync(name, cancellationToken);
            await Command.RunAsync("ip", ["netns", "delete", name], cancellationToken: cancellationToken);
        }

        const string resolverFolder = "/etc/netns";
        if (Directory.Exists(resolverFolder))
        {
            foreach (var folder in Directory.EnumerateDirectories(resolverFolder, id.NamespacePrefix + "*"))
                Directory.Delete(folder, recursive: true);
        }

        if (Directory.Exists(id.Folder)) Directory.Delete(id.Folder, recursive: true);
    }

    private static async Task<List<string>> NamespacesAsync(BedId id, CancellationToken cancellationToken)
    {
        if (Command.Find("ip") is null) return [];
        var list = await Command.OutputAsync("ip", ["netns", "list"], cancellationToken: cancellationToken);
        return [.. list.Split('\n').Select(static line => line.Split(' ')[0])
            .Where(name => name.StartsWith(id.NamespacePrefix, StringComparison.Ordinal))];
    }

    private static async Task KillMembersAsync(string name, CancellationToken cancellationToken)
    {
        var members = await Command.RunAsync("ip", ["netns", "pids", name], cancellationToken: cancellationToken);
        foreach (var line in members.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(line, out var member) && member != Environment.ProcessId) Signals.Send(member, Signal.Kill);
        }
    }
}
