using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Operator.Cli.Manifests;

namespace MtaSts.Operator.Cli.Simulate;

/// <summary>
/// Lets the engine itself decide under a clock that jumps from look to look, in a world in which nothing goes wrong. It knows no rule of a rollout: what it
/// prints is what the engine said.
/// </summary>
internal sealed class Simulator
{
    // Between the moments that the engine names, and those at which a kept pattern is let go, nothing can happen in such a world: one look a day does.
    private static readonly TimeSpan IntervalDefault = TimeSpan.FromDays(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366 * 30);
    private const int LooksMax = 100_000;

    private readonly PlannedDomain _domain;
    private readonly DeletionTime _deletion;
    private readonly DateTimeOffset _start;
    private readonly DateTimeOffset _watchedSince;
    private readonly Narrator _narrator;
    private Intent _intent;
    private RolloutState _state;
    private DateTimeOffset _now;
    private bool _isDeleted;

    private Simulator(PlannedDomain domain, DateTimeOffset start, DeletionTime deletion, TimeSpan interval)
    {
        (_domain, _start, _now, _deletion) = (domain, start, start, deletion);
        (_intent, _state) = (domain.Intent with { Interval = interval }, domain.State);
        // A domain that soaks has been looked at since its clock was last written down.
        _watchedSince = _state.Soak.CountedUntil is { } counted && counted < start ? counted : start;
        _narrator = new Narrator(domain.Provider.TtlSeconds, _state, start);
    }

    /// <summary>The timeline of a domain.</summary>
    /// <param name="domain">The domain, and where it stands.</param>
    /// <param name="start">When the timeline begins.</param>
    /// <param name="deletion">When the resource is deleted.</param>
    /// <param name="interval">How often a settled domain is looked at; null for once a day.</param>
    public static DomainTimeline Run(PlannedDomain domain, DateTimeOffset start, DeletionTime deletion, TimeSpan? interval = null)
    {
        var simulator = new Simulator(domain, start, deletion, interval ?? IntervalDefault);
        simulator.Run();
        return simulator._narrator.Tell(domain);
    }

    private void Run()
    {
        for (var looks = 0; looks < LooksMax && _now - _start < Longest; looks++)
        {
            if (MustDelete() && !Delete())
            {
                return;
            }

            var decision = Decide(_intent, _state, _now);
            if (decision.Next.Stage != _state.Stage)
            {
                _narrator.Leaves(_state, _now, RetirementEnd(_state, _now));
            }

            _narrator.Look(_state, decision, _now);
            _state = decision.Next;
            switch (decision.Waiting)
            {
                // Whoever reads the timeline wants to know what follows once that is done.
                case Finding.Unknown { Reason: Reason.ApprovalMissing, Subject: var stage }:
                    _intent = _intent with { ApprovedStages = _intent.ApprovedStages.Add(stage) };
                    _narrator.Supposes(_state, _now, $"from here on as if stage {stage} were approved at that moment");
                    continue;
                case Finding.Unknown { Reason: Reason.TargetReached or Reason.Paused } when DeletionComes():
                    _now = _deletion.At!.Value;
                    continue;
                case Finding.Unknown { Reason: Reason.TargetReached or Reason.Paused } when KeptUntil() is { } until:
                    _now = until;
                    continue;
                case Finding.Unknown { Reason: Reason.TargetReached or Reason.Paused } or Finding.Broken:
                    _narrator.Rests(_state, _now, RetirementEnd(_state, _now));
                    return;
            }

            var next = _now + decision.LookAgain;
            next = KeptUntil() is { } end && end < next ? end : next;
            _now = MustDelete() ? _now : DeletionComes() && _deletion.At < next ? _deletion.At!.Value : next;
        }

        _narrator.Ends(_state, _now, "the simulation ends here");
    }

    private Decision Decide(Intent intent, RolloutState state, DateTimeOffset now) =>
        Decider.Decide(intent, state, HealthyWorld.Look(intent, state, _domain.Provider.TtlSeconds, _watchedSince), now);

    private DateTimeOffset? KeptUntil() => _state.KeptMx.Select(k => k.Until).Where(until => until > _now).Min();

    private bool DeletionComes() => !_isDeleted && _deletion.At > _now;

    private bool MustDelete() => !_isDeleted && (_deletion.At <= _now || (_deletion.Stage is { } stage && _state.Stage == stage && _state.SettledAt is not null));

    // False where nothing follows any more.
    private bool Delete()
    {
        _isDeleted = true;
        if (_intent.Deletion == DeletionPolicy.Retire)
        {
            _narrator.Deleted(_state, _now, "the resource is deleted; an MtaStsRetirement takes the domain over (deletionPolicy Retire)");
            _intent = _intent with { Target = TargetMode.None };
            return true;
        }

        if (_intent.Deletion == DeletionPolicy.Orphan)
        {
            _narrator.Deleted(_state, _now, "the resource is deleted; records and policy stay as they are, unattended (deletionPolicy Orphan)");
            return false;
        }

        var held = _state.Ledger.Serve(Decider.DocumentOf(_intent, Stage.NoPolicy), _now).EnforcedUntil;
        _narrator.Deleted(
            _state, _now,
            "the resource is deleted; records and policy are removed at once (deletionPolicy Delete)"
            + (held is { } until ? $"; until {CliTime.Show(until)} senders may hold an enforced policy, and refuse what it forbids" : ""),
            removesPolicy: true);
        return false;
    }

    // When a retirement that starts now would have taken everything away; null where nothing is published, or it is under way.
    private DateTimeOffset? RetirementEnd(RolloutState state, DateTimeOffset now)
    {
        if (state.Served is null or { Policy.Mode: StsMode.None })
        {
            return null;
        }

        var intent = _intent with { Target = TargetMode.None };
        for (var looks = 0; looks < LooksMax; looks++)
        {
            var decision = Decide(intent, state, now);
            if (decision.Next.Withdrawn)
            {
                return now;
            }

            (state, now) = (decision.Next, now + decision.LookAgain);
        }

        return null;
    }
}
