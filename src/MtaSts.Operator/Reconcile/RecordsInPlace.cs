using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Tells by DNS questions alone whether records are as wanted, so that the provider is called only when there is something to write.
/// </summary>
public static class RecordsInPlace
{
    /// <summary>The records that are not seen, at every authoritative server, as they are wanted. What cannot be seen counts as not in place.</summary>
    /// <param name="wanted">The records.</param>
    /// <param name="observed">What was seen.</param>
    /// <param name="owner">As whom they are marked; null where they are not.</param>
    public static ImmutableArray<OwnedRecord> Missing(IEnumerable<OwnedRecord> wanted, Observed observed, OwnerIdentity? owner) =>
        [.. wanted.Where(record => !IsInPlace(record, observed, owner))];

    private static bool IsInPlace(OwnedRecord record, Observed observed, OwnerIdentity? owner)
    {
        if (Replies(observed, record.Key) is not { } replies)
        {
            return false;
        }

        // Without marks nobody can tell whose a report record is, and reports are asked for without a policy too: it is not asked to go.
        if (owner is null)
        {
            return record is { Scope: RecordScope.TlsRptTxt, Desired.Values.IsEmpty: true } || replies.All(r => record.Desired.Values.SetEquals(ByHand(r, record)));
        }

        if (Replies(observed, OwnerRecord.KeyFor(record.Key.Name)) is not { } companions)
        {
            return false;
        }

        // What is not marked is not ours to take away. A mark without its record is what a batch that was cut off left behind, and goes too.
        return record.Desired.Values.IsEmpty
            ? companions.All(r => !IsMarked(r, record.Key.Type, owner))
            : companions.All(r => IsMarked(r, record.Key.Type, owner)) && replies.All(r => record.Desired.Values.SetEquals(Own(r, record)));
    }

    // Behind an alias there is somebody else's set, not this name's; of an alias itself the first target is the record.
    private static IEnumerable<string> Own(DnsReply reply, OwnedRecord record) => (record.Key.Type, reply.Aliases.IsEmpty) switch
    {
        (RecordType.Cname, false) => [reply.Aliases[0]],
        (_, false) => [],
        _ => reply.Records.Where(record.Covers),
    };

    // Somebody may keep the text behind an alias of his own: senders find it there.
    private static IEnumerable<string> ByHand(DnsReply reply, OwnedRecord record) =>
        record.Key.Type == RecordType.Txt ? reply.Records.Where(record.Covers) : Own(reply, record);

    private static bool IsMarked(DnsReply companion, RecordType type, OwnerIdentity owner) =>
        companion.Records.Any(text => OwnerRecord.TryParse(text, out var mark) && mark.Type == type && mark.Owner == owner);

    // A server without a route from here is left aside: nothing is known of it, and never will be.
    private static ImmutableArray<DnsReply>? Replies(Observed observed, RecordKey key) =>
        observed.Records.TryGetValue(key, out var view) && DnsReplies.IsKnown(view.Authoritative)
            ? [.. view.Authoritative.Where(r => r.IsDefinite)]
            : null;
}
