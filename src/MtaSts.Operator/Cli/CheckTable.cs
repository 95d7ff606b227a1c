using System.Collections.Immutable;
using System.Globalization;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;
using Spectre.Console;

namespace MtaSts.Operator.Cli;

/// <summary>The results of <c>mtasts check</c> for people: tables, with colours on a terminal; plain columns, one line a result, elsewhere.</summary>
internal static class CheckTable
{
    private const int PlainWidth = 1000; // nothing wraps, so that a line can be searched for

    /// <summary>Prints the results, the policy, and what MTA-STS does and does not cover.</summary>
    public static void Print(CliHost host, MailDomain domain, ImmutableArray<CheckResult> results, StsPolicy? policy)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = Console(host, text);
        console.Write(Results(host, domain, results));
        console.Write(new Text(PolicyLine(policy) + "\n"));
        console.Write(new Text(Verdict(domain, results) + "\n\n"));
        console.Write(new Text("What MTA-STS covers on the way of a mail:\n"));
        console.Write(Hops(host));
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            host.Out.WriteLine(line.TrimEnd());
        }
    }

    private static IAnsiConsole Console(CliHost host, StringWriter text)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = host.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = host.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = host.Colour ? Math.Max(60, TerminalWidth()) : PlainWidth;
        console.Profile.Capabilities.Unicode = host.Colour;
        return console;
    }

    private static int TerminalWidth()
    {
        try
        {
            return System.Console.WindowWidth;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static Table Results(CliHost host, MailDomain domain, ImmutableArray<CheckResult> results)
    {
        var table = Table(host, "CHECK", "OUTCOME", "REASON", "SUBJECT", "WHAT IT MEANS");
        foreach (var row in results.Select(r => CheckResultJson.Of(r, domain)))
        {
            var style = new Style(row.Outcome switch { "Healthy" => Color.Green, "Broken" => Color.Red, _ => Color.Yellow });
            table.AddRow(new Text(row.Name), new Text(row.Outcome, style), new Text(row.Reason), new Text(row.Subject), new Text(row.Message));
        }

        return table;
    }

    private static Table Hops(CliHost host)
    {
        var table = Table(host, "HOP", "MTA-STS", "WHAT COVERS IT");
        foreach (var hop in MailHops.All)
        {
            table.AddRow(new Text(hop.Hop), new Text(hop.Covered, new Style(hop.Covered == "yes" ? Color.Green : Color.Default)), new Text(hop.By));
        }

        return table;
    }

    private static Table Table(CliHost host, params string[] columns)
    {
        var table = new Table { Border = host.Colour ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        return table;
    }

    private static string PolicyLine(StsPolicy? policy) => policy is null
        ? "Policy: a sender finds none."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Policy: mode {policy.Mode.ToString().ToLowerInvariant()}, max_age {policy.MaxAgeSeconds} s, mx {(policy.Mx.IsEmpty ? "none" : string.Join(", ", policy.Mx))}.");

    private static string Verdict(MailDomain domain, ImmutableArray<CheckResult> results)
    {
        var broken = results.Count(r => r.Finding is Finding.Broken);
        var unknown = results.Count(r => r.Finding is Finding.Unknown);
        return broken + unknown == 0
            ? $"{domain}: all checks are healthy."
            : string.Create(CultureInfo.InvariantCulture, $"{domain}: {broken} broken, {unknown} unknown.");
    }
}
