using System.CommandLine;

namespace MtaSts.Operator.Cli;

/// <summary>Options that several commands share, under the same name and with the same meaning.</summary>
public static class CliOptions
{
    /// <summary>The value of <c>--output</c> for people.</summary>
    public const string Table = "table";

    /// <summary>The value of <c>--output</c> for programs.</summary>
    public const string Json = "json";

    /// <summary><c>-o</c>, <c>--output</c>: "table" (the default) or "json".</summary>
    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "How to print the result.", DefaultValueFactory = _ => Table };
        option.AcceptOnlyFromAmong(Table, Json);
        return option;
    }
}
