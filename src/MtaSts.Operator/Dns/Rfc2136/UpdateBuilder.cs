using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>The prerequisites and updates of one batch.</summary>
internal sealed class UpdateBuilder
{
    private const long TtlSecondsMax = int.MaxValue; // rfc2181#8

    private readonly List<WireRecord> _prerequisites = [];
    private readonly List<WireRecord> _updates = [];

    private UpdateBuilder()
    {
    }

    public IReadOnlyCollection<WireRecord> Prerequisites => _prerequisites;

    public IReadOnlyCollection<WireRecord> Updates => _updates;

    /// <summary>Names whose first record is to be a CNAME: they hold nothing else, and the server checks it.</summary>
    public bool WantsUnusedName { get; private set; }

    /// <summary>Builds the message's sections; the fault names the value that cannot be written.</summary>
    /// <param name="batch">The changes.</param>
    /// <param name="now">Each changed set to the byte; its text is what the change expects.</param>
    public static Outcome<UpdateBuilder> Build(RecordBatch batch, WireSets now)
    {
        var builder = new UpdateBuilder();
        foreach (var change in batch.Changes)
        {
            builder.Require(batch, change, now[change.Key]);
            if (builder.Update(change, now[change.Key]) is { } problem)
                return new(null, new ProviderFault(Reason.ProviderRefused, $"{change.Key}: {problem}", Transient: false));
        }

        return new(builder, null);
    }

    private void Require(RecordBatch batch, RecordChange change, IReadOnlyCollection<WireRecord> records)
    {
        var name = DnsName.Parse(change.Key.Name);
        var type = RecordData.TypeNumber(change.Key.Type);
        if (records.Count == 0)
            _prerequisites.Add(new WireRecord(name, type, DnsNumbers.ClassNone, 0, [])); // rfc2136#2.4.3: no such set.
        else
            _prerequisites.AddRange(records.Select(r => r with { Ttl = 0 })); // rfc2136#2.4.2: the whole set, to the byte.
        if (change.Add.IsEmpty)
            return;

        // A server leaves out what a CNAME forbids and answers NOERROR (rfc2136#3.4.2.2): so make it say no.
        var hasOthers = batch.Changes.Any(c => c.Key.Name == change.Key.Name && c.Key.Type != change.Key.Type);
        if (change.Key.Type != RecordType.Cname && !batch.Changes.Any(c => c.Key == change.Key with { Type = RecordType.Cname }))
        {
            _prerequisites.Add(new WireRecord(name, DnsNumbers.TypeCname, DnsNumbers.ClassNone, 0, []));
        }
        else if (change.Key.Type == RecordType.Cname && records.Count == 0 && !hasOthers)
        {
            WantsUnusedName = true;
            _prerequisites.Add(new WireRecord(name, DnsNumbers.TypeAny, DnsNumbers.ClassNone, 0, [])); // rfc2136#2.4.5
        }
    }

    private string? Update(RecordChange change, IReadOnlyCollection<WireRecord> records)
    {
        if (!change.Add.IsEmpty && change.TtlSeconds is < 0 or > TtlSecondsMax)
            return $"a TTL of {change.TtlSeconds} is not between 0 and {TtlSecondsMax}";
        var name = DnsName.Parse(change.Key.Name);
        var byText = records.ToLookup(r => RecordData.Decode(change.Key.Type, r.Data)!);
        foreach (var record in change.Remove.SelectMany(v => byText[v]))
            _updates.Add(record with { Class = DnsNumbers.ClassNone, Ttl = 0 }); // rfc2136#2.5.4

        // A record that is written again for its TTL goes first: Knot leaves the old TTL at a record that it has already.
        foreach (var there in change.Add.Select(v => byText[v].FirstOrDefault()).OfType<WireRecord>())
            _updates.Add(there with { Class = DnsNumbers.ClassNone, Ttl = 0 });

        foreach (var value in change.Add)
        {
            // A value that is there is written as it is there: cut otherwise it would become a second record.
            if (byText[value].FirstOrDefault() is { } there)
            {
                _updates.Add(there with { Ttl = (uint)change.TtlSeconds });
                continue;
            }

            if (!RecordData.TryEncode(change.Key.Type, value, out var data, out var problem))
                return problem;
            _updates.Add(new WireRecord(name, RecordData.TypeNumber(change.Key.Type), DnsNumbers.ClassIn, (uint)change.TtlSeconds, [.. data]));
        }

        return null;
    }
}
