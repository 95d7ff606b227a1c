using System.Collections.Immutable;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Simulation;

/// <summary>How a domain begins.</summary>
internal enum Beginning
{
    /// <summary>Nothing is there.</summary>
    Fresh,

    /// <summary>Live elsewhere at enforce, and to be adopted.</summary>
    LiveAtEnforce,

    /// <summary>Live elsewhere at testing, and to be adopted.</summary>
    LiveAtTesting,

    /// <summary>A record of somebody else is in the way, and is not to be adopted.</summary>
    StrangersRecord,
}

/// <summary>The kind of world that a seed makes.</summary>
internal sealed record Profile
{
    public required int Domains { get; init; }

    public required Beginning Beginning { get; init; }

    public required TimeSpan Interval { get; init; }

    public required long RecordTtlSeconds { get; init; }

    public required long MxTtlSeconds { get; init; }

    public required long NegativeTtlSeconds { get; init; }

    /// <summary>How far each name server is behind; the first is the primary.</summary>
    public required ImmutableArray<TimeSpan> ServerLags { get; init; }

    /// <summary>How far each replica of the policy server is behind.</summary>
    public required ImmutableArray<TimeSpan> ReplicaLags { get; init; }

    /// <summary>True when the replicas are behind one address, where nobody can choose which one answers.</summary>
    public required bool ReplicasShareAddress { get; init; }

    public required TimeSpan CertificateIssueTime { get; init; }

    public required bool ProviderIsAtomic { get; init; }

    /// <summary>The share of answers that are lost.</summary>
    public required double LossShare { get; init; }

    public required OnRegression OnRegression { get; init; }

    public required FleetRule FleetRule { get; init; }

    public required ImmutableArray<PromotionWindow> Windows { get; init; }

    /// <summary>True when the class's stages are edited; else the status may be lost. Not both: which stages a class had before is in no record.</summary>
    public required bool EditsStages { get; init; }

    public required bool WantsApproval { get; init; }

    /// <summary>The stage lists that the class has in turn; the first is the product's default.</summary>
    public required ImmutableArray<ImmutableArray<Stage>> StageLists { get; init; }

    public static Profile Of(int seed)
    {
        var dice = Dice.For(seed, Purpose.Profile);
        var domains = dice.Chance(0.25) ? dice.Next(3, 5) : 1;
        var wantsApproval = dice.Chance(0.2);
        var replicas = dice.Next(1, 4);
        return new Profile
        {
            Domains = domains,
            Beginning = dice.Pick(Beginning.Fresh, Beginning.Fresh, Beginning.Fresh, Beginning.LiveAtEnforce, Beginning.LiveAtTesting, Beginning.StrangersRecord),
            Interval = TimeSpan.FromHours(dice.Pick(1, 2, 3)),
            RecordTtlSeconds = dice.Pick(60, 300, 3600),
            MxTtlSeconds = dice.Pick(300, 3600, 14400),
            NegativeTtlSeconds = dice.Pick(60, 600),
            ServerLags = [TimeSpan.Zero, .. Enumerable.Range(0, dice.Next(1, 3)).Select(_ => dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)))],
            ReplicaLags = [.. Enumerable.Range(0, replicas).Select(_ => dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(90)))],
            ReplicasShareAddress = dice.Chance(0.6),
            CertificateIssueTime = dice.Between(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(30)),
            ProviderIsAtomic = dice.Chance(0.5),
            LossShare = dice.Pick(0, 0.0005, 0.005),
            OnRegression = dice.Chance(0.35) ? OnRegression.StepBack : OnRegression.Hold,
            FleetRule = domains > 1 ? new FleetRule(dice.Pick(1, 2), dice.Pick(20, 50)) : FleetRule.None,
            Windows = dice.Chance(0.2)
                ? [new([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Thursday], new TimeOnly(8, 0), new TimeOnly(16, 0), TimeZoneInfo.Utc)]
                : [],
            EditsStages = dice.Chance(0.4),
            WantsApproval = wantsApproval,
            StageLists = [.. StageListsFor(wantsApproval ? Approval.Manual : Approval.Automatic)],
        };
    }

    private static IEnumerable<ImmutableArray<Stage>> StageListsFor(Approval approval)
    {
        static TimeSpan Days(int days) => TimeSpan.FromDays(days);
        ImmutableArray<Stage> byDefault =
        [
            new("testing", StsMode.Testing, Days(1), Days(14)),
            new("enforce-1d", StsMode.Enforce, Days(1), Days(7), approval),
            new("enforce-1w", StsMode.Enforce, Days(7), Days(7)),
            new("enforce", StsMode.Enforce, Days(84), TimeSpan.Zero),
        ];
        yield return byDefault;
        yield return byDefault.SetItem(3, byDefault[3] with { MaxAge = Days(30) });
        yield return byDefault.SetItem(2, byDefault[2] with { Name = "a-week" });
        yield return byDefault.RemoveAt(2);
        yield return byDefault.SetItem(0, byDefault[0] with { MaxAge = Days(2), Soak = Days(20) });
        yield return byDefault.SetItem(1, byDefault[1] with { MaxAge = Days(2) });
    }
}
