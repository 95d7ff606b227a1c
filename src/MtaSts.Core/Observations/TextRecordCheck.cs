using System.Collections.Immutable;
using MtaSts.Core.Desired;

namespace MtaSts.Core.Observations;

/// <summary>Does every authoritative server and every resolver give exactly one record of a kind, and the one that was published?</summary>
/// <remarks>
/// <code>
/// seen                                              authoritative              resolver
/// Astray: delegated, and no CNAME to the place
///   an authoritative server has that CNAME:
///     there was no record before                    Unknown RecordPropagating  Unknown RecordPropagating
///     there was one                                 Broken  Alias...           Unknown RecordPropagating
///   none has: no CNAME at all                       Broken  AliasMissing       the same
///   none has: a CNAME to another name               Broken  AliasElsewhere     the same
/// Ours                                              -                          -
/// Duplicate                                         Broken  RecordDuplicate    the same
/// Other                                             Broken  RecordDiffers      the same
///   either behind a CNAME, the record ours to write
///   and not delegated                               Broken  AliasElsewhere     the same
/// Previous                                          Unknown RecordPropagating  the same
/// Missing, an authoritative server has ours:
///   there was no record before                      Unknown RecordPropagating  Unknown RecordPropagating
///   there was one                                   Broken  RecordMissing      Unknown RecordPropagating
/// Missing, no authoritative server has ours         Broken  RecordMissing      the same
///   behind a CNAME                                  Broken  AliasDangling      the same
/// Failed                                            Unknown DnsLookupFailed    the same
/// NotAsked                                          -, unless no server at all could be asked
/// </code>
/// </remarks>
internal static class TextRecordCheck
{
    /// <summary>Judges one name.</summary>
    /// <param name="view">What the name looks like.</param>
    /// <param name="wanted">What should be there.</param>
    public static IEnumerable<Finding> Judge(DnsView view, TextWanted wanted)
    {
        var seen = view.Authoritative.Select(r => (Reply: r, IsResolver: false))
            .Concat(view.Resolvers.Select(r => (Reply: r, IsResolver: true)))
            .Select(r => (r.Reply, r.IsResolver, Seen: See(view.Name, r.Reply, wanted)))
            .Where(r => r.Seen != TextSeen.NotAsked)
            .ToList();
        if (seen.All(s => s.IsResolver))
        {
            return [new Finding.Unknown(Reason.DnsLookupFailed, view.Name, $"No authoritative server of {view.Name} could be asked.")];
        }

        var oursIsLive = seen.Any(s => s is { IsResolver: false, Seen: TextSeen.Ours });
        var aliasIsLive = seen.Any(s => !s.IsResolver && wanted.Delegation?.See(view.Name, s.Reply) == AliasSeen.Right);
        var byServer = seen.Select(s => (s.Reply.Server, Verdict: OfServer(s.Reply, s.Seen, s.IsResolver))).ToList();

        // Where all servers say the same, the record is the subject; else, and always for a server that failed, the server.
        var alike = byServer.Select(s => s.Verdict?.Reason).Distinct().Count() == 1 && byServer[0].Verdict?.Reason != Reason.DnsLookupFailed;
        return alike
            ? byServer.Take(1).Where(s => s.Verdict is not null).Select(s => s.Verdict!.At(view.Name))
            : byServer.Where(s => s.Verdict is not null).Select(s => s.Verdict!.At(s.Server));

        Verdict? OfServer(DnsReply reply, TextSeen what, bool isResolver) => what switch
        {
            TextSeen.Ours => null,
            TextSeen.Astray when aliasIsLive && (isResolver || !wanted.HadPrevious) => Verdict.Unknown(
                Reason.RecordPropagating, $"The CNAME at {view.Name} is not seen here yet; wait one TTL."),
            TextSeen.Astray => AliasLook.Astray(wanted.Delegation!, view.Name, reply),
            TextSeen.Duplicate or TextSeen.Other when IsBeside(reply, wanted) => Verdict.Broken(
                Reason.AliasElsewhere,
                $"{view.Name} is a CNAME to {reply.Aliases[0]}, which does not have the {wanted.Kind} record that was published, and beside a CNAME nothing can be written; {WaysOut}"),
            TextSeen.Duplicate => Verdict.Broken(
                Reason.RecordDuplicate, $"There is more than one {wanted.Kind} record at {view.Name}, so senders ignore all of them; remove the other one."),
            TextSeen.Other => Verdict.Broken(
                Reason.RecordDiffers, $"The {wanted.Kind} record at {view.Name} does not say what was published; find who else writes it."),
            TextSeen.Previous => Verdict.Unknown(
                Reason.RecordPropagating, $"The {wanted.Kind} record at {view.Name} is still the one before; wait one TTL."),
            TextSeen.Missing when oursIsLive && (isResolver || !wanted.HadPrevious) => Verdict.Unknown(
                Reason.RecordPropagating, $"The {wanted.Kind} record at {view.Name} is not seen here yet; wait one TTL."),
            TextSeen.Missing when AliasLook.EndOf(reply) is { } end => Verdict.Broken(
                Reason.AliasDangling, $"{view.Name} is a CNAME that ends at {end}, where there is no {wanted.Kind} record{OfDangling(reply, wanted)}."),
            TextSeen.Missing => Verdict.Broken(
                Reason.RecordMissing, $"There is no {wanted.Kind} record at {view.Name}."),
            _ => Verdict.Unknown(
                Reason.DnsLookupFailed, $"{view.Name} could not be looked up at {reply.Server}: {DnsWords.Of(reply)}."),
        };
    }

    /// <summary>Judges the CNAME at a name alone, whatever is at its place: before a record is published.</summary>
    public static IEnumerable<Finding> JudgeAlias(DnsView view, Delegation delegation)
    {
        // Whatever a server says of the place behind the right CNAME, or fails to say, is of no account yet.
        var bent = view with
        {
            Authoritative = [.. view.Authoritative.Select(Settled)],
            Resolvers = [.. view.Resolvers.Select(Settled)],
        };
        return Judge(bent, new TextWanted("", HadPrevious: false, _ => TextSeen.Ours) { Delegation = delegation, IsWritten = true });

        DnsReply Settled(DnsReply reply) => delegation.See(view.Name, reply) == AliasSeen.Right ? reply with { Status = DnsStatus.Answered } : reply;
    }

    /// <summary>What a list of records is that holds no usable one.</summary>
    public static TextSeen SeenOf(ImmutableArray<Fault> faults) => faults.Select(f => f.Reason).FirstOrDefault(r => r is Reason.RecordMissing or Reason.RecordDuplicate) switch
    {
        Reason.RecordMissing => TextSeen.Missing,
        Reason.RecordDuplicate => TextSeen.Duplicate,
        _ => TextSeen.Other,
    };

    private const string WaysOut = "remove it, or use a provider with a cnameTarget.";

    private static TextSeen See(string name, DnsReply reply, TextWanted wanted) => reply.Status switch
    {
        DnsStatus.NoRoute => TextSeen.NotAsked,
        _ when !reply.IsDefinite => TextSeen.Failed,
        _ when wanted.Delegation is { } delegation && delegation.See(name, reply) != AliasSeen.Right => TextSeen.Astray,
        DnsStatus.Answered => wanted.Classify(reply.Records),
        _ => TextSeen.Missing,
    };

    // rfc1034#3.6.2: where there is a CNAME, there is nothing else. What is reached through it and right is left in peace.
    private static bool IsBeside(DnsReply reply, TextWanted wanted) => wanted is { IsWritten: true, Delegation: null } && !reply.Aliases.IsEmpty;

    private static string OfDangling(DnsReply reply, TextWanted wanted) =>
        IsBeside(reply, wanted) ? $", and beside a CNAME nothing can be written; {WaysOut.TrimEnd('.')}"
        : wanted.Delegation is not null ? "; see DnsPublished, and whether that zone is led to the servers which the provider writes to"
        : "";
}
