using System.Collections.Immutable;
using MtaSts.Core.Desired;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>Turns a batch into calls on the records that were read right before. No other record's id is in it.</summary>
internal static class BatchBuilder
{
    // At most 100 characters, the free plan's limit. It holds nothing of the record or its owner: the companion record says those.
    private const string Comment = "Managed by the MTA-STS operator";

    private const long TtlMax = 86400;

    /// <summary>
    /// The batch. A value that takes another's place is a patch of that record, so that no moment is without either; then deletions and
    /// additions in the batch's order.
    /// </summary>
    public static Outcome<DnsBatch> Build(RecordBatch batch, ZoneRecords now)
    {
        var deletes = ImmutableArray.CreateBuilder<DnsDelete>();
        var patches = ImmutableArray.CreateBuilder<DnsWrite>();
        var posts = ImmutableArray.CreateBuilder<DnsWrite>();
        foreach (var change in batch.Changes)
        {
            if (!change.Add.IsEmpty && TtlFault(change) is { } ttlFault)
                return new(null, ttlFault);
            if (!change.Add.IsEmpty && ProxiedFault(change.Key.Name, now) is { } proxiedFault)
                return new(null, proxiedFault);
            if (!change.Add.IsEmpty && BesideAlias(change, batch, now) is { } aliasFault)
                return new(null, aliasFault);

            var entries = now.Of(change.Key).ToLookup(e => RecordContent.Decode(change.Key.Type, e));
            var leaving = new Queue<DnsEntry>(change.Remove.Except(change.Add).SelectMany(v => entries[v]));
            foreach (var value in change.Add)
            {
                if (!RecordContent.TryEncode(change.Key.Type, value, out var content, out var problem))
                    return new(null, CloudflareFaults.Refused($"{change.Key}: {problem}"));
                var write = new DnsWrite(null, null, null, content, change.TtlSeconds, Proxied: false, Comment);
                if (change.Expected.Contains(value))
                    patches.AddRange(entries[value].Select((e, i) => write with { Id = e.Id, Content = i == 0 ? content : e.Content! }));
                else if (leaving.TryDequeue(out var replaced))
                    patches.Add(write with { Id = replaced.Id });
                else
                    posts.Add(write with { Name = change.Key.Name, Type = RecordContent.TypeName(change.Key.Type) });
            }

            deletes.AddRange(leaving.Select(e => new DnsDelete(e.Id)));
        }

        return new(new DnsBatch(NullIfEmpty(deletes), NullIfEmpty(patches), NullIfEmpty(posts)), null);
    }

    private static ImmutableArray<T>? NullIfEmpty<T>(ImmutableArray<T>.Builder builder) => builder.Count == 0 ? null : builder.ToImmutable();

    // 30 to 59 are for the API to judge: it knows the zone's plan.
    private static ProviderFault? TtlFault(RecordChange change) =>
        change.TtlSeconds is 1 or (>= 30 and <= TtlMax)
            ? null
            : CloudflareFaults.Refused($"{CloudflareFaults.TtlRange}; {change.Key} would have {change.TtlSeconds}");

    private static ProviderFault? ProxiedFault(string name, ZoneRecords now) =>
        now.At(name).FirstOrDefault(e => e.Proxied == true) is { } proxied
            ? CloudflareFaults.Refused(
                $"{name} {proxied.Type} is proxied by Cloudflare, so that senders would meet Cloudflare's addresses and certificate instead of the policy server's; set that record to \"DNS only\", or remove it")
            : null;

    // Cloudflare lets an alias stand beside some types; resolvers do not (rfc1034#3.6.2).
    private static ProviderFault? BesideAlias(RecordChange change, RecordBatch batch, ZoneRecords now)
    {
        if (change.Key.Type != RecordType.Cname)
            return null;
        var leaving = batch.Changes.Where(c => c.Key.Name == change.Key.Name && c.Result.IsEmpty).Select(c => RecordContent.TypeName(c.Key.Type)).ToHashSet();
        var staying = now.At(change.Key.Name).Select(e => e.Type).Where(t => t != "CNAME" && !leaving.Contains(t)).Distinct().Order(StringComparer.Ordinal).ToArray();
        return staying.Length == 0
            ? null
            : CloudflareFaults.Refused(
                $"{change.Key.Name} holds records of type {string.Join(", ", staying)}, and a CNAME stands alone (rfc1034#3.6.2); remove them, or publish addresses");
    }
}
