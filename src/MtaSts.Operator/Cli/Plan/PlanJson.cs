using System.Text.Json.Serialization;

namespace MtaSts.Operator.Cli.Plan;

/// <summary>What <c>mtasts plan</c> says; <c>-o json</c> prints it as it is.</summary>
/// <param name="Valid">True.</param>
/// <param name="Domains">A plan for each policy, in the order of the manifests.</param>
/// <param name="Ignored">Manifests that were left aside.</param>
internal sealed record PlanJson(bool Valid, IReadOnlyList<DomainPlan> Domains, IReadOnlyList<string> Ignored);

/// <summary>Everything that the operator would make for one policy.</summary>
internal sealed record DomainPlan
{
    /// <summary>The domain as an A-label name.</summary>
    public required string Domain { get; init; }

    /// <summary>"namespace/name" of the MtaStsPolicy.</summary>
    public required string Resource { get; init; }

    /// <summary>Its class.</summary>
    public required string Class { get; init; }

    /// <summary>The class's provider.</summary>
    public required string Provider { get; init; }

    /// <summary>enforce, testing or none.</summary>
    public required string TargetMode { get; init; }

    /// <summary>What was assumed because no manifest says it.</summary>
    public required IReadOnlyList<string> Assumed { get; init; }

    /// <summary>Where senders fetch the policy.</summary>
    public required string PolicyUrl { get; init; }

    /// <summary>The objects in the class's serving namespace.</summary>
    public required IReadOnlyList<ObjectPlan> Objects { get; init; }

    /// <summary>The policy host, and where its address comes from.</summary>
    public required HostPlan Host { get; init; }

    /// <summary>The CNAMEs that somebody has to create in the domain's zone, in the form of a zone file; none where the provider has no cnameTarget.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>Patterns that are served although spec.mx does not have them, where the manifest's status says so.</summary>
    public required IReadOnlyList<KeptMxPlan> KeptMx { get; init; }

    /// <summary>The stages of the class in their order.</summary>
    public required IReadOnlyList<StagePlan> Stages { get; init; }

    /// <summary>What taking the domain down publishes and removes.</summary>
    public required RetirementPlan Retirement { get; init; }
}

/// <summary>An object, or an entry of one.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Content">What is in it for the domain, or who makes it.</param>
internal sealed record ObjectPlan(string Kind, string Namespace, string Name, string Content);

/// <summary>The policy host.</summary>
/// <param name="Name">The name at which its address is written.</param>
/// <param name="Known">Whether its address is known without a cluster; then its records are among those of each stage.</param>
/// <param name="From">Where the address comes from.</param>
internal sealed record HostPlan(string Name, bool Known, string From);

/// <summary>A pattern that is kept.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Reason">Why: the name of a Reason.</param>
/// <param name="Until">Until when, where it is known.</param>
internal sealed record KeptMxPlan(string Pattern, string Reason, DateTimeOffset? Until);

/// <summary>One stage.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">testing or enforce.</param>
/// <param name="MaxAge">Seconds.</param>
/// <param name="Soak">Seconds; what must have been healthy before the next stage.</param>
/// <param name="Approval">Automatic or Manual.</param>
/// <param name="Entered">Whether spec.targetMode lets the domain enter it.</param>
/// <param name="Id">The policy's id.</param>
/// <param name="Document">The document, byte for byte.</param>
/// <param name="Records">Every record set of the domain in this stage.</param>
internal sealed record StagePlan(
    string Name, string Mode, long MaxAge, long Soak, string Approval, bool Entered, string Id, string Document, IReadOnlyList<RecordSetPlan> Records);

/// <summary>A record set.</summary>
/// <param name="Name">The owner name, without the final dot.</param>
/// <param name="Type">A, AAAA, CNAME or TXT.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Values">The operator's values; others at the name are left alone.</param>
internal sealed record RecordSetPlan(string Name, string Type, long Ttl, IReadOnlyList<string> Values);

/// <summary>Taking a domain down.</summary>
/// <param name="DeletionPolicy">What deleting the resource does: Retire, Delete or Orphan.</param>
/// <param name="Id">The id of the policy with mode none.</param>
/// <param name="Document">That document.</param>
/// <param name="Removes">The names whose records go in the end, in their order.</param>
internal sealed record RetirementPlan(string DeletionPolicy, string Id, string Document, IReadOnlyList<string> Removes);

/// <summary>The generated writer of <see cref="PlanJson"/>.</summary>
[JsonSerializable(typeof(PlanJson))]
internal sealed partial class PlanJsonContext : JsonSerializerContext
{
    /// <summary>The writer to use.</summary>
    public static PlanJsonContext Plain { get; } = new(CliOptions.JsonWriting());
}
