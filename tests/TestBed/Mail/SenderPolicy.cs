using System.Globalization;
using System.Text.RegularExpressions;

namespace MtaSts.TestBed.Mail;

/// <summary>What an independent sender makes of a domain's policy.</summary>
/// <param name="Result"><c>VALID</c>, <c>NONE</c> or <c>FETCH_ERROR</c>.</param>
/// <param name="Id">The id of the record; null without a valid policy.</param>
/// <param name="Mode"><c>enforce</c>, <c>testing</c> or <c>none</c>; null without a valid policy.</param>
/// <param name="Mx">The patterns, in the policy's order.</param>
/// <param name="MaxAge">Seconds; null without a valid policy.</param>
/// <param name="Raw">All that it printed, its complaints included.</param>
public sealed partial record SenderPolicy(
    string Result, string? Id, string? Mode, IReadOnlyList<string> Mx, int? MaxAge, string Raw)
{
    // The tool prints a Python tuple: (<STSFetchResult.VALID: 1>, ('id', {'version': 'STSv1', 'mx': ['a'], ...})).
    internal static SenderPolicy Parse(string text)
    {
        var result = ResultName().Match(text);
        var age = Age().Match(text);
        return new SenderPolicy(
            result.Success ? result.Groups[1].Value : "",
            Value(IdValue().Match(text)),
            Value(ModeValue().Match(text)),
            [.. MxList().Match(text).Groups[1].Value
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(static quoted => quoted.Trim('\''))],
            age.Success ? int.Parse(age.Groups[1].Value, CultureInfo.InvariantCulture) : null,
            text);
    }

    private static string? Value(Match match) => match.Success ? match.Groups[1].Value : null;

    [GeneratedRegex(@"STSFetchResult\.(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex ResultName();

    [GeneratedRegex(@">, \('([^']*)', \{", RegexOptions.CultureInvariant)]
    private static partial Regex IdValue();

    [GeneratedRegex("'mode': '([^']*)'", RegexOptions.CultureInvariant)]
    private static partial Regex ModeValue();

    [GeneratedRegex(@"'mx': \[([^\]]*)\]", RegexOptions.CultureInvariant)]
    private static partial Regex MxList();

    [GeneratedRegex(@"'max_age': (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Age();
}
