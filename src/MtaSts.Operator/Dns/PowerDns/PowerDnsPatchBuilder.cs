using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>Turns a batch into whole sets. Siblings are written as they are, text and disabled flag; comments are not named, so they stay.</summary>
internal static class PowerDnsPatchBuilder
{
    private const long TtlSecondsMax = int.MaxValue; // rfc2181#8

    /// <summary>Builds the patch; the fault names the value that cannot be written.</summary>
    /// <param name="batch">The changes.</param>
    /// <param name="now">The whole set of a key as the server has it; null: none.</param>
    public static Outcome<PowerDnsPatch> Build(RecordBatch batch, Func<RecordKey, PowerDnsSet?> now)
    {
        var changes = new List<PowerDnsChange>();
        foreach (var change in batch.Changes)
        {
            var set = now(change.Key);
            var ttl = change.Add.IsEmpty && set is not null ? set.Ttl : change.TtlSeconds;
            if (ttl is < 0 or > TtlSecondsMax)
                return Refused(change, $"a TTL of {ttl} is not between 0 and {TtlSecondsMax}");
            if (Records(change, set?.Records ?? [], out var problem) is not { } records)
                return Refused(change, problem);
            var (name, type) = (DnsName.Parse(change.Key.Name) + ".", PresentationForm.Name(change.Key.Type));
            changes.Add(records.Count == 0
                ? new PowerDnsChange(name, type, "DELETE", null, null)
                : new PowerDnsChange(name, type, "REPLACE", ttl, records));
        }

        return new(new PowerDnsPatch(changes), null);
    }

    private static List<PowerDnsRecord>? Records(RecordChange change, IReadOnlyList<PowerDnsRecord> now, out string problem)
    {
        problem = "";
        var records = now.Where(r => r.Disabled || !change.Remove.Contains(PresentationForm.Decode(change.Key.Type, r.Content)!)).ToList();
        foreach (var value in change.Add)
        {
            var there = records.FindIndex(r => PresentationForm.Decode(change.Key.Type, r.Content) == value);
            if (there >= 0)
            {
                // The server takes no record twice: one that is there and disabled is what we want, so it is enabled.
                if (!records.Exists(r => !r.Disabled && PresentationForm.Decode(change.Key.Type, r.Content) == value))
                    records[there] = records[there] with { Disabled = false };
                continue;
            }

            if (!PresentationForm.TryEncode(change.Key.Type, value, out var content, out problem))
                return null;
            records.Add(new PowerDnsRecord(content, Disabled: false));
        }

        return records;
    }

    private static Outcome<PowerDnsPatch> Refused(RecordChange change, string problem) =>
        new(null, new ProviderFault(Reason.ProviderRefused, $"{change.Key}: {problem}", Transient: false));
}
