using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>
/// Where a domain begins of which the status knows nothing, but which is live: its records are ours and the status was lost, or they are somebody else's
/// and are to be adopted.
/// </summary>
/// <remarks>
/// <code>
/// record   policy that is live                          begins at
/// -------  -------------------------------------------  ------------------------------------------------------------
/// ours     its document has the record's id             the stage of that mode and max_age, else as it is, with that very document (Resumed)
/// ours     not to be read; a stage makes the id         that stage (Resumed)
/// ours     neither, with Adopt or target none           as an adopted one
/// adopted  enforce                                      the last enforce stage that asks for no more than it, else the first (Adopted)
/// adopted  testing                                      the last testing stage that asks for no more than it, else the first (Adopted)
/// adopted  none, or none can be read for certain        the first stage (Adopted)
/// else                                                  not here
/// </code>
/// </remarks>
internal static class LiveStart
{
    /// <summary>The state of a domain whose status was lost, and its stage; null where that is not so, or cannot be told.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="state">A state in which nothing is served.</param>
    /// <param name="evidence">What was seen.</param>
    /// <param name="now">The time.</param>
    public static (RolloutState State, Stage Stage)? Resume(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        if (evidence is not { Owner: LiveOwner.Us, LiveId: { } id } || Document(intent, evidence, id) is not { Policy: var policy } document)
        {
            return null;
        }

        var stage = policy.Mode == StsMode.None
            ? Stage.NoPolicy
            : intent.Stages.FirstOrDefault(s => s.Mode == policy.Mode && (long)s.MaxAge.TotalSeconds == policy.MaxAgeSeconds) ?? AsItIs(intent, policy);
        var resumed = state.Enter(stage, Reason.Resumed, now) with
        {
            Served = document,
            PublishedId = document.Id,
            PublishedMode = policy.Mode,
            PublishedAt = now,
            Ledger = Assume(intent, state.Ledger.Add(new LedgerEntry(document.Id, policy, now) { TtlSeconds = evidence.LiveTtlSeconds }), evidence, now),
        };
        return (resumed, stage);
    }

    /// <summary>
    /// The state of a domain whose live records are to be adopted, and its stage; null where there are none. The record keeps its id and becomes ours; the
    /// document with another id follows in the usual order.
    /// </summary>
    public static (RolloutState State, Stage Stage)? Adopt(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        if (evidence is not { Owner: LiveOwner.Other or LiveOwner.Us, LiveId: { } id } || !intent.TakesUnexplained(evidence.Owner))
        {
            return null;
        }

        var live = evidence.LivePolicy is { } seen ? PolicyDocument.Of(seen).Policy : null; // its patterns in our order
        var stage = live is { Mode: not StsMode.None } ? Matching(intent, live) : intent.Stages[0];
        var ledger = live is null ? state.Ledger : state.Ledger.Add(new LedgerEntry(id, live, now)
        {
            TtlSeconds = Math.Max(evidence.LiveTtlSeconds, evidence.HostTtlSeconds), // the way to the policy leads through both
        });
        var adopted = state.Enter(stage, Reason.Adopted, now) with
        {
            PublishedId = id,
            PublishedMode = live?.Mode ?? StsMode.None,
            PublishedAt = now,
            Ledger = evidence.Owner == LiveOwner.Us ? Assume(intent, ledger, evidence, now) : ledger,
        };
        return (adopted, stage);
    }

    // What of ours was served before the status was lost is not known: any enforce stage may have been, up to this moment, with any patterns. So it is told
    // without patterns, which also keeps it apart from the document that is live. It is over when what is served now has been seen everywhere, not before: until
    // then servers may still name it.
    private static Ledger Assume(Intent intent, Ledger ledger, Evidence evidence, DateTimeOffset now)
    {
        if (intent.Stages.Where(s => s.Mode == StsMode.Enforce).MaxBy(s => s.MaxAge) is not { } longest)
        {
            return ledger;
        }

        var assumed = PolicyDocument.Of(new StsPolicy(longest.Mode, [], (long)longest.MaxAge.TotalSeconds));
        return ledger.Add(new LedgerEntry(assumed.Id, assumed.Policy, now) { Until = now, TtlSeconds = evidence.LiveTtlSeconds });
    }

    // The list has no such stage any more: the document stays, as it does when a list is edited under a domain (Decider.Place), neither lowered nor raised.
    private static Stage AsItIs(Intent intent, StsPolicy policy)
    {
        var matching = Matching(intent, policy);
        var name = matching.Mode == policy.Mode ? matching.Name : policy.Mode.ToString().ToLowerInvariant();
        return new Stage(name, policy.Mode, TimeSpan.FromSeconds(policy.MaxAgeSeconds), TimeSpan.Zero);
    }

    private static Stage Matching(Intent intent, StsPolicy policy)
    {
        var ofMode = intent.Stages.Where(s => s.Mode == policy.Mode).ToImmutableArray();
        return ofMode.LastOrDefault(s => (long)s.MaxAge.TotalSeconds <= policy.MaxAgeSeconds) ?? ofMode.FirstOrDefault() ?? intent.Stages[0];
    }

    private static PolicyDocument? Document(Intent intent, Evidence evidence, PolicyId id) =>
        evidence.LivePolicy is { } live && PolicyDocument.Of(live) is { } served && served.Id == id
            ? served
            : intent.Stages.Append(Stage.NoPolicy).Select(s => Decider.DocumentOf(intent, s)).FirstOrDefault(d => d.Id == id);
}
