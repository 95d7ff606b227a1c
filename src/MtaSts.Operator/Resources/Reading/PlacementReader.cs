using System.Collections.Immutable;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads where the policy servers of a class may run. What the API server would refuse in a pod is named here, at its field.</summary>
internal static class PlacementReader
{
    private const string NoExecute = "NoExecute";

    public static void Check(ServingSpec spec, Problems problems)
    {
        if (spec.PriorityClassName is not null)
        {
            problems.ObjectName("spec.serving.priorityClassName", spec.PriorityClassName, dots: true, Schema.Patterns.NameCharsMax);
        }

        foreach (var (key, value) in spec.NodeSelector ?? ImmutableDictionary<string, string>.Empty)
        {
            if (!LabelText.IsKey(key) || !LabelText.IsValue(value))
            {
                problems.Add("spec.serving.nodeSelector", $"has {Problems.Show(key)}: {Problems.Show(value)}", "write the key of a node's label, such as kubernetes.io/arch, and its value");
            }
        }

        var tolerations = spec.Tolerations ?? [];
        for (var i = 0; i < tolerations.Count; i++)
        {
            Check($"spec.serving.tolerations[{i}]", tolerations[i], problems);
        }
    }

    private static void Check(string path, TolerationSpec toleration, Problems problems)
    {
        var takesAny = problems.OneOf($"{path}.operator", toleration.Operator, false, ("Equal", false), ("Exists", true));
        problems.OneOf($"{path}.effect", toleration.Effect, 0, ("NoSchedule", 0), ("PreferNoSchedule", 0), (NoExecute, 0));
        if (toleration.Key is { Length: > 0 } key ? !LabelText.IsKey(key) : !takesAny)
        {
            problems.Add($"{path}.key", $"is {Problems.Show(toleration.Key)}", "write the key of a taint, or leave it out with operator Exists for every taint");
        }

        if (takesAny ? toleration.Value is { Length: > 0 } : !LabelText.IsValue(toleration.Value ?? ""))
        {
            problems.Add($"{path}.value", $"is {Problems.Show(toleration.Value)}", takesAny ? "leave it out with operator Exists" : "write the value of a taint");
        }

        if (toleration.TolerationSeconds is not null && toleration.Effect != NoExecute)
        {
            problems.Add($"{path}.tolerationSeconds", $"is {toleration.TolerationSeconds}", "give it with effect NoExecute alone");
        }
    }
}
