using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// What domains saw of their provider while they were written, for the provider's status: nobody asks a provider for the sake of a status. After a restart it is empty until
/// something is written, and the status stays as it was.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class ProviderBook(TimeProvider time)
{
    private const int ZonesMax = 100;
    private static readonly TimeSpan BetweenNews = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Page> _pages = [];

    /// <summary>Called with a provider's name when its status should be looked at.</summary>
    public event Action<string>? News;

    /// <summary>What is known of a provider; null when nothing is.</summary>
    public ProviderSeen? Of(string name)
    {
        lock (_lock)
        {
            return _pages.TryGetValue(name, out var page) ? page.Seen : null;
        }
    }

    /// <summary>Notes what became of one domain's records.</summary>
    public void Note(string name, PublishReport report)
    {
        var fault = report.Outcomes.Values.OfType<PublishOutcome.Failed>().Select(f => f.Fault).FirstOrDefault();
        var now = time.GetUtcNow();
        bool isNews;
        lock (_lock)
        {
            var page = _pages.GetValueOrDefault(name, Page.Empty);
            var before = page.Seen;
            var after = before with
            {
                IsReachable = fault is not { Reason: Reason.ProviderUnavailable },
                AreCredentialsValid = fault?.Reason switch
                {
                    null => true,
                    Reason.ProviderCredentialsRefused => false,
                    _ => before.AreCredentialsValid, // whoever gets no answer does not know
                },
                LastFault = fault ?? before.LastFault,
                LastFaultAt = fault is null ? before.LastFaultAt : now,
                Zones = before.Zones.Count < ZonesMax ? before.Zones.Union(report.Zones) : before.Zones,
            };
            isNews = report.AnyWritten && now - page.ToldAt > BetweenNews;
            isNews |= (before.IsReachable, before.AreCredentialsValid, before.LastFault?.Reason, before.Zones.Count)
                != (after.IsReachable, after.AreCredentialsValid, after.LastFault?.Reason, after.Zones.Count);
            _pages[name] = new Page(after, isNews ? now : page.ToldAt);
        }

        if (isNews)
        {
            News?.Invoke(name);
        }
    }

    /// <summary>Lets go of a provider that is gone.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            _pages.Remove(name);
        }
    }

    private sealed record Page(ProviderSeen Seen, DateTimeOffset ToldAt)
    {
        public static readonly Page Empty = new(new ProviderSeen(), DateTimeOffset.MinValue);
    }
}

/// <summary>What was seen of a provider.</summary>
public sealed record ProviderSeen
{
    /// <summary>False when it could not be reached last; null before anything was written.</summary>
    public bool? IsReachable { get; init; }

    /// <summary>False when it refused our credentials last; null while it has said neither.</summary>
    public bool? AreCredentialsValid { get; init; }

    /// <summary>What it last did not do.</summary>
    public ProviderFault? LastFault { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? LastFaultAt { get; init; }

    /// <summary>The zones in which domains were written, at most 100.</summary>
    public ImmutableSortedSet<string> Zones { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);
}
