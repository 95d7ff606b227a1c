using System.Collections.Immutable;
using MtaSts.Core.Desired;

namespace MtaSts.Simulation.World;

/// <summary>What a zone says.</summary>
internal sealed record ZoneContents(ImmutableDictionary<RecordKey, RecordSet> Records, ImmutableSortedSet<string> Mx, long MxTtlSeconds)
{
    public RecordSet this[RecordKey key] => Records.TryGetValue(key, out var set) ? set : new RecordSet(key, 0, []);
}

/// <summary>A zone with a primary, which is written, and secondaries that follow.</summary>
internal sealed class Zone(Agenda agenda, string apex, ImmutableArray<Follower> servers, long negativeTtlSeconds, ZoneContents first)
{
    private readonly Timeline<ZoneContents> _contents = new(first);

    public string Apex => apex;

    /// <summary>The authoritative servers; the first one is the primary.</summary>
    public ImmutableArray<Follower> Servers => servers;

    /// <summary>For how long a resolver may say that a record is not there.</summary>
    public long NegativeTtlSeconds => negativeTtlSeconds;

    public ZoneContents Primary => _contents.Now;

    /// <summary>The last change.</summary>
    public DateTimeOffset ChangedAt { get; private set; } = agenda.Now;

    public ZoneContents At(Follower server) => _contents.At(server.Knows(agenda.Now));

    public void Write(RecordSet set) => Change(Primary with
    {
        Records = set.Values.IsEmpty ? Primary.Records.Remove(set.Key) : Primary.Records.SetItem(set.Key, set),
    });

    public void WriteMx(ImmutableSortedSet<string> hosts) => Change(Primary with { Mx = hosts });

    private void Change(ZoneContents contents)
    {
        _contents.Set(contents, agenda.Now);
        ChangedAt = agenda.Now;
    }
}
