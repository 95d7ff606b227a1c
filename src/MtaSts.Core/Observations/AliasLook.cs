using MtaSts.Core.Desired;

namespace MtaSts.Core.Observations;

/// <summary>Looks at CNAMEs, and says in words what is wrong with them.</summary>
internal static class AliasLook
{
    /// <summary>What a definite reply, or one that failed behind its CNAMEs, says of the name's alias.</summary>
    public static AliasSeen See(this Delegation delegation, string name, DnsReply reply)
    {
        var place = delegation.PlaceOf(name);
        return reply.Aliases.IsEmpty ? AliasSeen.None : reply.Aliases.Any(a => IsSame(a, place)) ? AliasSeen.Right : AliasSeen.Elsewhere;
    }

    /// <summary>
    /// What is wrong with the alias of a name, as several servers tell it; null where one of them has it right, or none gave a definite answer. What one server still
    /// has from before is no fault of the alias.
    /// </summary>
    public static Verdict? Fault(Delegation delegation, string name, IReadOnlyCollection<DnsReply> replies)
    {
        if (replies.Any(r => delegation.See(name, r) == AliasSeen.Right))
        {
            return null;
        }

        var definite = replies.Where(r => r.IsDefinite).ToList();
        return (definite.Find(r => !r.Aliases.IsEmpty) ?? definite.Find(r => !r.Records.IsEmpty) ?? definite.FirstOrDefault()) is { } reply
            ? Astray(delegation, name, reply)
            : null;
    }

    /// <summary>The end of a reply's CNAMEs; null where there are none.</summary>
    public static string? EndOf(DnsReply reply) => reply.Aliases.IsEmpty ? null : reply.Aliases[^1];

    /// <summary>What is wrong with an alias that a definite reply shows not to be right.</summary>
    public static Verdict Astray(Delegation delegation, string name, DnsReply reply)
    {
        var line = $"{name}. CNAME {delegation.PlaceOf(name)}.";
        return reply.Aliases.IsEmpty
            ? Verdict.Broken(
                Reason.AliasMissing, reply.Records.IsEmpty
                    ? $"{name} is no CNAME, so what is published for it is not found; create: {line}"
                    : $"{name} has a record of its own in the place of a CNAME, so what is published for it is not found; remove it and create: {line}")
            : Verdict.Broken(
                Reason.AliasElsewhere, $"{name} is a CNAME to {reply.Aliases[0]}, where nothing is written for it; it must be: {line}");
    }

    // rfc4343: names are the same whatever the case of their letters.
    private static bool IsSame(string alias, string place) => string.Equals(alias.TrimEnd('.'), place, StringComparison.OrdinalIgnoreCase);
}
