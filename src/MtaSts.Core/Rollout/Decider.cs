using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>
/// The engine. A pure function of intent, state, evidence and time; one step a call.
/// </summary>
/// <remarks>
/// <code>
/// served  published  what is done
/// ------  ---------  ---------------------------------------------------------------------------------------
/// none    none       live already, ours or to be adopted: go on from the stage that matches what is live, see LiveStart (Resumed, Adopted)
/// none    none       else enter the first stage and serve its document, once Gates.ToServe are open (Started)
/// D       none       the TXT names D, once Gates.ToPublish are open (rfc8461#8.1: seen from outside first)
/// D       D          the soak clock runs; the next stage's document is served once Gates.ToNextStage are open
/// E       D          the TXT names E, once Gates.ToReplace are open; until then it names D
/// any     any        the owner's target is below the stage: the document of the lower stage is served at once (OwnerLowered)
/// any     any        the stage left the class: its document stays; the next stage of the list that asks for more follows after a whole soak
/// any     any        spec.mx changed: the document with the new patterns, and the old ones still needed, is served at once
/// enforce any        the mail servers' failure is confirmed, and the class says StepBack: the last testing stage at once (SteppedBack)
/// none    none'      target none, the id spread, and Gates.ToWithdraw are open: records and policy are taken away (Retired)
/// </code>
/// Broken checks move a domain down only where its class says StepBack, unknown ones never (promises 6 and 7). What a sender may hold is in the ledger
/// before it can be fetched.
/// </remarks>
public static class Decider
{
    // While something spreads, look often at first, then less and less: after a quarter of the time that it has been spreading. So too until a domain has
    // been healthy once in its stage: after a rebuild its records are there before its policy server is.
    private static readonly TimeSpan LookSoonest = TimeSpan.FromSeconds(1);
    private const int SpreadingShare = 4;

    // A question without an answer is asked again sooner than a settled domain is looked at: one lost packet should not cost a whole interval.
    private const int UnansweredShare = 5;

    /// <summary>Decides the next step of a domain.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="state">Where the domain stands.</param>
    /// <param name="evidence">What was seen, judged against <paramref name="state"/>.</param>
    /// <param name="now">The time.</param>
    public static Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var allowed = AllowedStages(intent);
        state = state with { Ledger = Remember(state, evidence, now) };
        if (state.Served is null)
        {
            return Begin(intent, state, evidence, allowed, now);
        }

        if (MoveOfOwner(intent, state, allowed) is var (to, why))
        {
            return Serve(intent, state, state.Enter(to, why, now), to, evidence, now);
        }

        var (stage, next) = Place(intent, state, allowed);
        // Until the TXT record names what is served, no sender sees the stage: that is no time in it (promise 1).
        var verdict = evidence.Verdict(Evidence.Soaked) is var seen && (state.IsPublished || seen == false) ? seen : null;
        state = state with
        {
            Soak = next is null
                ? state.Soak.Rest(verdict, now)
                : state.Soak.Advance(verdict, evidence.WatchedSince, now, stage.Soak, intent.Interval),
            Regression = RegressionOf(intent, state, stage, evidence, now),
            SettledAt = state.SettledAt ?? (verdict == true ? now : null),
        };
        // Time alone confirms nothing: the look at which the domain steps back shows the failure itself (promise 6).
        if (evidence.Delivery() == false && state.Regression?.IsConfirmed(intent.StepBack, now) == true)
        {
            var testing = intent.Stages.Last(s => s.Mode == StsMode.Testing);
            return Serve(intent, state, state.Enter(testing, Reason.SteppedBack, now), testing, evidence, now);
        }

        var (document, kept) = Document(intent, state, stage, evidence, now);
        if (document != state.Served)
        {
            return Serve(intent, state, state, stage, evidence, now);
        }

        state = state with
        {
            KeptMx = kept,
            ServedSeenAt = !state.IsPublished && evidence.Of(Check.PolicyServed) is Finding.Healthy ? state.ServedSeenAt ?? now : null,
        };
        if (stage.Mode == StsMode.None && intent.RemovesEarly)
        {
            return Withdraw(intent, state, now);
        }

        var input = new GateInput(intent, state, stage, next, evidence, now);
        if (!state.IsPublished)
        {
            var shut = Gates.FirstShut(state.PublishedId is null ? Gates.ToPublish : Gates.ToReplace, input);
            return shut is null ? Publish(intent, state, stage, now) : Hold(intent, state, stage, shut, now);
        }

        if (stage.Mode == StsMode.None)
        {
            return Gates.FirstShut(Gates.ToWithdraw, input) is { } early ? Hold(intent, state, stage, early, now) : Withdraw(intent, state, now);
        }

        return Gates.FirstShut(Gates.ToNextStage, input) is { } waiting
            ? Hold(intent, state, stage, waiting, now)
            : Serve(intent, state, state.Enter(next!, Reason.SoakElapsed, now), next!, evidence, now);
    }

    /// <summary>The document of a stage for an intent, when no older pattern has to be kept.</summary>
    public static PolicyDocument DocumentOf(Intent intent, Stage stage) => DocumentOf(stage, intent.Mx);

    private static Decision Begin(Intent intent, RolloutState state, Evidence evidence, ImmutableArray<Stage> allowed, DateTimeOffset now)
    {
        // A domain that is being taken away is not begun again because its records are still seen.
        if (intent.Target == TargetMode.None && state.Withdrawn)
        {
            return NothingWanted(intent, state, now);
        }

        // What is still seen of our own while it is being taken away is no lost status: to go on from it would name an id whose document is gone.
        var isLeftover = state.Withdrawn && evidence.Owner == LiveOwner.Us;
        if (!isLeftover && LiveStart.Resume(intent, state, evidence, now) is var (resumed, live))
        {
            return Serve(intent, state, resumed, live, evidence, now);
        }

        var adopted = isLeftover ? null : LiveStart.Adopt(intent, state, evidence, now);
        if (intent.Target == TargetMode.None && adopted is null)
        {
            return NothingWanted(intent, state, now);
        }

        if (Gates.FirstShut(Gates.ToServe, new GateInput(intent, state, allowed[0], null, evidence, now)) is { } shut)
        {
            return Hold(intent, state, null, shut, now);
        }

        var (begun, stage) = adopted ?? (state.Enter(allowed[0], Reason.Started, now), allowed[0]);
        return Serve(intent, state, begun, stage, evidence, now);
    }

    private static Decision NothingWanted(Intent intent, RolloutState state, DateTimeOffset now) => Hold(
        intent, state, null, new Finding.Unknown(Reason.TargetReached, intent.Domain.ToString(), "nothing is published, and nothing is wanted"), now);

    private static Decision Serve(Intent intent, RolloutState before, RolloutState state, Stage stage, Evidence evidence, DateTimeOffset now)
    {
        var (document, kept) = Document(intent, state, stage, evidence, now);
        return Moved(intent, before, state with { Served = document, ServedSeenAt = null, KeptMx = kept, Ledger = state.Ledger.Serve(document, now) }, stage);
    }

    private static Decision Withdraw(Intent intent, RolloutState state, DateTimeOffset now) =>
        Moved(intent, state, state.Withdraw(Reason.Retired, now), null);

    private static Decision Moved(Intent intent, RolloutState before, RolloutState state, Stage? stage) => new()
    {
        Next = state,
        Stage = stage,
        Transitions = [.. state.History.Where(t => !before.History.Contains(t))],
        Waiting = null,
        LookAgain = Min(LookSoonest, intent.Interval),
    };

    private static Decision Publish(Intent intent, RolloutState state, Stage stage, DateTimeOffset now) => Hold(
        intent,
        state with
        {
            ServedSeenAt = null,
            PublishedId = state.Served!.Id,
            PublishedMode = state.Served.Policy.Mode,
            PublishedAt = now,
            PreviousId = state.PublishedId,
        },
        stage,
        new Finding.Unknown(Reason.Publishing, intent.Domain.StsRecordName, "the TXT record is being written"),
        now);

    private static Decision Hold(Intent intent, RolloutState state, Stage? stage, Finding waiting, DateTimeOffset now) => new()
    {
        Next = state,
        Stage = stage,
        Transitions = [],
        Waiting = waiting,
        LookAgain = LookAgain(intent, state, stage, waiting, now),
    };

    private static ImmutableArray<Stage> AllowedStages(Intent intent) => intent.Target switch
    {
        TargetMode.Enforce => intent.Stages,
        TargetMode.Testing => [.. intent.Stages.Where(s => s.Mode == StsMode.Testing)],
        _ => [Stage.NoPolicy],
    };

    // What the owner's target asks for at once, whatever the checks say.
    private static (Stage To, Reason Why)? MoveOfOwner(Intent intent, RolloutState state, ImmutableArray<Stage> allowed)
    {
        var mode = state.Served!.Policy.Mode;
        return (intent.Target, mode) switch
        {
            (TargetMode.None, not StsMode.None) => (Stage.NoPolicy, Reason.OwnerLowered),
            (TargetMode.Testing, StsMode.Enforce) => (allowed[^1], Reason.OwnerLowered),
            (not TargetMode.None, StsMode.None) => (allowed[0], Reason.Started), // out of "none" the domain starts from the bottom
            _ => null,
        };
    }

    // The stage that the domain is in and the one that follows. A class whose list was edited may have lost the stage, given its name to another mode, or
    // made an enforced policy last longer: then the domain stays with its document as if that were a stage of the list, and whatever follows wants a whole
    // soak, the longest of the list. So an edit neither raises a domain (promise 1) nor lowers it (promise 7).
    private static (Stage Stage, Stage? Next) Place(Intent intent, RolloutState state, ImmutableArray<Stage> allowed)
    {
        var served = state.Served!.Policy;
        var maxAge = TimeSpan.FromSeconds(served.MaxAgeSeconds);
        var same = allowed.FirstOrDefault(s => s.Name == state.Stage && s.Mode == served.Mode);
        if (same is not null && (same.Mode != StsMode.Enforce || same.MaxAge <= maxAge))
        {
            var index = allowed.IndexOf(same);
            return (same, index + 1 < allowed.Length ? allowed[index + 1] : null);
        }

        var stray = new Stage(state.Stage ?? allowed[0].Name, served.Mode, maxAge, intent.Stages.Max(s => s.Soak));
        return (stray, same ?? allowed.FirstOrDefault(s => s.Mode > stray.Mode || (s.Mode == stray.Mode && s.MaxAge > stray.MaxAge)));
    }

    // Written down before anything can follow from it; what nobody holds any more is let go.
    private static Ledger Remember(RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var ledger = state.Ledger;
        if (state.Served is { } served && ledger.Of(served.Id) is null)
        {
            ledger = ledger.Add(new LedgerEntry(served.Id, served.Policy, state.StageEnteredAt ?? now)); // a status that an older operator wrote
        }

        // While one id replaces another the servers give both, and no one id is live: the TTL is either's.
        foreach (var id in new[] { evidence.LiveId, state.PublishedId, state.PreviousId }.OfType<PolicyId>())
        {
            ledger = ledger.Named(id, evidence.LiveTtlSeconds);
        }

        var isSeen = state.IsPublished && evidence.Verdict([Check.PolicyServed, Check.TxtRecord]) == true;
        return (isSeen ? ledger.Replaced(state.Served!.Id, now) : ledger).At(now);
    }

    // Held by spec.paused too: whoever pauses wants no move.
    private static Regression? RegressionOf(Intent intent, RolloutState state, Stage stage, Evidence evidence, DateTimeOffset now) =>
        intent is { OnRegression: OnRegression.StepBack, Paused: false } && stage.Mode == StsMode.Enforce && intent.Stages.Any(s => s.Mode == StsMode.Testing)
            ? Regression.Look(state.Regression, evidence.Delivery(), intent.StepBack, now, intent.Interval)
            : null;

    private static (PolicyDocument Document, ImmutableArray<KeptPattern> Kept) Document(
        Intent intent, RolloutState state, Stage stage, Evidence evidence, DateTimeOffset now)
    {
        var live = state.Served?.Policy ?? (state.PublishedId is { } id ? state.Ledger.Of(id)?.Policy : null);
        var kept = KeptPatterns.Of(live?.Mx ?? [], intent, state, evidence, now);
        return (DocumentOf(stage, intent.Mx.AddRange(kept.Select(k => k.Pattern))), kept);
    }

    private static PolicyDocument DocumentOf(Stage stage, ImmutableArray<MxPattern> mx) =>
        PolicyDocument.Of(new StsPolicy(stage.Mode, mx, (long)stage.MaxAge.TotalSeconds));

    private static TimeSpan LookAgain(Intent intent, RolloutState state, Stage? stage, Finding waiting, DateTimeOffset now)
    {
        var wait = intent.Interval;
        if (IsSpreading(waiting, state) && (state.PublishedAt > state.StageEnteredAt ? state.PublishedAt : state.StageEnteredAt) is { } since)
        {
            wait = Min(wait, (now - since) / SpreadingShare);
        }

        if (waiting is Finding.Unknown { Reason: var reason } && !Gates.IsRest(reason))
        {
            wait = Min(wait, intent.Interval / UnansweredShare);
        }

        if (NextMoment(intent, state, stage, waiting, now) is { } moment)
        {
            wait = Min(wait, moment - now);
        }

        return wait > LookSoonest ? wait : Min(LookSoonest, intent.Interval);
    }

    // The moment at which time alone opens the gate.
    private static DateTimeOffset? NextMoment(Intent intent, RolloutState state, Stage? stage, Finding waiting, DateTimeOffset now) =>
        (waiting as Finding.Unknown)?.Reason switch
        {
            Reason.Soaking when stage is not null => state.Soak.Until(stage.Soak),
            Reason.PolicyPropagating => state.ServedSeenAt + intent.ServingSpread,
            Reason.Retiring => state.Ledger.Binding.Max(e => e.ExpiresAt),
            Reason.PromotionsFrozen => intent.Freezes.Where(f => f.Holds(now)).Max(f => (DateTimeOffset?)f.To),
            Reason.WindowClosed => intent.Windows.Min(w => (DateTimeOffset?)w.NextOpening(now)),
            _ => null,
        };

    private static bool IsSpreading(Finding waiting, RolloutState state) =>
        (!state.IsPublished && state.Served is not null)
        || state.SettledAt is null
        || waiting is Finding.Unknown { Reason: Reason.Publishing or Reason.RecordPropagating or Reason.PolicyPropagating };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
