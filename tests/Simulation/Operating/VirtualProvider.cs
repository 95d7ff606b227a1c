using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation.Operating;

/// <summary>What goes wrong at a provider.</summary>
internal enum ProviderMood
{
    Fine,
    Down,
    TimesOutAfterApplying,
    AppliesHalf,
    LimitsTheRate,
    RefusesCredentials,
}

/// <summary>A provider that writes the zones of the world. It is told before and after each change, so that its caller can be killed there.</summary>
internal sealed class VirtualProvider(IReadOnlyList<DomainWorld> worlds, Random luck, bool isAtomic, Action<string> instant) : IDnsProvider
{
    /// <summary>What goes wrong now, for a part of the calls.</summary>
    public ProviderMood Mood { get; set; }

    public long Calls { get; private set; }

    public long Faults { get; private set; }

    /// <summary>Called with each change of a record set, before it is made.</summary>
    public Action<DomainWorld, RecordSet>? BeforeWrite { get; set; }

    public Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<ZoneAnswer>(new ZoneAnswer.Found(new DnsZone(WorldOf(name).Zone.Apex)));

    public Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        Calls++;
        if (Trouble() is { } mood and (ProviderMood.Down or ProviderMood.LimitsTheRate or ProviderMood.RefusesCredentials))
        {
            return Task.FromResult<ReadAnswer>(new ReadAnswer.Failed(FaultOf(mood)));
        }

        var contents = WorldOf(zone.Name).Zone.Primary;
        return Task.FromResult<ReadAnswer>(new ReadAnswer.Read(CurrentRecords.Of(keys.Select(k => contents[k]))));
    }

    public Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        Calls++;
        var mood = Trouble();
        if (mood is ProviderMood.Down or ProviderMood.LimitsTheRate or ProviderMood.RefusesCredentials)
        {
            return Task.FromResult<ApplyAnswer>(new ApplyAnswer.Failed(FaultOf(mood)));
        }

        var world = WorldOf(zone.Name);
        if (batch.Changes.Any(c => !world.Zone.Primary[c.Key].Values.SetEquals(c.Expected)))
        {
            return Task.FromResult<ApplyAnswer>(new ApplyAnswer.Failed(new ProviderFault(Reason.ProviderConflict, "the set is another one now", Transient: true)));
        }

        instant($"before {batch.Name}");
        var changes = mood == ProviderMood.AppliesHalf && !isAtomic ? batch.Changes[..(batch.Changes.Length / 2)] : batch.Changes;
        foreach (var change in mood == ProviderMood.AppliesHalf && isAtomic ? [] : changes)
        {
            var set = new RecordSet(change.Key, change.TtlSeconds, change.Result);
            BeforeWrite?.Invoke(world, set);
            world.Zone.Write(set);
            if (!isAtomic)
            {
                instant($"after {change.Key}");
            }
        }

        instant($"after {batch.Name}");
        return Task.FromResult<ApplyAnswer>(mood == ProviderMood.Fine ? new ApplyAnswer.Applied() : new ApplyAnswer.Failed(FaultOf(mood)));
    }

    private DomainWorld WorldOf(string name) => worlds.First(w => name == w.Zone.Apex || name.EndsWith("." + w.Zone.Apex, StringComparison.Ordinal));

    private ProviderMood Trouble()
    {
        if (Mood == ProviderMood.Fine || !luck.Chance(0.7))
        {
            return ProviderMood.Fine;
        }

        Faults++;
        return Mood;
    }

    private static ProviderFault FaultOf(ProviderMood mood) => mood switch
    {
        ProviderMood.LimitsTheRate => new(Reason.ProviderRateLimited, "too many requests", Transient: true, TimeSpan.FromSeconds(30)),
        ProviderMood.RefusesCredentials => new(Reason.ProviderCredentialsRefused, "the key is refused", Transient: false),
        _ => new(Reason.ProviderUnavailable, "no answer in time", Transient: true),
    };
}
