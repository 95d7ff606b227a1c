using System.Collections.Immutable;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>The stages of a class that names none.</summary>
public static class DefaultStages
{
    /// <summary>
    /// Two weeks of testing, then enforce with a max_age that grows from a day over a week to twelve weeks: a fault that shows up late is forgotten
    /// by senders as fast as it was found.
    /// </summary>
    public static readonly ImmutableArray<Stage> All =
    [
        new("testing", StsMode.Testing, TimeSpan.FromDays(1), TimeSpan.FromDays(14)),
        new("enforce-1d", StsMode.Enforce, TimeSpan.FromDays(1), TimeSpan.FromDays(7)),
        new("enforce-1w", StsMode.Enforce, TimeSpan.FromDays(7), TimeSpan.FromDays(7)),
        new("enforce", StsMode.Enforce, TimeSpan.FromDays(84), TimeSpan.Zero),
    ];
}
