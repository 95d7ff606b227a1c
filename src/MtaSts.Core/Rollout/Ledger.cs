using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>
/// Every policy that some sender may hold: what was served, from when to when. It is part of the state, written before a document is handed out, so that a
/// crash at any point leaves it complete. It is bounded: what nobody holds any more is dropped, and of too many the most alike are told as one.
/// </summary>
/// <param name="Entries">The entries, the oldest first; ids are unique.</param>
public sealed record Ledger(ImmutableArray<LedgerEntry> Entries)
{
    /// <summary>Nothing was ever served.</summary>
    public static readonly Ledger Empty = new([]);

    /// <summary>How many entries are kept. A domain has four stages by default; more come from edits of <c>spec.mx</c> within one max_age.</summary>
    public const int EntriesMax = 16;

    /// <summary>The entry of an id, or null.</summary>
    public LedgerEntry? Of(PolicyId id) => Entries.FirstOrDefault(e => e.Id == id);

    /// <summary>A document is about to be handed to the policy server in place of all others.</summary>
    public Ledger Serve(PolicyDocument document, DateTimeOffset now)
    {
        var others = Entries.Where(e => e.Id != document.Id).Select(e => e.Until is null ? e with { Until = now } : e);
        var entry = (Of(document.Id) ?? new LedgerEntry(document.Id, document.Policy, now)) with { Until = null, IsReplaced = false };
        return Bounded([.. others, entry]);
    }

    /// <summary>A policy that was seen to be live, or must be taken to have been: as if it had been served by us. One that is known already is held as long as either says.</summary>
    public Ledger Add(LedgerEntry entry) => Of(entry.Id) is { } known
        ? this with { Entries = Entries.Replace(known, OfBoth(entry, known)) }
        : Bounded([entry, .. Entries]);

    /// <summary>A TXT record with an id was seen, with a TTL.</summary>
    public Ledger Named(PolicyId id, long ttlSeconds) => Of(id) is { } entry && entry.TtlSeconds < ttlSeconds
        ? this with { Entries = Entries.Replace(entry, entry with { TtlSeconds = ttlSeconds }) }
        : this;

    /// <summary>The served document was seen at every server, and its id in the TXT record at every server: from now on nobody is given another.</summary>
    public Ledger Replaced(PolicyId served, DateTimeOffset now) => Entries.All(e => e.Id == served || e.IsReplaced)
        ? this
        : this with
        {
            Entries = [.. Entries.Select(e => e.Id == served || e.IsReplaced ? e : e with { Until = e.Until > now ? e.Until : now, IsReplaced = true })],
        };

    /// <summary>Without what nobody holds any more.</summary>
    public Ledger At(DateTimeOffset now) => Entries.Any(e => e.IsOver(now)) ? this with { Entries = Entries.RemoveAll(e => e.IsOver(now)) } : this;

    /// <summary>Until when a sender may hold an enforced policy that is not served any more; null when none can. It becomes later while a replacement spreads.</summary>
    public DateTimeOffset? EnforcedUntil => Entries.Where(e => e.Policy.Mode == StsMode.Enforce).Max(e => e.ExpiresAt);

    /// <summary>The policies that keep a domain from being taken down: all that promise a policy, and are not over.</summary>
    public IEnumerable<LedgerEntry> Binding => Entries.Where(e => e.Policy.Mode != StsMode.None);

    /// <summary>
    /// Until when a sender may hold an enforced policy in which, of the live MX hosts, only those of one pattern are named; null when none does.
    /// </summary>
    public DateTimeOffset? OnlyMatchUntil(MxPattern pattern, ImmutableArray<string> liveMx) => Entries
        .Where(e => e.Policy.Mode == StsMode.Enforce && e.Policy.Mx.Contains(pattern)
            && !liveMx.Any(host => e.Policy.Mx.Any(other => other != pattern && other.Matches(host))))
        .Max(e => e.ExpiresAt);

    /// <inheritdoc/>
    public bool Equals(Ledger? other) => other is not null && Entries.SequenceEqual(other.Entries);

    /// <inheritdoc/>
    public override int GetHashCode() => Entries.Length;

    // Of two that are replaced, the one that expires later stands for both where mode and hosts are the same: no answer of the ledger changes by that.
    // Beyond the limit two of one mode become one that is held at least as long as either; only which patterns they named is lost.
    private static Ledger Bounded(ImmutableArray<LedgerEntry> entries)
    {
        while (Pair(entries, IsCoveredBy) is var (gone, stays))
        {
            entries = entries.Replace(stays, stays with { Since = Earlier(gone.Since, stays.Since) }).Remove(gone);
        }

        while (entries.Length > EntriesMax && Pair(entries, IsLike) is var (gone, stays))
        {
            entries = entries.Replace(stays, OfBoth(gone, stays)).Remove(gone);
        }

        return new Ledger(entries);
    }

    private static (LedgerEntry Gone, LedgerEntry Stays)? Pair(ImmutableArray<LedgerEntry> entries, Func<LedgerEntry, LedgerEntry, bool> may)
    {
        foreach (var gone in entries)
        {
            if (entries.FirstOrDefault(stays => stays != gone && may(gone, stays)) is { } found)
            {
                return (gone, found);
            }
        }

        return null;
    }

    private static bool IsCoveredBy(LedgerEntry gone, LedgerEntry stays) =>
        gone.IsReplaced && stays.IsReplaced && gone.Policy.Mode == stays.Policy.Mode && gone.ExpiresAt <= stays.ExpiresAt
        && gone.Policy.Mx.ToHashSet().SetEquals(stays.Policy.Mx);

    private static bool IsLike(LedgerEntry gone, LedgerEntry stays) =>
        gone.Until is not null && stays.Until is not null && gone.Policy.Mode == stays.Policy.Mode;

    private static LedgerEntry OfBoth(LedgerEntry gone, LedgerEntry stays) => stays with
    {
        Policy = stays.Policy with { MaxAgeSeconds = Math.Max(gone.Policy.MaxAgeSeconds, stays.Policy.MaxAgeSeconds) },
        Since = Earlier(gone.Since, stays.Since),
        Until = gone.Until is null || stays.Until is null ? null : gone.Until > stays.Until ? gone.Until : stays.Until,
        IsReplaced = gone.IsReplaced && stays.IsReplaced,
        TtlSeconds = Math.Max(gone.TtlSeconds, stays.TtlSeconds),
    };

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
