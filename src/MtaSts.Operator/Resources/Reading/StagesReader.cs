using System.Collections.Immutable;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads the stages of a class.</summary>
internal static class StagesReader
{
    private const int StagesMax = 16;

    /// <summary>The smallest max_age of a stage: some senders reject less.</summary>
    public static readonly TimeSpan MaxAgeMinDefault = TimeSpan.FromDays(1);

    /// <summary>The largest: some senders reject the RFC's own maximum of 31,557,600 s (rfc8461#3.2).</summary>
    public static readonly TimeSpan MaxAgeMax = TimeSpan.FromSeconds(31557599);

    public static ImmutableArray<Stage> Read(string path, IReadOnlyList<StageSpec>? specs, TimeSpan maxAgeMin, Problems problems)
    {
        if (specs is null)
        {
            return DefaultStages.All;
        }

        if (specs.Count is 0 or > StagesMax)
        {
            problems.Add(path, $"has {specs.Count} stages", $"give 1 to {StagesMax}, or leave the list out for the default");
            return DefaultStages.All;
        }

        var stages = ImmutableArray.CreateBuilder<Stage>(specs.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < specs.Count; i++)
        {
            var at = $"{path}[{i}]";
            var spec = specs[i];
            if (problems.ObjectName($"{at}.name", spec.Name, dots: false, Schema.Patterns.LabelCharsMax) && !names.Add(spec.Name))
            {
                problems.Add($"{at}.name", $"is {Problems.Show(spec.Name)}, which an earlier stage has", "give each stage a name of its own");
            }

            var mode = problems.OneOf($"{at}.mode", spec.Mode ?? "", StsMode.Testing, ("testing", StsMode.Testing), ("enforce", StsMode.Enforce));
            if (mode == StsMode.Testing && stages.Any(s => s.Mode == StsMode.Enforce))
            {
                problems.Add($"{at}.mode", "is testing after an enforce stage", "put the testing stages first");
            }

            // Promise 1: enforce is reached by a soak, never by beginning there.
            if (i == 0 && mode == StsMode.Enforce)
            {
                problems.Add($"{at}.mode", "is enforce in the first stage", "begin with a testing stage");
            }

            stages.Add(new Stage(
                spec.Name ?? "",
                mode,
                problems.Duration($"{at}.maxAge", spec.MaxAge ?? "", maxAgeMin, maxAgeMin, MaxAgeMax),
                problems.Duration($"{at}.soak", spec.Soak, TimeSpan.Zero, TimeSpan.Zero, Durations.Max),
                problems.OneOf($"{at}.approval", spec.Approval, Approval.Automatic, ("Automatic", Approval.Automatic), ("Manual", Approval.Manual))));
        }

        return stages.MoveToImmutable();
    }
}
