using System.Collections.Immutable;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>A policy of the manifests with all that it would act by in a cluster.</summary>
internal sealed record PlannedDomain
{
    /// <summary>"namespace/name" of the resource.</summary>
    public required string Owner { get; init; }

    /// <summary>What is wanted.</summary>
    public required Intent Intent { get; init; }

    /// <summary>Its class.</summary>
    public required ClassSettings Class { get; init; }

    /// <summary>The class's provider.</summary>
    public required ProviderSettings Provider { get; init; }

    /// <summary>Where the domain stands, as the manifest's status says; nothing is published where it has none.</summary>
    public required RolloutState State { get; init; }

    /// <summary>What was assumed because no manifest says it.</summary>
    public required ImmutableArray<string> Assumed { get; init; }
}
