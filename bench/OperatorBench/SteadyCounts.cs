using MtaSts.TestBed;

namespace MtaSts.Bench;

/// <summary>Counts what the operator does from now on, in the logs of those to whom it does it.</summary>
internal sealed class SteadyCounts
{
    private readonly OperatorWorld _world;
    private readonly LogCursor _updates;
    private readonly LogCursor _primary;
    private readonly LogCursor _secondary;
    private readonly LogCursor _access;
    private readonly LogCursor _mail;
    private readonly DateTimeOffset _from = DateTimeOffset.UtcNow;

    public SteadyCounts(OperatorWorld world)
    {
        _world = world;
        _updates = new LogCursor(world.Mail.Dns.UpdateLogPath);
        _primary = new LogCursor(world.Mail.Dns.QueryLogPath);
        _secondary = new LogCursor(world.Mail.Dns.SecondaryQueryLogPath);
        _access = new LogCursor(world.Mail.Web.AccessLogPath);
        _mail = new LogCursor(world.Mail.MxServers[BenchWorld.Mx].LogPath);
    }

    /// <summary>What was done since, and forgets it for the next count.</summary>
    public SteadyFigures Take()
    {
        var until = DateTimeOffset.UtcNow;
        var writes = _world.Bed.ControlPlane.Audit.Read()
            .Where(e => e.At >= _from && e.User == BenchWorld.OperatorUser)
            .ToList();
        var byKind = writes.GroupBy(e => $"{e.Verb} {e.Resource}").ToDictionary(g => g.Key, g => g.Count());
        var hosts = _access.Take().Select(l => AccessLine.Parse(l).Host).ToList();
        var operatorAddress = $" {_world.Mail.HostAddress}#";
        return new SteadyFigures
        {
            Time = until - _from,
            LeaseWrites = byKind.Where(k => IsLease(k.Key)).Sum(k => k.Value),
            OtherWrites = byKind.Where(k => !IsLease(k.Key)).ToDictionary(),
            DnsUpdates = _updates.Take(),
            AuthoritativeQueries = _primary.Take().Concat(_secondary.Take()).Count(l => l.Contains(operatorAddress, StringComparison.Ordinal)),
            PolicyFetches = hosts.Count,
            HostsFetched = hosts.Distinct().Count(),
            MailSessions = _mail.Take().Count(l => l.Contains(": connect from ", StringComparison.Ordinal)),
        };
    }

    private static bool IsLease(string kind) => kind.Contains(" leases.", StringComparison.Ordinal);
}

/// <summary>What the operator did in a time.</summary>
internal sealed record SteadyFigures
{
    public required TimeSpan Time { get; init; }

    /// <summary>Writes of the leader's lease.</summary>
    public required int LeaseWrites { get; init; }

    /// <summary>All other writes to the API server, by verb and resource.</summary>
    public required IReadOnlyDictionary<string, int> OtherWrites { get; init; }

    /// <summary>The lines that the name server logged of updates.</summary>
    public required IReadOnlyList<string> DnsUpdates { get; init; }

    /// <summary>Questions that the operator itself asked the two authoritative servers.</summary>
    public required int AuthoritativeQueries { get; init; }

    public required int PolicyFetches { get; init; }

    /// <summary>Policy hosts that were fetched from at least once.</summary>
    public required int HostsFetched { get; init; }

    /// <summary>SMTP sessions of the mail server that all domains share.</summary>
    public required int MailSessions { get; init; }
}
