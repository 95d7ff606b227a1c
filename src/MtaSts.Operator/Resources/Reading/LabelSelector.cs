using System.Collections.Immutable;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>How a label relates to the values of a requirement.</summary>
public enum LabelOperator
{
    /// <summary>The label is there, with one of the values.</summary>
    In,

    /// <summary>The label is not there, or has none of the values.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is not there.</summary>
    DoesNotExist,
}

/// <summary>One requirement on a label.</summary>
/// <param name="Key">The label.</param>
/// <param name="Operator">How it relates to the values.</param>
/// <param name="Values">The values; empty for Exists and DoesNotExist.</param>
public sealed record LabelRequirement(string Key, LabelOperator Operator, ImmutableHashSet<string> Values)
{
    /// <summary>True when the labels fulfil it.</summary>
    public bool IsMetBy(IReadOnlyDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => present && Values.Contains(value!),
            LabelOperator.NotIn => !present || !Values.Contains(value!),
            LabelOperator.Exists => present,
            _ => !present,
        };
    }
}

/// <summary>Chooses objects by their labels, as Kubernetes does.</summary>
/// <param name="Requirements">What must hold, all of it; none chooses everything.</param>
public sealed record LabelSelector(ImmutableArray<LabelRequirement> Requirements)
{
    /// <summary>Chooses everything.</summary>
    public static readonly LabelSelector Everything = new([]);

    /// <summary>True when the labels fulfil every requirement.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Requirements.All(r => r.IsMetBy(labels));

    internal static LabelSelector Read(string path, LabelSelectorSpec? spec, Problems problems)
    {
        if (spec is null)
        {
            return Everything;
        }

        var requirements = ImmutableArray.CreateBuilder<LabelRequirement>();
        foreach (var (key, value) in spec.MatchLabels ?? ImmutableDictionary<string, string>.Empty)
        {
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value]));
        }

        var expressions = spec.MatchExpressions ?? [];
        for (var i = 0; i < expressions.Count; i++)
        {
            var at = $"{path}.matchExpressions[{i}]";
            var values = expressions[i].Values ?? [];
            if (string.IsNullOrEmpty(expressions[i].Key))
            {
                problems.Add($"{at}.key", "is empty", "write the name of a label");
            }

            var wanted = problems.OneOf(
                $"{at}.operator",
                expressions[i].Operator ?? "",
                LabelOperator.Exists,
                ("In", LabelOperator.In),
                ("NotIn", LabelOperator.NotIn),
                ("Exists", LabelOperator.Exists),
                ("DoesNotExist", LabelOperator.DoesNotExist));
            var listed = wanted is LabelOperator.In or LabelOperator.NotIn;
            if (listed != values.Count > 0)
            {
                problems.Add($"{at}.values", listed ? "is empty" : "is not empty", listed ? "give at least one value" : $"leave it out with {wanted}");
            }

            requirements.Add(new LabelRequirement(expressions[i].Key, wanted, [.. values]));
        }

        return new LabelSelector(requirements.ToImmutable());
    }
}
