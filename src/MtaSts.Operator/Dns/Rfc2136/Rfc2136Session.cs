using System.Collections.Immutable;
using System.Security.Cryptography;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>Record sets as they are on the wire.</summary>
internal sealed class WireSets : Dictionary<RecordKey, ImmutableArray<WireRecord>>
{
    public RecordSet Decode(RecordKey key) => RecordSet.Of(
        key.Name,
        key.Type,
        this[key].IsEmpty ? 0 : this[key].Min(r => (long)r.Ttl),
        this[key].Select(r => RecordData.Decode(key.Type, r.Data)!));
}

/// <summary>Questions and updates over one connection, signed where there is a key, each answer's signature checked.</summary>
internal sealed class Rfc2136Session(Rfc2136Options options, TimeProvider time) : IDisposable
{
    private readonly DnsConnection _connection = new(options);

    public void Dispose() => _connection.Dispose();

    /// <summary>Sends an update. <c>IsLost</c>: it went out and no answer came.</summary>
    public async Task<(WireMessage? Answer, ProviderFault? Fault, bool IsLost)> UpdateAsync(
        DnsName zone, IReadOnlyCollection<WireRecord> prerequisites, IReadOnlyCollection<WireRecord> updates, CancellationToken cancellationToken)
    {
        var request = DnsWriter.Update(NewId(), zone, prerequisites, updates);
        if (request.Length > ushort.MaxValue - 1024)
            return (null, new ProviderFault(Reason.ProviderRefused, $"the update of zone {zone} does not fit into one message", Transient: false), false);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Asks the server, which must speak for the name.</summary>
    public async Task<Outcome<WireMessage>> AskAsync(DnsName name, ushort type, CancellationToken cancellationToken)
    {
        var (answer, fault, _) = await SendAsync(DnsWriter.Query(NewId(), name, type), cancellationToken);
        fault ??= Rfc2136Faults.OfQuery(options, name, answer!);
        return fault is null ? new(answer, null) : new(null, fault);
    }

    /// <summary>Reads record sets to the byte; absent ones, and ones that a wildcard stands in for, are empty.</summary>
    public async Task<Outcome<WireSets>> ReadAsync(DnsZone zone, IEnumerable<RecordKey> keys, CancellationToken cancellationToken)
    {
        var apex = DnsName.Parse(zone.Name);
        var sets = new WireSets();
        foreach (var key in keys)
        {
            if (!DnsName.TryParse(key.Name, out var name) || !name.IsAtOrBelow(apex))
                return new(null, new ProviderFault(Reason.ProviderRefused, $"\"{key.Name}\" is not a name in zone {zone.Name}, or is too long", Transient: false));
            var set = await ReadSetAsync(apex, name, key.Type, cancellationToken);
            if (set.Fault is not null)
                return new(null, set.Fault);
            sets[key] = [.. set.Value!];
        }

        return new(sets, null);
    }

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    private static WireRecord[] Own(WireMessage answer, DnsName name, ushort type) =>
        [.. answer.Answer.Where(r => r.Type == type && r.Class == DnsNumbers.ClassIn && r.Name.Equals(name))];

    private async Task<Outcome<WireRecord[]>> ReadSetAsync(DnsName apex, DnsName name, RecordType type, CancellationToken cancellationToken)
    {
        var number = RecordData.TypeNumber(type);
        var answer = await AskAsync(name, number, cancellationToken);
        if (answer.Value is not { } message)
            return new(null, answer.Fault);

        // A denial names its zone (rfc2308#2). Another than ours is a zone below that the server has too: a record in ours would be hidden.
        if (message.Answer.IsEmpty && message.Authority.FirstOrDefault(r => r.Type == DnsNumbers.TypeSoa)?.Name is { } denier && !denier.Equals(apex))
            return new(null, new ProviderFault(Reason.ZoneNotFound, $"{name} is in zone {denier} of {options.Server}, not in {apex}; add that zone", Transient: false));

        var records = Own(message, name, number);
        if (records.Any(r => RecordData.Decode(type, r.Data) is null))
            return new(null, new ProviderFault(Reason.ProviderRefused, $"{options.Server} has a malformed {type.ToString().ToUpperInvariant()} record at {name}", Transient: false));
        if (records.Length == 0)
            return new([], null);
        var real = await IsRealAsync(apex, name, number, records, cancellationToken);
        return real.Fault is not null ? new(null, real.Fault) : new(real.Value!.Value ? records : [], null);
    }

    // A wildcard's records look as if they were the name's own (rfc4592#3.3). Prerequisites are not fooled (rfc2136#2.4), so an update that
    // only asks whether the name is in use tells them apart. It is sent only where a wildcard above holds the same data.
    private async Task<Outcome<Flag>> IsRealAsync(DnsName apex, DnsName name, ushort type, WireRecord[] records, CancellationToken cancellationToken)
    {
        for (var above = name; above.LabelCount > apex.LabelCount;)
        {
            above = above.Parent;
            if (!DnsName.TryCreate([[(byte)'*'], .. above.Labels], out var wildcard))
                continue;
            var answer = await AskAsync(wildcard, type, cancellationToken);
            if (answer.Value is not { } message)
                return new(null, answer.Fault);
            if (Own(message, wildcard, type) is not { Length: > 0 } same || same.Length != records.Length
                || !same.All(w => records.Any(r => r.Data.AsSpan().SequenceEqual(w.Data.AsSpan()))))
                continue;

            WireRecord nameInUse = new(name, DnsNumbers.TypeAny, DnsNumbers.ClassAny, 0, []); // rfc2136#2.4.4
            var (probe, fault, isLost) = await UpdateAsync(apex, [nameInUse], [], cancellationToken);
            if (fault is not null || isLost)
                return new(null, fault ?? Rfc2136Faults.Unavailable(options, $"did not say whether {name} is in use"));
            if (probe!.ReturnCode == DnsNumbers.NxDomain)
                return new(new Flag(false), null);
            var refused = Rfc2136Faults.OfUpdate(options, new DnsZone(apex.ToString()), probe.ReturnCode);
            return refused is null ? new(new Flag(true), null) : new(null, refused);
        }

        return new(new Flag(true), null);
    }

    private async Task<(WireMessage? Answer, ProviderFault? Fault, bool IsLost)> SendAsync(byte[] request, CancellationToken cancellationToken)
    {
        byte[] mac = [];
        if (options.Key is { } key)
            (request, mac) = Tsig.Sign(request, key, time.GetUtcNow());
        switch (await _connection.ExchangeAsync(request, cancellationToken))
        {
            case Exchange.Answered answered:
                var (state, error) = options.Key is null
                    ? (TsigState.Missing, 0)
                    : Tsig.Check(answered.Bytes, answered.Message, options.Key, mac, time.GetUtcNow());
                var fault = Rfc2136Faults.OfSignature(options, answered.Message, state, error);
                return fault is null ? (answered.Message, null, false) : (null, fault, false);
            case Exchange.NotSent notSent:
                return (null, Rfc2136Faults.Unavailable(options, notSent.Why), false);
            case Exchange.OutOfReach refused:
                return (null, refused.Fault, false);
            case var lost:
                return (null, Rfc2136Faults.Unavailable(options, ((Exchange.NoAnswer)lost).Why), true);
        }
    }

    private sealed record Flag(bool Value);
}
