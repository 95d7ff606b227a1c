using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>
/// Writes records by dynamic update (RFC 2136) over TCP, signed by TSIG (RFC 8945). A batch is one message, so all of it happens or
/// nothing; every set that it changes must still be, to the byte, what was read.
/// </summary>
/// <param name="options">Where and how.</param>
/// <param name="time">The clock of the signatures.</param>
/// <param name="logger">Where lost answers are said.</param>
public sealed class Rfc2136Provider(Rfc2136Options options, TimeProvider time, ILogger<Rfc2136Provider> logger) : IDnsProvider
{
    // What may stand at the name of a host beside its addresses: NS, MX, TXT, LOC, SRV, SSHFP, TLSA, SVCB, HTTPS, CAA.
    private static readonly ushort[] TypesAtHosts = [2, 15, DnsNumbers.TypeTxt, 29, 33, 44, 52, 64, 65, 257];

    /// <inheritdoc/>
    public async Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(name, out var wanted))
            return new ZoneAnswer.Failed(new ProviderFault(Reason.ZoneNotFound, $"\"{name}\" is not a DNS name", Transient: false));
        if (options.Zones.IsEmpty)
            return await AskForZoneAsync(wanted, cancellationToken);

        var zone = options.Zones.Select(DnsName.Parse).Where(wanted.IsAtOrBelow).MaxBy(z => z.LabelCount);
        return zone is not null
            ? new ZoneAnswer.Found(new DnsZone(zone.ToString()))
            : new ZoneAnswer.Failed(new ProviderFault(
                Reason.ZoneNotFound, $"{name} is in none of the zones {string.Join(", ", options.Zones)}; add its zone to the provider", Transient: false));
    }

    /// <inheritdoc/>
    public async Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        using var session = new Rfc2136Session(options, time);
        var read = await session.ReadAsync(zone, keys, cancellationToken);
        return read.Value is { } sets
            ? new ReadAnswer.Read(CurrentRecords.Of(sets.Keys.Select(sets.Decode)))
            : new ReadAnswer.Failed(read.Fault!);
    }

    /// <inheritdoc/>
    public async Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        using var session = new Rfc2136Session(options, time);

        // The batch knows text; prerequisites and deletions want the bytes, which are read here and must still be of that text.
        var read = await session.ReadAsync(zone, batch.Changes.Select(c => c.Key), cancellationToken);
        if (read.Value is not { } now)
            return new ApplyAnswer.Failed(read.Fault!);
        if (batch.Changes.FirstOrDefault(c => !now.Decode(c.Key).Values.SetEquals(c.Expected)) is { } changed)
            return new ApplyAnswer.Failed(new ProviderFault(Reason.ProviderConflict, $"{changed.Key} is no longer as it was read", Transient: true));

        var build = UpdateBuilder.Build(batch, now);
        if (build.Value is not { } update)
            return new ApplyAnswer.Failed(build.Fault!);
        if (await OthersBesideCnameAsync(session, batch, cancellationToken) is { } others)
            return new ApplyAnswer.Failed(others);

        var (answer, fault, isLost) = await session.UpdateAsync(
            DnsName.Parse(zone.Name), update.Prerequisites, update.Updates, cancellationToken);
        if (isLost)
            return await SettleAsync(session, zone, batch, fault!, cancellationToken);
        if (fault is null && update.WantsUnusedName && answer!.ReturnCode == DnsNumbers.YxDomain)
            return new ApplyAnswer.Failed(BesideCname(batch.Name, "records of other types"));
        fault ??= Rfc2136Faults.OfUpdate(options, zone, answer!.ReturnCode);
        return fault is null ? new ApplyAnswer.Applied() : new ApplyAnswer.Failed(fault);
    }

    private static ProviderFault BesideCname(string name, string what) =>
        new(Reason.ProviderRefused, $"{name} holds {what}, and a CNAME stands alone (rfc1034#3.6.2); remove them, or publish addresses", Transient: false);

    // Where a CNAME takes the place of our addresses, "the name is not in use" cannot be required; what else is there is asked for.
    private static async Task<ProviderFault?> OthersBesideCnameAsync(Rfc2136Session session, RecordBatch batch, CancellationToken cancellationToken)
    {
        var cname = batch.Changes.FirstOrDefault(c => c.Key.Type == RecordType.Cname && c.Expected.IsEmpty && !c.Add.IsEmpty);
        var leaving = batch.Changes.Where(c => c.Key.Name == cname?.Key.Name && c.Result.IsEmpty).Select(c => RecordData.TypeNumber(c.Key.Type)).ToHashSet();
        if (cname is null || leaving.Count == 0)
            return null;

        // "Any" shows types that we do not think of; a server may answer it with one set of its choice (rfc8482#4.1), so those that we think of are asked for too.
        var name = DnsName.Parse(cname.Key.Name);
        leaving.UnionWith([DnsNumbers.TypeRrsig, DnsNumbers.TypeNsec]);
        var staying = new SortedSet<ushort>();
        foreach (var type in TypesAtHosts.Prepend(DnsNumbers.TypeAny))
        {
            var answer = await session.AskAsync(name, type, cancellationToken);
            if (answer.Value is not { } message)
                return answer.Fault;
            staying.UnionWith(message.Answer.Where(r => r.Name.Equals(name) && !leaving.Contains(r.Type)).Select(r => r.Type));
        }

        return staying.Count == 0 ? null : BesideCname(cname.Key.Name, $"records of type {string.Join(", ", staying)}");
    }

    // The update went out and no answer came back: only a look tells whether it was done.
    private async Task<ApplyAnswer> SettleAsync(
        Rfc2136Session session, DnsZone zone, RecordBatch batch, ProviderFault fault, CancellationToken cancellationToken)
    {
        var read = await session.ReadAsync(zone, batch.Changes.Select(c => c.Key), cancellationToken);
        var isDone = read.Value is { } sets && batch.Changes.All(c => sets.Decode(c.Key).Values.SetEquals(c.Result));
        DnsLog.AnswerLost(logger, options.Server, batch.Name, isDone ? "done" : "not done or not known");
        return isDone ? new ApplyAnswer.Applied() : new ApplyAnswer.Failed(fault);
    }

    private async Task<ZoneAnswer> AskForZoneAsync(DnsName wanted, CancellationToken cancellationToken)
    {
        using var session = new Rfc2136Session(options, time);
        for (var name = wanted; !name.IsRoot; name = name.Parent)
        {
            var answer = await session.AskAsync(name, DnsNumbers.TypeSoa, cancellationToken);
            if (answer.Value is not { } message)
                return new ZoneAnswer.Failed(answer.Fault!);

            // The apex answers for itself; a name below is denied in the name of its zone. An alias tells nothing: ask one level up.
            var soa = message.Answer.Concat(message.Authority).FirstOrDefault(r => r.Type == DnsNumbers.TypeSoa && wanted.IsAtOrBelow(r.Name));
            if (soa is not null && message.Answer.All(r => r.Type != DnsNumbers.TypeCname))
                return new ZoneAnswer.Found(new DnsZone(soa.Name.ToString()));
        }

        return new ZoneAnswer.Failed(new ProviderFault(Reason.ZoneNotFound, $"{options.Server} has no zone for {wanted}", Transient: false));
    }
}
