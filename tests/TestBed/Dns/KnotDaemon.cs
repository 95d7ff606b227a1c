using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Dns;

/// <summary>A real Knot DNS that takes dynamic updates.</summary>
public sealed class KnotDaemon : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private KnotDaemon(ChildProcess process) => _process = process;

    /// <summary>Why there can be none on this machine, or null.</summary>
    public static string? MissingReason => DaemonPlace.Missing("knotd", "knot") ?? DaemonPlace.Missing("dig", "bind9-dnsutils");

    /// <summary>The end of its log.</summary>
    public string LogTail => _process.LogTail();

    /// <summary>Starts it.</summary>
    /// <param name="place">Where.</param>
    /// <param name="zones">The text of each zone's file, by its apex.</param>
    /// <param name="updaters">Keys that may update all zones.</param>
    /// <param name="askers">Keys that may ask and nothing else.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ChildProcessException">It did not start; the message has the end of its log.</exception>
    public static async Task<KnotDaemon> StartAsync(
        DaemonPlace place, IReadOnlyDictionary<string, string> zones, IReadOnlyList<TsigKey> updaters, IReadOnlyList<TsigKey> askers, CancellationToken cancellationToken)
    {
        foreach (var (zone, text) in zones)
            await File.WriteAllTextAsync(ZonePath(place, zone), text, cancellationToken);
        Directory.CreateDirectory(Path.Combine(place.Folder, "db")); // which it does not make by itself
        var configuration = Path.Combine(place.Folder, "knot.conf");
        await File.WriteAllTextAsync(configuration, Configuration(place, zones.Keys, updaters, askers), cancellationToken);
        var process = place.Start("knotd", "knotd", "-c", configuration);
        try
        {
            await place.WaitAsync(process, zones.Keys, cancellationToken);
            return new KnotDaemon(process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string ZonePath(DaemonPlace place, string zone) => Path.Combine(place.Folder, zone + ".zone");

    private static string Configuration(DaemonPlace place, IEnumerable<string> zones, IReadOnlyList<TsigKey> updaters, IReadOnlyList<TsigKey> askers) => $"""
        server:
          rundir: "{place.Folder}"
          pidfile: "{place.Folder}/knot.pid"
          listen: {place.Address}@{place.Port}
          udp-workers: 1
          tcp-workers: 1
          background-workers: 1
        log:
          - target: stdout
            any: info
        database:
          storage: "{place.Folder}/db"
          journal-db-mode: asynchronous
          journal-db-max-size: 32M
        key:
        {Each([.. updaters, .. askers], key => $"  - id: {key.Name}\n    algorithm: {key.Algorithm}\n    secret: \"{key.Secret}\"\n")}
        acl:
        {Each(updaters, key => $"  - id: {key.Name}\n    key: {key.Name}\n    action: update\n")}
        {Each(askers, key => $"  - id: {key.Name}\n    key: {key.Name}\n    action: query\n")}
        zone:
        {Each(zones, zone => $"  - domain: {zone}\n    file: \"{ZonePath(place, zone)}\"\n    zonefile-sync: -1\n    acl: [{string.Join(", ", updaters.Concat(askers).Select(k => k.Name))}]\n")}

        """;

    private static string Each<T>(IEnumerable<T> items, Func<T, string> text) => string.Concat(items.Select(text)).TrimEnd('\n');
}
