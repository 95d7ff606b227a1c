using System.CommandLine;
using System.Text.Json;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Cli;

/// <summary><c>mtasts match</c>: does an mx pattern cover an MX host (rfc8461#4.1)?</summary>
public static class MatchCommand
{
    private const string Name = "mtasts match";

    /// <summary>The command.</summary>
    public static Command Create(CliHost host)
    {
        var pattern = new Argument<string>("PATTERN") { Description = "An mx pattern: a host name, or *. and a host name." };
        var mx = new Argument<string>("HOST") { Description = "The name of an MX host." };
        var output = CliOptions.Output();
        var command = new Command("match", "Says whether an mx pattern covers an MX host (RFC 8461, section 4.1).") { pattern, mx, output };
        command.SetAction(parsed =>
        {
            if (!MxPattern.TryParseAny(parsed.GetValue(pattern), out var read, out var problem))
            {
                return host.WrongUsage($"PATTERN is not an mx pattern: {problem}", Name);
            }

            if (!HostName.TryNormaliseAny(parsed.GetValue(mx), out var name, out problem))
            {
                return host.WrongUsage($"HOST is not a host name: {problem}", Name);
            }

            return Print(host, read, name, parsed.GetValue(output) == CliOptions.Json);
        });
        return command;
    }

    private static int Print(CliHost host, MxPattern pattern, string name, bool asJson)
    {
        var match = pattern.Matches(name);
        var reason = Why(pattern, name, match);
        host.Out.WriteLine(asJson
            ? JsonSerializer.Serialize(new MatchJson(match, pattern.ToString(), name, reason), CliJson.Plain.MatchJson)
            : $"{name} {(match ? "matches" : "does not match")} {pattern}: {reason}");
        return match ? ExitCodes.Fine : ExitCodes.Findings;
    }

    private static string Why(MxPattern pattern, string name, bool match)
    {
        if (!pattern.IsWildcard)
        {
            return match ? "the names are the same" : "the names differ";
        }

        var suffix = pattern.ToString()[1..];
        return match ? "the wildcard covers the one label in front"
            : name == suffix[1..] ? "a wildcard does not cover the name without a label in its place"
            : name.EndsWith(suffix, StringComparison.Ordinal) ? "a wildcard covers exactly one label"
            : $"the name does not end in {suffix}";
    }
}
