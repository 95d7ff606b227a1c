using System.Collections.Immutable;

namespace MtaSts.Core.Observations;

/// <summary>What a server has at the name of a text record.</summary>
internal enum TextSeen
{
    /// <summary>What was published.</summary>
    Ours,

    /// <summary>What was published before.</summary>
    Previous,

    /// <summary>No record of the kind.</summary>
    Missing,

    /// <summary>More than one record of the kind.</summary>
    Duplicate,

    /// <summary>One that says something else, or that is not valid.</summary>
    Other,

    /// <summary>The server gave no definite answer.</summary>
    Failed,

    /// <summary>The server could not be asked from here.</summary>
    NotAsked,
}

/// <summary>Does every authoritative server and every resolver give exactly one record of a kind, and the one that was published?</summary>
/// <remarks>
/// <code>
/// seen                                              authoritative              resolver
/// Ours                                              -                          -
/// Duplicate                                         Broken  RecordDuplicate    the same
/// Other                                             Broken  RecordDiffers      the same
/// Previous                                          Unknown RecordPropagating  the same
/// Missing, an authoritative server has ours:
///   there was no record before                      Unknown RecordPropagating  Unknown RecordPropagating
///   there was one                                   Broken  RecordMissing      Unknown RecordPropagating
/// Missing, no authoritative server has ours         Broken  RecordMissing      the same
/// Failed                                            Unknown DnsLookupFailed    the same
/// NotAsked                                          -, unless no server at all could be asked
/// </code>
/// </remarks>
internal static class TextRecordCheck
{
    /// <summary>Judges one name.</summary>
    /// <param name="view">What the name looks like.</param>
    /// <param name="kind">"STSv1" or "TLSRPTv1", for the messages.</param>
    /// <param name="hadPrevious">True when a record of ours was there before this one.</param>
    /// <param name="classify">What a definite list of records at the name is.</param>
    public static IEnumerable<Finding> Judge(DnsView view, string kind, bool hadPrevious, Func<IReadOnlyList<string>, TextSeen> classify)
    {
        var seen = view.Authoritative.Select(r => (Reply: r, IsResolver: false))
            .Concat(view.Resolvers.Select(r => (Reply: r, IsResolver: true)))
            .Select(r => (r.Reply, r.IsResolver, Seen: See(r.Reply, classify)))
            .Where(r => r.Seen != TextSeen.NotAsked)
            .ToList();
        if (seen.All(s => s.IsResolver))
        {
            return [new Finding.Unknown(Reason.DnsLookupFailed, view.Name, $"No authoritative server of {view.Name} could be asked.")];
        }

        var oursIsLive = seen.Any(s => s is { IsResolver: false, Seen: TextSeen.Ours });
        var byServer = seen.Select(s => (s.Reply.Server, Verdict: OfServer(s.Reply, s.Seen, s.IsResolver))).ToList();

        // Where all servers say the same, the record is the subject; else, and always for a server that failed, the server.
        var alike = byServer.Select(s => s.Verdict?.Reason).Distinct().Count() == 1 && byServer[0].Verdict?.Reason != Reason.DnsLookupFailed;
        return alike
            ? byServer.Take(1).Where(s => s.Verdict is not null).Select(s => s.Verdict!.At(view.Name))
            : byServer.Where(s => s.Verdict is not null).Select(s => s.Verdict!.At(s.Server));

        Verdict? OfServer(DnsReply reply, TextSeen what, bool isResolver) => what switch
        {
            TextSeen.Ours => null,
            TextSeen.Duplicate => Verdict.Broken(
                Reason.RecordDuplicate, $"There is more than one {kind} record at {view.Name}, so senders ignore all of them; remove the other one."),
            TextSeen.Other => Verdict.Broken(
                Reason.RecordDiffers, $"The {kind} record at {view.Name} does not say what was published; find who else writes it."),
            TextSeen.Previous => Verdict.Unknown(
                Reason.RecordPropagating, $"The {kind} record at {view.Name} is still the one before; wait one TTL."),
            TextSeen.Missing when oursIsLive && (isResolver || !hadPrevious) => Verdict.Unknown(
                Reason.RecordPropagating, $"The {kind} record at {view.Name} is not seen here yet; wait one TTL."),
            TextSeen.Missing => Verdict.Broken(
                Reason.RecordMissing, $"There is no {kind} record at {view.Name}."),
            _ => Verdict.Unknown(
                Reason.DnsLookupFailed, $"{view.Name} could not be looked up at {reply.Server}: {DnsWords.Of(reply)}."),
        };
    }

    /// <summary>What a list of records is that holds no usable one.</summary>
    public static TextSeen SeenOf(ImmutableArray<Fault> faults) => faults.Select(f => f.Reason).FirstOrDefault(r => r is Reason.RecordMissing or Reason.RecordDuplicate) switch
    {
        Reason.RecordMissing => TextSeen.Missing,
        Reason.RecordDuplicate => TextSeen.Duplicate,
        _ => TextSeen.Other,
    };

    private static TextSeen See(DnsReply reply, Func<IReadOnlyList<string>, TextSeen> classify) => reply.Status switch
    {
        DnsStatus.NoRoute => TextSeen.NotAsked,
        DnsStatus.Answered => classify(reply.Records),
        DnsStatus.NoData or DnsStatus.NoSuchName => TextSeen.Missing,
        _ => TextSeen.Failed,
    };
}
