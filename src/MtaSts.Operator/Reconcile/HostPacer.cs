using MtaSts.Kubernetes;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Keeps new policy hosts below what their issuer lets an account order. An issuer that is asked for too much refuses for hours, and those that wait in vain are the
/// renewals as well.
/// </summary>
/// <remarks>
/// How many hosts are new is read from the objects themselves, so that a restart forgets nothing; what was just let through and is not in the caches yet is
/// remembered here. Who has to wait keeps his place: each is told his own moment, and not all come at once.
/// </remarks>
public sealed class HostPacer(Cluster cluster)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    // Who does not come at his turn has gone: the domain was deleted, or has another class.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Account, ObjectKey Host), DateTimeOffset> _let = [];
    private readonly Dictionary<string, List<Turn>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Null when a host may be made now; else how long until its turn.</summary>
    /// <param name="host">The host's first object, which is not there yet.</param>
    /// <param name="serving">Its class.</param>
    /// <param name="now">The moment.</param>
    public TimeSpan? WaitFor(ObjectKey host, ServingSettings serving, DateTimeOffset now)
    {
        if (serving.NewHostsPerHour is not { } limit)
        {
            return null;
        }

        // Classes with the same issuer share an account with it; without one, the class is its own.
        var account = serving.Exposure.ClusterIssuer ?? $"class/{serving.ClassName}";
        lock (_lock)
        {
            var recent = Recent(account, serving, now);
            if (_let.ContainsKey((account, host)))
            {
                return null;
            }

            var waiting = _waiting.TryGetValue(account, out var known) ? known : _waiting[account] = [];
            waiting.RemoveAll(turn => turn.Host != host && now > turn.At + Grace);
            var place = waiting.FindIndex(turn => turn.Host == host);
            place = place < 0 ? waiting.Count : place;
            if (place < limit - recent.Count)
            {
                waiting.RemoveAll(turn => turn.Host == host);
                _let[(account, host)] = now;
                return null;
            }

            var wait = TurnOf(place, recent, limit, now) - now is var until && until > TimeSpan.Zero ? until : TimeSpan.FromSeconds(1);
            waiting.RemoveAll(turn => turn.Host == host);
            waiting.Insert(Math.Min(place, waiting.Count), new Turn(host, now + wait));
            return wait;
        }
    }

    // When the place-th of those that wait may go: as soon as enough of those before are an hour old. Who is ahead and may go already is taken to go now.
    private static DateTimeOffset TurnOf(int place, List<DateTimeOffset> recent, int limit, DateTimeOffset now)
    {
        var free = limit - recent.Count;
        DateTimeOffset[] before = [.. recent, .. Enumerable.Repeat(now, Math.Max(free, 0))];
        var behind = place - free;
        return before[behind % before.Length] + (Window * (1 + (behind / before.Length)));
    }

    // When the hosts of the last hour were made, the oldest first.
    private List<DateTimeOffset> Recent(string account, ServingSettings serving, DateTimeOffset now)
    {
        foreach (var old in _let.Where(l => now - l.Value >= Window).Select(l => l.Key).ToList())
        {
            _let.Remove(old);
        }

        var made = _let.Where(l => l.Key.Account == account).ToDictionary(l => l.Key.Host, l => l.Value);
        foreach (var (key, at) in cluster.Serving.Values.SelectMany(caches => caches.HostsOf(serving)))
        {
            made[key] = at;
        }

        return [.. made.Values.Where(at => now - at < Window).Order()];
    }

    private sealed record Turn(ObjectKey Host, DateTimeOffset At);
}
