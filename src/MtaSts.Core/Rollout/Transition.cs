using MtaSts.Core.Observations;

namespace MtaSts.Core.Rollout;

/// <summary>One move of a domain from stage to stage.</summary>
/// <param name="At">When.</param>
/// <param name="From">The stage left, or null for the first.</param>
/// <param name="To">The stage entered.</param>
/// <param name="Reason">Why.</param>
public sealed record Transition(DateTimeOffset At, string? From, string To, Reason Reason);
