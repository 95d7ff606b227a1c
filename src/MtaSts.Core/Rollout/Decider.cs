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
/// none    none       ours and live already: go on from the stage whose document has the live id (Resumed)
/// none    none       else enter the first stage and serve its document, once Gates.ToServe are open (Started)
/// D       none       the TXT names D, once Gates.ToPublish are open (rfc8461#8.1: seen from outside first)
/// D       D          the soak clock runs; the next stage's document is served once Gates.ToNextStage are open
/// E       D          the TXT names E, once Gates.ToReplace are open; until then it names D
/// any     any        the owner's target is below the stage: the document of the lower stage is served at once (OwnerLowered)
/// any     any        the stage left the class: its document stays; the next stage of the list that asks for more follows after a whole soak
/// any     any        spec.mx changed: the document with the new patterns, and the old ones still needed, is served at once
/// </code>
/// Broken or unknown checks never move a domain down (promise 7).
/// </remarks>
public static class Decider
{
    // While something spreads, look often at first, then less and less: after a quarter of the time that it has been spreading.
    private static readonly TimeSpan LookSoonest = TimeSpan.FromSeconds(1);
    private const int SpreadingShare = 4;

    // A question without an answer is asked again sooner than a settled domain is looked at: one lost packet should not cost a whole interval.
    private const int UnansweredShare = 5;

    // A stage outside every list: the policy that says that there is none any more. rfc8461#8.3 wants a small max_age.
    private static readonly Stage NoPolicy = new("none", StsMode.None, TimeSpan.FromDays(1), TimeSpan.Zero);

    /// <summary>Decides the next step of a domain.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="state">Where the domain stands.</param>
    /// <param name="evidence">What was seen, judged against <paramref name="state"/>.</param>
    /// <param name="now">The time.</param>
    public static Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var allowed = AllowedStages(intent);
        if (state.Served is null)
        {
            return Begin(intent, state, evidence, allowed, now);
        }

        if (MoveOfOwner(intent, state, allowed) is var (to, why))
        {
            return Serve(intent, state, state.Enter(to, why, now), to, evidence, now);
        }

        var (stage, next) = Place(intent, state, allowed);
        var verdict = Verdict(evidence);
        state = state with
        {
            Soak = next is null
                ? state.Soak.Rest(verdict, now)
                : state.Soak.Advance(verdict, evidence.WatchedSince, now, stage.Soak, intent.Interval),
        };

        var input = new GateInput(intent, state, stage, next, evidence, now);
        var (document, kept) = Document(intent, state, stage, evidence);
        if (document != state.Served)
        {
            return Serve(intent, state, state, stage, evidence, now);
        }

        if (!state.IsPublished)
        {
            var shut = Gates.FirstShut(state.PublishedId is null ? Gates.ToPublish : Gates.ToReplace, input);
            return shut is null ? Publish(intent, state, stage, kept, now) : Hold(intent, state, stage, shut, kept, now);
        }

        return Gates.FirstShut(Gates.ToNextStage, input) is { } waiting
            ? Hold(intent, state, stage, waiting, kept, now)
            : Serve(intent, state, state.Enter(next!, Reason.SoakElapsed, now), next!, evidence, now);
    }

    /// <summary>The document of a stage for an intent, when no older pattern has to be kept.</summary>
    public static PolicyDocument DocumentOf(Intent intent, Stage stage) => DocumentOf(stage, intent.Mx);

    private static Decision Begin(Intent intent, RolloutState state, Evidence evidence, ImmutableArray<Stage> allowed, DateTimeOffset now)
    {
        var live = evidence is { Owner: LiveOwner.Us, LiveId: { } id }
            ? intent.Stages.Append(NoPolicy).FirstOrDefault(s => DocumentOf(intent, s).Id == id)
            : null;
        if (live is not null)
        {
            // The status is gone, the records are ours and name a document that we can make: it is served again, at once.
            var resumed = state.Enter(live, Reason.Resumed, now) with
            {
                PublishedId = evidence.LiveId,
                PublishedMode = live.Mode,
                PublishedAt = now,
            };
            return Serve(intent, state, resumed, live, evidence, now);
        }

        if (intent.Target == TargetMode.None)
        {
            return Hold(intent, state, null, new Finding.Unknown(Reason.TargetReached, intent.Domain.ToString(), "nothing is published, and nothing is wanted"), [], now);
        }

        var shut = LiveRecordIsExplained(intent, evidence)
            ?? Gates.FirstShut(Gates.ToServe, new GateInput(intent, state, allowed[0], null, evidence, now));
        return shut is null
            ? Serve(intent, state, state.Enter(allowed[0], Reason.Started, now), allowed[0], evidence, now)
            : Hold(intent, state, null, shut, [], now);
    }

    // Our own record, but of a document that no stage makes: the mx list changed while the status was lost. At which mode the domain is live cannot be
    // told, and starting anew could lower it (promise 7).
    private static Finding.Broken? LiveRecordIsExplained(Intent intent, Evidence evidence) =>
        evidence.Owner == LiveOwner.Us && intent.Adoption == Adoption.Refuse
            ? new Finding.Broken(
                Reason.LiveElsewhere, intent.Domain.StsRecordName,
                $"the record \"{evidence.LiveRecord}\" is ours, and no stage makes the policy that it names; give spec.mx the patterns of that policy, or set spec.adoption to Adopt to start at the first stage")
            : null;

    private static Decision Serve(Intent intent, RolloutState before, RolloutState state, Stage stage, Evidence evidence, DateTimeOffset now)
    {
        var (document, kept) = Document(intent, state, stage, evidence);
        DateTimeOffset? enforcedUntil = before.Served?.Policy is { Mode: StsMode.Enforce } enforced ? now.AddSeconds(enforced.MaxAgeSeconds) : null;
        state = state with { Served = document, CachedUntil = document == before.Served ? state.CachedUntil : Later(state.CachedUntil, enforcedUntil) };
        return new Decision
        {
            Next = state,
            Stage = stage,
            Transitions = [.. state.History.Where(t => !before.History.Contains(t))],
            Waiting = null,
            KeptMx = kept,
            LookAgain = Min(LookSoonest, intent.Interval),
        };
    }

    private static Decision Publish(Intent intent, RolloutState state, Stage stage, ImmutableArray<string> kept, DateTimeOffset now) => Hold(
        intent,
        state with
        {
            PublishedId = state.Served!.Id,
            PublishedMode = state.Served.Policy.Mode,
            PublishedAt = now,
            PreviousId = state.PublishedId,
        },
        stage,
        new Finding.Unknown(Reason.Publishing, intent.Domain.StsRecordName, "the TXT record is being written"),
        kept,
        now);

    private static Decision Hold(Intent intent, RolloutState state, Stage? stage, Finding waiting, ImmutableArray<string> kept, DateTimeOffset now) => new()
    {
        Next = state,
        Stage = stage,
        Transitions = [],
        Waiting = waiting,
        KeptMx = kept,
        LookAgain = LookAgain(intent, state, stage, waiting, now),
    };

    private static ImmutableArray<Stage> AllowedStages(Intent intent) => intent.Target switch
    {
        TargetMode.Enforce => intent.Stages,
        TargetMode.Testing => [.. intent.Stages.Where(s => s.Mode == StsMode.Testing)],
        _ => [NoPolicy],
    };

    // What the owner's target asks for at once, whatever the checks say.
    private static (Stage To, Reason Why)? MoveOfOwner(Intent intent, RolloutState state, ImmutableArray<Stage> allowed)
    {
        var mode = state.Served!.Policy.Mode;
        return (intent.Target, mode) switch
        {
            (TargetMode.None, not StsMode.None) => (NoPolicy, Reason.OwnerLowered),
            (TargetMode.Testing, StsMode.Enforce) => (allowed[^1], Reason.OwnerLowered),
            (not TargetMode.None, StsMode.None) => (allowed[0], Reason.Started), // out of "none" the domain starts from the bottom
            _ => null,
        };
    }

    // The stage that the domain is in and the one that follows. A class whose list was edited may have lost the stage, or given its name to
    // another mode: then the domain stays with its document as if that were a stage of the list, and whatever follows wants a whole soak, the longest
    // of the list. So an edit neither raises a domain (promise 1) nor lowers it (promise 7).
    private static (Stage Stage, Stage? Next) Place(Intent intent, RolloutState state, ImmutableArray<Stage> allowed)
    {
        var served = state.Served!.Policy;
        if (allowed.FirstOrDefault(s => s.Name == state.Stage && s.Mode == served.Mode) is { } same)
        {
            var index = allowed.IndexOf(same);
            return (same, index + 1 < allowed.Length ? allowed[index + 1] : null);
        }

        var stray = new Stage(state.Stage ?? allowed[0].Name, served.Mode, TimeSpan.FromSeconds(served.MaxAgeSeconds), intent.Stages.Max(s => s.Soak));
        return (stray, allowed.FirstOrDefault(s => s.Mode > stray.Mode || (s.Mode == stray.Mode && s.MaxAge > stray.MaxAge)));
    }

    // Promise 8: a pattern that a live MX still needs stays, and so does every pattern while it is not known which MX are live.
    private static (PolicyDocument Document, ImmutableArray<string> Kept) Document(Intent intent, RolloutState state, Stage stage, Evidence evidence)
    {
        ImmutableArray<MxPattern> kept = [.. (state.Served?.Policy.Mx ?? []).Where(old => !intent.Mx.Contains(old) && IsNeeded(old, intent, evidence))];
        return (DocumentOf(stage, intent.Mx.AddRange(kept)), [.. kept.Select(k => k.ToString())]);
    }

    private static bool IsNeeded(MxPattern old, Intent intent, Evidence evidence) =>
        !evidence.LiveMxKnown || evidence.LiveMx.Any(host => old.Matches(host) && !intent.Mx.Any(pattern => pattern.Matches(host)));

    private static PolicyDocument DocumentOf(Stage stage, ImmutableArray<MxPattern> mx) =>
        PolicyDocument.Of(new StsPolicy(stage.Mode, mx, (long)stage.MaxAge.TotalSeconds));

    // Promise 6: true only when every check is healthy; one broken check outweighs any number of unknown ones.
    private static bool? Verdict(Evidence evidence) => Finding.Worst(Gates.Soaked.Select(evidence.Of)) switch
    {
        Finding.Healthy => true,
        Finding.Broken => false,
        _ => null,
    };

    private static TimeSpan LookAgain(Intent intent, RolloutState state, Stage? stage, Finding waiting, DateTimeOffset now)
    {
        var wait = intent.Interval;
        if (IsSpreading(waiting, state) && (state.PublishedAt > state.StageEnteredAt ? state.PublishedAt : state.StageEnteredAt) is { } since)
        {
            wait = Min(wait, (now - since) / SpreadingShare);
        }

        if (waiting is Finding.Unknown { Reason: not (Reason.Soaking or Reason.TargetReached or Reason.Paused or Reason.ApprovalMissing) })
        {
            wait = Min(wait, intent.Interval / UnansweredShare);
        }

        if (stage is not null && waiting is Finding.Unknown { Reason: Reason.Soaking } && state.Soak.Until(stage.Soak) is { } until)
        {
            wait = Min(wait, until - now);
        }

        return wait > LookSoonest ? wait : Min(LookSoonest, intent.Interval);
    }

    private static bool IsSpreading(Finding waiting, RolloutState state) =>
        (!state.IsPublished && state.Served is not null)
        || waiting is Finding.Unknown { Reason: Reason.Publishing or Reason.RecordPropagating or Reason.PolicyPropagating };

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
