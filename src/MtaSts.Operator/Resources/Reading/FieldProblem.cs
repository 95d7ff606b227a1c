namespace MtaSts.Operator.Resources.Reading;

/// <summary>One field that is wrong.</summary>
/// <param name="Path">Where it is, e.g. <c>spec.mx[1]</c>.</param>
/// <param name="Problem">What is wrong, in words that follow the path: "is empty".</param>
/// <param name="Fix">What to write instead, as an order: "write example.com".</param>
public sealed record FieldProblem(string Path, string Problem, string Fix)
{
    /// <summary>"spec.domain is empty; write ...".</summary>
    public override string ToString() => $"{Path} {Problem}; {Fix}";

    /// <summary>The problems as one message for a condition: the first five, and how many more there are.</summary>
    public static string Join(IReadOnlyCollection<FieldProblem> problems)
    {
        const int shown = 5;
        var text = string.Join(". ", problems.Take(shown));
        return problems.Count > shown ? $"{text}. And {problems.Count - shown} more" : text;
    }
}
