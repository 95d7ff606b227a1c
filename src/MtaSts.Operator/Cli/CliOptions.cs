using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Cli;

/// <summary>Options that several commands share, under the same name and with the same meaning.</summary>
public static class CliOptions
{
    /// <summary>The value of <c>--output</c> for people.</summary>
    public const string Table = "table";

    /// <summary>The value of <c>--output</c> for programs.</summary>
    public const string Json = "json";

    private static readonly TimeSpan MaxAgeMinMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAgeMinMax = TimeSpan.FromDays(1);

    /// <summary><c>-o</c>, <c>--output</c>: "table" (the default) or "json".</summary>
    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "How to print the result.", DefaultValueFactory = _ => Table };
        option.AcceptOnlyFromAmong(Table, Json);
        return option;
    }

    /// <summary><c>--max-age-min</c>: the smallest max_age that a class's stage may have; a day where it is not given.</summary>
    public static Option<string> MaxAgeMin() => new("--max-age-min")
    {
        Description = "The smallest max_age that a stage may have. Less than a day is for tests: strict senders reject such policies.",
        HelpName = "DURATION",
        DefaultValueFactory = _ => "1d",
    };

    /// <summary>Reads the value of <see cref="MaxAgeMin"/>. On failure <paramref name="problem"/> names the option and what is wrong with it.</summary>
    public static bool TryReadMaxAgeMin(string? text, out TimeSpan value, out string problem)
    {
        problem = !Durations.TryParse(text, out value, out var wrong) ? $"--max-age-min: {wrong}"
            : value < MaxAgeMinMin || value > MaxAgeMinMax ? $"--max-age-min {text} is not from 1s to 1d"
            : "";
        return problem.Length == 0;
    }

    /// <summary>How the longer results are written as JSON: indented, since people read it too; quotes stay readable, since it goes into no HTML.</summary>
    internal static JsonSerializerOptions JsonWriting() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };
}
