using System.Collections.Immutable;
using DnsClient;
using DnsClient.Protocol;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Reads one DNS message into facts.</summary>
internal static class DnsAnswer
{
    /// <summary>How many CNAMEs are followed.</summary>
    public const int AliasesMax = 8;

    /// <summary>Reads an answer; CNAMEs in the same message are followed. Where it ends at an alias without records, the last alias says where to go on.</summary>
    public static DnsReply Read(string server, string name, QueryType type, IDnsQueryResponse response)
    {
        var current = name;
        var aliases = ImmutableArray.CreateBuilder<string>();
        var ttl = long.MaxValue;
        while (type != QueryType.CNAME && response.Answers.OfType<CNameRecord>().FirstOrDefault(r => Name(r.DomainName) == current) is { } alias)
        {
            var target = Name(alias.CanonicalName);
            if (target == name || aliases.Contains(target) || aliases.Count >= AliasesMax)
            {
                return new DnsReply(server, DnsStatus.Malformed, [], aliases.ToImmutable(), Detail: $"CNAME loop or more than {AliasesMax} CNAMEs");
            }

            aliases.Add(target);
            ttl = Math.Min(ttl, alias.InitialTimeToLive);
            current = target;
        }

        var records = response.Answers.Where(r => Name(r.DomainName) == current && Text(r, type) is not null).ToList();
        var status = response.Header.ResponseCode switch
        {
            DnsHeaderResponseCode.NoError when records.Count > 0 => DnsStatus.Answered,
            DnsHeaderResponseCode.NoError => DnsStatus.NoData,
            DnsHeaderResponseCode.NotExistentDomain => DnsStatus.NoSuchName,
            DnsHeaderResponseCode.ServerFailure => DnsStatus.ServerFailure,
            _ => DnsStatus.Refused,
        };
        return status == DnsStatus.Answered
            ? new DnsReply(
                server, status, [.. records.Select(r => Text(r, type)!).Distinct(StringComparer.Ordinal)], aliases.ToImmutable(),
                Math.Min(ttl, records.Min(r => (long)r.InitialTimeToLive)))
            : new DnsReply(
                server, status, [], aliases.ToImmutable(), Detail: status == DnsStatus.Refused ? response.Header.ResponseCode.ToString() : null);
    }

    /// <summary>Lower case, without the final dot.</summary>
    public static string Name(DnsString name) => name.Value.TrimEnd('.').ToLowerInvariant();

    private static string? Text(DnsResourceRecord record, QueryType type) => (record, type) switch
    {
        // rfc8461#3.1, rfc7208#3.3: several strings of a record are one text, joined without a space. A text's odd characters stay: the readers judge them.
        (TxtRecord txt, QueryType.TXT) => string.Concat(txt.Text),
        (MxRecord mx, QueryType.MX) => $"{mx.Preference} {Excerpt.Plain(Name(mx.Exchange), 255)}",
        (ARecord a, QueryType.A) => a.Address.ToString(),
        (AaaaRecord aaaa, QueryType.AAAA) => aaaa.Address.ToString(),
        (NsRecord ns, QueryType.NS) => Name(ns.NSDName),
        (CNameRecord cname, QueryType.CNAME) => Name(cname.CanonicalName),
        // Of other types nobody reads more than that there is one.
        (_, QueryType.CAA or QueryType.SRV) when (int)record.RecordType == (int)type => Excerpt.Plain(record.ToString(), 255),
        _ => null,
    };
}
