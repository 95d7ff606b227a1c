using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Simulation;

/// <summary>The operator without its I/O: a pass is a list of effects, and may end after any of them.</summary>
internal sealed class VirtualOperator(VirtualInternet internet, Intent intent)
{
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("cluster-a", "team-a/p");

    private (DateTimeOffset Since, DateTimeOffset Last)? _watch;

    /// <summary>What the owner wants now.</summary>
    public Intent Intent { get; set; } = intent;

    /// <summary>The status: the one thing that outlives a crash.</summary>
    public RolloutState Status { get; private set; } = RolloutState.Empty;

    /// <summary>When the next pass is due, from the last one that ended.</summary>
    public TimeSpan LookAgain { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>A killed process forgets since when it has watched.</summary>
    public void Die() => _watch = null;

    /// <summary>One pass; each effect happens when the enumerator moves on to it.</summary>
    public IEnumerable<string> Pass()
    {
        var keys = new[] { OwnerRecord.KeyFor(Intent.Domain.StsRecordName) };
        var evidence = EvidenceReader.Read(Intent, Status, internet.Observe(keys), Us.OwnerId, Watch(), internet.Now);
        var decision = Decider.Decide(Intent, Status, evidence, internet.Now);
        if (!decision.Next.SameEffects(Status))
        {
            Status = decision.Next;
            yield return "state";
        }

        if (decision.Next.Served is { } served && served.Text != internet.Document)
        {
            internet.HandOver(served.Text);
            yield return "document";
        }

        foreach (var change in Plan(decision.Next).SelectMany(batch => batch.Changes))
        {
            internet.Write(change.Key, change.Result);
            yield return change.Key.ToString();
        }

        Status = decision.Next;
        LookAgain = decision.LookAgain;
        yield return "status";
    }

    private ImmutableArray<RecordBatch> Plan(RolloutState state)
    {
        if (state.PublishedId is not { } id)
        {
            return [];
        }

        OwnedRecord[] wanted =
        [
            new(RecordSet.Of(Intent.Domain.StsRecordName, RecordType.Txt, 300, new StsRecord(id).ToString()), RecordScope.StsTxt),
            new(RecordSet.Of(Intent.Domain.TlsRptRecordName, RecordType.Txt, 300, Intent.TlsReporting is { } rua ? [rua.ToString()] : []), RecordScope.TlsRptTxt),
        ];
        var current = CurrentRecords.Of(RecordPlanner.KeysToRead(wanted).Select(k => new RecordSet(k, 300, internet.Records(k))));
        return RecordPlanner.Plan(wanted, current, Us, Intent.Adoption).Batches;
    }

    private DateTimeOffset Watch()
    {
        var now = internet.Now;
        var since = _watch is { } w && now - w.Last <= SoakClock.GapMax(Intent.Interval) ? w.Since : now;
        _watch = (since, now);
        return since;
    }
}
