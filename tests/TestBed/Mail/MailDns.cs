using System.Collections.Concurrent;
using System.Net;
using DnsClient;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// The DNS of the bed: a BIND primary that takes updates with TSIG, a BIND secondary that follows it, and a resolver. All names
/// end in <c>.test</c>. The zones <c>test</c>, <c>dns.test</c> (the name servers) and <c>mx.test</c> (mail servers) are there from
/// the start.
/// </summary>
public sealed class MailDns : IAsyncDisposable
{
    private static readonly LookupClient Client = new(
        new LookupClientOptions { AutoResolveNameServers = false, UseCache = false, Recursion = false, Timeout = TimeSpan.FromSeconds(2), Retries = 9 });

    private readonly AddressPlan _plan;
    private readonly NameServer _primary;
    private readonly NameServer _secondary;
    private readonly ConcurrentDictionary<string, byte> _zones = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IPAddress> _delegated = new(StringComparer.Ordinal);
    private ChildProcess? _resolver;

    private MailDns(AddressPlan plan, NameServer primary, NameServer secondary, TsigKey sha256, TsigKey sha512)
    {
        _plan = plan;
        _primary = primary;
        _secondary = secondary;
        Sha256Key = sha256;
        Sha512Key = sha512;
    }

    /// <summary>The server that takes updates.</summary>
    public IPAddress PrimaryAddress => _plan.PrimaryDns;

    /// <summary>The server that follows the primary by NOTIFY and zone transfer.</summary>
    public IPAddress SecondaryAddress => _plan.SecondaryDns;

    /// <summary>The recursive resolver.</summary>
    public IPAddress ResolverAddress => _plan.Resolver;

    /// <summary>A key that may update every zone; hmac-sha256.</summary>
    public TsigKey Sha256Key { get; }

    /// <summary>A key that may update every zone; hmac-sha512.</summary>
    public TsigKey Sha512Key { get; }

    /// <summary>
    /// The primary's log of updates, done and refused, one a line, each with its time in UTC (ISO 8601, milliseconds).
    /// </summary>
    public string UpdateLogPath => _primary.UpdateLogPath;

    /// <summary>The primary's log of queries, one a line, with the same time stamps.</summary>
    public string QueryLogPath => _primary.QueryLogPath;

    /// <summary>The secondary's log of queries.</summary>
    public string SecondaryQueryLogPath => _secondary.QueryLogPath;

    /// <summary>Starts the three servers.</summary>
    internal static async Task<MailDns> StartAsync(AddressPlan plan, string folder, CancellationToken cancellationToken)
    {
        var control = TsigKey.Create("control", "hmac-sha256");
        var sha256 = TsigKey.Create("bed-sha256", "hmac-sha256");
        var sha512 = TsigKey.Create("bed-sha512", "hmac-sha512");
        string[] fixedZones = ["test", "dns.test", "mx.test"];
        var primary = NameServer.Prepare(
            "dns-primary", plan.PrimaryDns, plan, control,
            $"notify explicit; also-notify {{ {plan.SecondaryDns}; }};",
            sha256.Statement + sha512.Statement + string.Concat(fixedZones.Select(zone => $"zone \"{zone}\" {PrimaryZone(zone, sha256, sha512)}\n")),
            folder);
        var secondary = NameServer.Prepare(
            "dns-secondary", plan.SecondaryDns, plan, control,
            "notify no; min-refresh-time 1; max-refresh-time 5; min-retry-time 1; max-retry-time 2;",
            string.Concat(fixedZones.Select(zone => $"zone \"{zone}\" {SecondaryZone(zone, plan)}\n")),
            folder);
        // The parent of dns.test has the addresses of the name servers too, as glue: BIND loads no zone without them.
        ZoneRecord[] nameServers =
            [new("ns1.dns.test.", "A", $"{plan.PrimaryDns}"), new("ns2.dns.test.", "A", $"{plan.SecondaryDns}")];
        foreach (var zone in fixedZones)
            await File.WriteAllTextAsync(primary.ZonePath(zone), ZoneFile(zone, zone == "mx.test" ? [] : nameServers), cancellationToken);

        var dns = new MailDns(plan, primary, secondary, sha256, sha512);
        foreach (var zone in fixedZones) dns._zones[zone] = 0;
        try
        {
            await primary.StartAsync(cancellationToken);
            var resolver = RecursiveResolver.StartAsync(plan, folder, cancellationToken);
            try
            {
                await secondary.StartAsync(cancellationToken);
                await Task.WhenAll(fixedZones.Select(zone => dns.WaitForSecondaryAsync(zone, cancellationToken)));
            }
            finally
            {
                dns._resolver = await resolver;
            }

            return dns;
        }
        catch
        {
            await dns.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a zone to the running servers; returns when the secondary has it.</summary>
    /// <param name="zone">For example <c>example.test</c>; lower case, no dot at its end.</param>
    /// <param name="records">Its records besides SOA and NS, which it gets by itself.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChildProcessException">A server refused the zone; the message says why.</exception>
    public async Task AddZoneAsync(string zone, IReadOnlyList<ZoneRecord> records, CancellationToken cancellationToken)
    {
        if (!zone.EndsWith(".test", StringComparison.Ordinal)) throw new ArgumentException($"{zone} does not end in .test", nameof(zone));
        await File.WriteAllTextAsync(_primary.ZonePath(zone), ZoneFile(zone, records), cancellationToken);
        await _primary.ControlAsync(["addzone", zone, PrimaryZone(zone, Sha256Key, Sha512Key)], cancellationToken);
        await _secondary.ControlAsync(["addzone", zone, SecondaryZone(zone, _plan)], cancellationToken);
        await WaitForSecondaryAsync(zone, cancellationToken);
        _zones[zone] = 0;
    }

    /// <summary>Delegates a zone to another server, <c>ns.ZONE</c>, which has it already; returns when the resolver finds it there.</summary>
    /// <param name="zone">For example <c>knot.test</c>: directly below <c>test</c>.</param>
    /// <param name="server">The address of its server.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChildProcessException">The parent refused, or the zone is not found.</exception>
    public async Task DelegateAsync(string zone, IPAddress server, CancellationToken cancellationToken)
    {
        var update = await UpdateAsync("test", [$"add {zone}. 1 NS ns.{zone}.", $"add ns.{zone}. 1 A {server}"], null, cancellationToken);
        if (!update.Succeeded) throw new ChildProcessException($"{zone} cannot be delegated: {update.Error}");
        var found = await Poll.UntilAsync(
            async token => (await QueryAsync(ResolverAddress, zone, "SOA", token)) is { Status: "NOERROR", Data.Count: 1 }, Deadlines.Start, cancellationToken);
        if (!found) throw new ChildProcessException($"the resolver does not find {zone} at {server} after {Deadlines.Start.TotalSeconds:0} s");
        _delegated[zone] = server;
    }

    /// <summary>The server that is authoritative for a name: the primary, or the one that the name's zone was delegated to.</summary>
    /// <param name="name">A lower-case name without a dot at its end.</param>
    public IPAddress AuthorityOf(string name) =>
        _delegated.Where(zone => name == zone.Key || name.EndsWith("." + zone.Key, StringComparison.Ordinal)).Select(zone => zone.Value).FirstOrDefault(PrimaryAddress);

    /// <summary>Whether this zone was added; a name's parent zones do not count.</summary>
    public bool HasZone(string zone) => _zones.ContainsKey(zone);

    /// <summary>The deepest zone of the bed that a name is in; null when there is none but <c>test</c>.</summary>
    /// <param name="name">A lower-case name without a dot at its end.</param>
    public string? ZoneOf(string name)
    {
        for (var zone = name; zone != "test" && zone.Length > 0; zone = zone[(zone.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (_zones.ContainsKey(zone)) return zone;
            if (!zone.Contains('.', StringComparison.Ordinal)) break;
        }

        return null;
    }

    /// <summary>Sends one update message (RFC 2136) to the primary.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="commands">Lines as nsupdate reads them, for example <c>add x.example.test. 1 TXT "y"</c>.</param>
    /// <param name="key">Signs the message; <see cref="Sha256Key"/> when null.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <returns>Whether the server did it; its words are in the error text.</returns>
    public Task<CommandResult> UpdateAsync(
        string zone, IReadOnlyList<string> commands, TsigKey? key, CancellationToken cancellationToken)
    {
        var used = key ?? Sha256Key;
        string[] lines = [$"server {PrimaryAddress}", $"zone {zone}.", .. commands, "send", ""];
        return Command.RunAsync(
            "nsupdate", ["-t", "15", "-r", "3", "-y", $"{used.Algorithm}:{used.Name}:{used.Secret}"], string.Join('\n', lines),
            cancellationToken: cancellationToken);
    }

    /// <summary>The updates that the primary did or refused up to now, in their order.</summary>
    public async Task<IReadOnlyList<DnsUpdate>> UpdatesAsync(CancellationToken cancellationToken) =>
        [.. (await LogFile.LinesAsync(UpdateLogPath, cancellationToken)).Select(DnsUpdate.Parse).OfType<DnsUpdate>()];

    /// <summary>Asks one server; recursion is wanted only from <see cref="ResolverAddress"/>.</summary>
    public async Task<DnsAnswer> QueryAsync(IPAddress server, string name, string type, CancellationToken cancellationToken)
    {
        var recursion = server.Equals(ResolverAddress) ? "+rec" : "+norec";
        var result = await Command.RunAsync(
            "dig", [$"@{server}", name, type, recursion, "+time=1", "+tries=2", "+noall", "+comments", "+answer"],
            cancellationToken: cancellationToken);
        return DnsAnswer.Parse(result.Output);
    }

    /// <summary>
    /// The texts at a name, as its authority has them: <see cref="QueryAsync"/> for who asks many times a second, since each dig is a program of its own. An alias
    /// within the answer is followed, and one that leads to another zone is asked of that zone's server. None where there is no record, and where nothing answers.
    /// </summary>
    public async Task<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var answers = (await Client.QueryServerAsync([AuthorityOf(name)], name + ".", QueryType.TXT, cancellationToken: cancellationToken)).Answers;
            var texts = answers.TxtRecords().Select(static record => string.Concat(record.Text)).ToList();
            return texts.Count == 0 && answers.CnameRecords().LastOrDefault()?.CanonicalName is { } alias
                ? await TextsAsync(alias.Value.TrimEnd('.'), cancellationToken)
                : texts;
        }
        catch (DnsResponseException)
        {
            return [];
        }
    }

    /// <summary>All records of a zone at the primary but its SOA, each as "name type", in lower case, without the last dot.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string zone, CancellationToken cancellationToken)
    {
        var lines = await Command.OutputAsync(
            "dig", [$"@{PrimaryAddress}", zone, "AXFR", "+time=2", "+tries=2", "+noall", "+answer"], cancellationToken: cancellationToken);
        return
        [
            .. lines.Split('\n')
                .Select(line => line.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length == 5 && fields[3] != "SOA")
                .Select(fields => $"{fields[0].TrimEnd('.').ToLowerInvariant()} {fields[3]}"),
        ];
    }

    /// <summary>Ends the primary: an outage.</summary>
    public Task StopPrimaryAsync() => _primary.StopAsync();

    /// <summary>Ends the outage of the primary.</summary>
    public Task StartPrimaryAsync(CancellationToken cancellationToken) => _primary.StartAsync(cancellationToken);

    /// <summary>Ends the secondary: it keeps its copies on disk.</summary>
    public Task StopSecondaryAsync() => _secondary.StopAsync();

    /// <summary>Starts the secondary again.</summary>
    public Task StartSecondaryAsync(CancellationToken cancellationToken) => _secondary.StartAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_primary.StopAsync(), _secondary.StopAsync(), StopResolverAsync());

        async Task StopResolverAsync()
        {
            if (_resolver is { } process) await process.DisposeAsync();
        }
    }

    private async Task WaitForSecondaryAsync(string zone, CancellationToken cancellationToken)
    {
        var there = await Poll.UntilAsync(
            async token =>
            {
                var answer = await QueryAsync(SecondaryAddress, zone, "SOA", token);
                return answer is { Status: "NOERROR", IsAuthoritative: true, Data.Count: 1 };
            },
            Deadlines.Start, cancellationToken);
        if (!there)
        {
            throw new ChildProcessException(
                $"the secondary has no zone {zone} after {Deadlines.Start.TotalSeconds:0} s:\n{Logs.Tail(_secondary.LogPath)}");
        }
    }

    private static string PrimaryZone(string zone, params TsigKey[] keys) =>
        $"{{ type primary; file \"zones/{zone}.zone\"; allow-update {{ {string.Concat(keys.Select(static key => $"key \"{key.Name}\"; "))}}}; }};";

    private static string SecondaryZone(string zone, AddressPlan plan) =>
        $"{{ type secondary; file \"zones/{zone}.zone\"; primaries {{ {plan.PrimaryDns}; }}; }};";

    // Refresh and retry are short, so that a secondary which missed a NOTIFY catches up; the last field is how long
    // "no such name" may be kept (rfc2308#5).
    private static string ZoneFile(string zone, IReadOnlyList<ZoneRecord> records) =>
        $"""
        $TTL 1
        $ORIGIN {zone}.
        @ 1 IN SOA ns1.dns.test. hostmaster.dns.test. 1 2 1 3600 1
        @ 1 IN NS ns1.dns.test.
        @ 1 IN NS ns2.dns.test.
        {string.Join('\n', records)}

        """;
}
