using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Operator.Cli.Manifests;

namespace MtaSts.Operator.Cli.Simulate;

/// <summary>Turns what the engine decided into a timeline.</summary>
/// <param name="ttlSeconds">The TTL of the TXT record.</param>
/// <param name="before">Where the domain stands at the start.</param>
/// <param name="start">When that is.</param>
internal sealed class Narrator(long ttlSeconds, RolloutState before, DateTimeOffset start)
{
    private const string Protected = "protected";

    private readonly List<TimelineEvent> _events = [];
    private readonly List<StageSpan> _stages = [];
    private Reason? _waiting;
    private Protection? _protection;

    /// <summary>One look.</summary>
    /// <param name="state">Where the domain stood.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="now">When.</param>
    public void Look(RolloutState state, Decision decision, DateTimeOffset now)
    {
        var next = decision.Next;
        foreach (var move in decision.Transitions)
        {
            Add(now, move.To == RolloutState.Removed ? "removed" : "enters", next, move.Reason.ToString(), Entering(decision, move));
        }

        if (decision.Transitions.IsEmpty && next.Served is { } served && served != state.Served)
        {
            Add(now, "serves", next, "", $"mx {string.Join(", ", served.Policy.Mx)}");
        }

        if (next.PublishedId is { } id && id != state.PublishedId)
        {
            Add(now, "publishes", next, "", $"id {id}");
        }

        Protect(state, next, now);
        Lower(state, next, now);
        Wait(decision, now);
    }

    /// <summary>The domain leaves a stage.</summary>
    public void Leaves(RolloutState state, DateTimeOffset now, DateTimeOffset? retirementEnds)
    {
        if (state is { Served.Policy: { Mode: not StsMode.None } policy, Stage: { } stage })
        {
            _stages.Add(Span(state, stage, policy, now, now, retirementEnds));
        }
    }

    /// <summary>The domain stays where it is.</summary>
    public void Rests(RolloutState state, DateTimeOffset now, DateTimeOffset? retirementEnds)
    {
        if (state is { Served.Policy: { } policy, Stage: { } stage })
        {
            _stages.Add(Span(state, stage, policy, null, now, retirementEnds));
        }
    }

    /// <summary>Something is taken as done that somebody has to do.</summary>
    public void Supposes(RolloutState state, DateTimeOffset now, string message) => Add(now, "supposed", state, "", message);

    /// <summary>The resource is deleted.</summary>
    public void Deleted(RolloutState state, DateTimeOffset now, string message, bool removesPolicy = false)
    {
        Add(now, "deleted", state, "", message);
        _protection = removesPolicy && _protection is not null ? Shortened(_protection, now) : _protection;
        _waiting = null; // whatever it waits for, from now on it is for another cause
    }

    /// <summary>The timeline breaks off.</summary>
    public void Ends(RolloutState state, DateTimeOffset now, string message) => Add(now, "ends", state, "", message);

    /// <summary>The timeline.</summary>
    public DomainTimeline Tell(PlannedDomain domain) => new()
    {
        Domain = domain.Intent.Domain.ToString(),
        Resource = domain.Owner,
        Class = domain.Class.Name,
        TargetMode = domain.Intent.Target.ToString().ToLowerInvariant(),
        Assumed = [.. domain.Assumed, .. World(domain)],
        Timeline = [.. _events.OrderBy(e => e.At)],
        Stages = _stages,
        Protection = _protection,
    };

    private static StageSpan Span(RolloutState state, string stage, StsPolicy policy, DateTimeOffset? until, DateTimeOffset now, DateTimeOffset? retirementEnds) => new(
        stage, policy.Mode.ToString().ToLowerInvariant(), policy.MaxAgeSeconds, state.StageEnteredAt ?? now, until, now, retirementEnds);

    private static IEnumerable<string> World(PlannedDomain domain)
    {
        yield return domain.State.Served is null
            ? "nothing is live yet; every check is healthy at every look, and what is published is seen at the next one"
            : "the domain stands where its status says; every check is healthy at every look, and what is published is seen at the next one";
        if (domain.State.Served?.Policy.Mx.Any(old => !domain.Intent.Mx.Contains(old)) == true)
        {
            yield return "no live MX needs a pattern that spec.mx does not have; MX records have a TTL of an hour";
        }

        if (domain.Intent.FleetRule != FleetRule.None)
        {
            yield return "no other domain of the class holds this one up by maxConcurrentPromotions or haltAbovePercent";
        }
    }

    private static string Entering(Decision decision, Transition move) => (move.To, decision.Stage) switch
    {
        (RolloutState.Removed, _) => "records, Ingress and document are taken away",
        (_, { } stage) => $"mode {stage.Mode.ToString().ToLowerInvariant()}, max_age {Durations.Format(stage.MaxAge)}",
        _ => "",
    };

    // rfc8461#3.1: a sender with a policy looks at the id again when it likes, at the latest when the policy has expired (rfc8461#3.2).
    private void Protect(RolloutState state, RolloutState next, DateTimeOffset now)
    {
        if (next is not { Served.Policy: { Mode: StsMode.Enforce } policy, SettledAt: { } settled } || (_protection is not null && state.SettledAt is not null))
        {
            return;
        }

        if (_protection is null)
        {
            var isOld = before.SettledAt is not null && before.Served?.Policy.Mode == StsMode.Enforce;
            var from = isOld ? settled : settled.AddSeconds(ttlSeconds);
            var others = next.Ledger.Entries.Where(e => e.Policy.Mode != StsMode.Enforce).Max(e => e.ExpiresAt);
            _protection = new Protection(from, others > from ? others.Value : from, null, policy.MaxAgeSeconds);
            Add(from > start ? from : start, Protected, next, "", $"every sender that looks gets an enforced policy, and keeps it for {Kept(policy)} after it last looked");
            if (others > from && others > now)
            {
                Add(others.Value, Protected, next, "", "so do senders that fetched an earlier policy and did not look again before it expired");
            }

            return;
        }

        _protection = _protection with { KeptSeconds = policy.MaxAgeSeconds };
    }

    // What was announced for a time at which it does not hold any more does not come.
    private Protection? Shortened(Protection protection, DateTimeOffset until)
    {
        _events.RemoveAll(e => e.Event == Protected && e.At >= until);
        return protection.From >= until
            ? null
            : protection with { ForAllFrom = protection.ForAllFrom >= until ? null : protection.ForAllFrom, Until = until };
    }

    private void Lower(RolloutState state, RolloutState next, DateTimeOffset now)
    {
        if (state.Served?.Policy.Mode == StsMode.Enforce && next.Served?.Policy.Mode != StsMode.Enforce && _protection is not null)
        {
            _protection = Shortened(_protection, now);
        }

        if (next is { Served.Policy.Mode: StsMode.Testing, SettledAt: not null } && state.SettledAt is null && next.Ledger.EnforcedUntil is { } until)
        {
            Add(until, "forgotten", next, "", "from here on no sender holds an enforced policy");
        }
    }

    private void Wait(Decision decision, DateTimeOffset now)
    {
        var (reason, message) = decision.Waiting switch
        {
            Finding.Unknown w => (w.Reason, w.Message),
            Finding.Broken w => (w.Reason, w.Message),
            _ => ((Reason?)null, ""),
        };
        if (reason == _waiting && decision.Transitions.IsEmpty)
        {
            return;
        }

        _waiting = reason;
        var next = decision.Next;
        switch (reason)
        {
            case null or Reason.Publishing:
                break;
            case Reason.Soaking when decision.Stage is { } stage && next.Soak.Until(stage.Soak) is { } until:
                Add(now, "soaks", next, nameof(Reason.Soaking), $"for {Durations.Format(stage.Soak)}, until {CliTime.Show(until)}");
                break;
            case Reason.TargetReached:
                Add(now, "rests", next, nameof(Reason.TargetReached), message);
                break;
            case Reason.Retiring:
                Add(now, "retires", next, nameof(Reason.Retiring), message);
                break;
            default:
                Add(now, "waits", next, reason.Value.ToString(), message);
                break;
        }
    }

    private void Add(DateTimeOffset at, string what, RolloutState state, string reason, string message) =>
        _events.Add(new TimelineEvent(at, what, state.Stage ?? "", reason, message));

    private static string Kept(StsPolicy policy) => Durations.Format(TimeSpan.FromSeconds(policy.MaxAgeSeconds));
}
