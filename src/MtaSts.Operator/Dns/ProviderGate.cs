using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns;

/// <summary>
/// Keeps a provider that is down, hangs or asks to slow down from holding up the domains of others: few are at it at a time, and after an outage nobody is for a
/// while, then one.
/// </summary>
/// <remarks>
/// A circuit breaker by the book, but for one thing: where the provider says how long to wait, that is how long. Whoever is turned away is told at once and
/// comes again by the back-off of his own; nobody waits here. He is not told what another domain saw: its name is none of his business, and the provider's status has it.
/// </remarks>
/// <param name="time">The clock.</param>
public sealed class ProviderGate(TimeProvider time)
{
    /// <summary>How many domains may be at a provider at once; a quarter of the operator's default workers, so that three providers that hang leave room.</summary>
    public const int AtOnceMax = 8;

    private static readonly TimeSpan WaitFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _inside;
    private int _outages; // in a row
    private ProviderFault? _last;
    private DateTimeOffset _shutUntil = DateTimeOffset.MinValue;

    /// <summary>Lets a domain in, or says why not. Whoever is let in must <see cref="Leave"/>.</summary>
    public ProviderFault? Enter()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now < _shutUntil && _last is { } last)
            {
                return ToldToOthers(last, _shutUntil - now);
            }

            // After an outage one domain finds out for all whether it is over.
            if (_inside >= (_outages > 0 ? 1 : AtOnceMax))
            {
                return _outages > 0 && _last is { } outage
                    ? ToldToOthers(outage, BusyWait)
                    : ProviderFault.NoRoom(BusyWait, isTurn: false);
            }

            _inside++;
            return null;
        }
    }

    /// <summary>Lets a domain out, with what it saw of the provider.</summary>
    /// <param name="report">What became of its records; null where nobody knows, since it was cancelled.</param>
    public void Leave(PublishReport? report)
    {
        lock (_lock)
        {
            _inside--;
            if (report is null)
            {
                return;
            }

            var fault = report.Outcomes.Values.OfType<PublishOutcome.Failed>().Select(f => f.Fault)
                .FirstOrDefault(f => f.Reason is Reason.ProviderUnavailable or Reason.ProviderRateLimited && !f.IsTurn);
            if (fault is null)
            {
                (_outages, _last, _shutUntil) = (0, null, DateTimeOffset.MinValue);
                return;
            }

            _last = fault;
            var wait = fault.RetryAfter ?? BusyWait;
            if (fault.Reason == Reason.ProviderUnavailable)
            {
                var backOff = WaitFirst * Math.Pow(2, Math.Min(_outages, 10));
                wait = fault.RetryAfter ?? (backOff < WaitMax ? backOff : WaitMax);
                _outages++;
            }

            var until = time.GetUtcNow() + wait;
            _shutUntil = until > _shutUntil ? until : _shutUntil;
        }
    }

    private static ProviderFault ToldToOthers(ProviderFault seen, TimeSpan wait) => new(
        seen.Reason,
        seen.Reason == Reason.ProviderRateLimited
            ? "the provider asked to slow down; this domain follows when that is over"
            : "the provider did not answer when another domain was written; this domain follows when it does, and the provider's status.lastError says what is known",
        Transient: true,
        wait);
}
