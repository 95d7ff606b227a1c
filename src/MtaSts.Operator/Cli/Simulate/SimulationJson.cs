using System.Text.Json.Serialization;

namespace MtaSts.Operator.Cli.Simulate;

/// <summary>What <c>mtasts simulate</c> says; <c>-o json</c> prints it as it is.</summary>
/// <param name="Valid">True.</param>
/// <param name="Start">When the timelines begin.</param>
/// <param name="Domains">One timeline a policy, in the order of the manifests.</param>
/// <param name="Ignored">Manifests that were left aside.</param>
internal sealed record SimulationJson(bool Valid, DateTimeOffset Start, IReadOnlyList<DomainTimeline> Domains, IReadOnlyList<string> Ignored);

/// <summary>The rollout of one domain while all stays healthy.</summary>
internal sealed record DomainTimeline
{
    /// <summary>The domain as an A-label name.</summary>
    public required string Domain { get; init; }

    /// <summary>"namespace/name" of the MtaStsPolicy.</summary>
    public required string Resource { get; init; }

    /// <summary>Its class.</summary>
    public required string Class { get; init; }

    /// <summary>enforce, testing or none.</summary>
    public required string TargetMode { get; init; }

    /// <summary>What was assumed because no manifest says it.</summary>
    public required IReadOnlyList<string> Assumed { get; init; }

    /// <summary>What happens, in the order of time.</summary>
    public required IReadOnlyList<TimelineEvent> Timeline { get; init; }

    /// <summary>The stages that the domain is in, in the order of time.</summary>
    public required IReadOnlyList<StageSpan> Stages { get; init; }

    /// <summary>Since when senders are protected; null where no enforced policy is published for long enough.</summary>
    public required Protection? Protection { get; init; }
}

/// <summary>Something that happens.</summary>
/// <param name="At">When.</param>
/// <param name="Event">enters, serves, publishes, soaks, waits, supposed, protected, forgotten, rests, deleted, retires, removed or ends.</param>
/// <param name="Stage">The stage that the domain is in then; empty before the first.</param>
/// <param name="Reason">The name of a Reason, or empty.</param>
/// <param name="Message">In words.</param>
internal sealed record TimelineEvent(DateTimeOffset At, string Event, string Stage, string Reason, string Message);

/// <summary>The time in one stage, and what leaving MTA-STS from it would take.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Mode">testing, enforce or none.</param>
/// <param name="MaxAge">Seconds for which a sender keeps the policy after it last looked.</param>
/// <param name="EnteredAt">When it begins.</param>
/// <param name="Until">When it ends; null for the last.</param>
/// <param name="RetirementStartedAt">The last moment in it that is looked at: its end, or for the last stage the moment when its policy was seen everywhere.</param>
/// <param name="RetirementEndsAt">When records and policy could go if the domain were taken down at that moment; null where it is being taken down already.</param>
internal sealed record StageSpan(
    string Name, string Mode, long MaxAge, DateTimeOffset EnteredAt, DateTimeOffset? Until, DateTimeOffset RetirementStartedAt, DateTimeOffset? RetirementEndsAt);

/// <summary>When senders are surely protected.</summary>
/// <param name="From">From then on every sender that looks at the TXT record gets an enforced policy.</param>
/// <param name="ForAllFrom">From then on also one that fetched a policy with another mode before and does not look again until that has expired; null where the domain is not enforced for that long.</param>
/// <param name="Until">When the domain goes back to testing or is taken down; null where it stays enforced.</param>
/// <param name="KeptSeconds">For how long a sender keeps the last enforced policy of the timeline after it last looked.</param>
internal sealed record Protection(DateTimeOffset From, DateTimeOffset? ForAllFrom, DateTimeOffset? Until, long KeptSeconds);

/// <summary>The generated writer of <see cref="SimulationJson"/>.</summary>
[JsonSerializable(typeof(SimulationJson))]
internal sealed partial class SimulationJsonContext : JsonSerializerContext
{
    /// <summary>The writer to use.</summary>
    public static SimulationJsonContext Plain { get; } = new(CliOptions.JsonWriting());
}
