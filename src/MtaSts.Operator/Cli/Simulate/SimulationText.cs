using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Cli.Simulate;

/// <summary>A simulation for people: columns, one line an event.</summary>
internal static class SimulationText
{
    private const string Gap = "  ";

    /// <summary>Prints a simulation.</summary>
    public static void Print(CliHost host, SimulationJson simulation)
    {
        for (var i = 0; i < simulation.Domains.Count; i++)
        {
            if (i > 0)
            {
                host.Out.WriteLine();
            }

            foreach (var line in Lines(simulation.Domains[i]))
            {
                host.Out.WriteLine(line);
            }
        }

        foreach (var ignored in simulation.Ignored)
        {
            host.Out.WriteLine($"left aside: {ignored}");
        }
    }

    private static IEnumerable<string> Lines(DomainTimeline domain) =>
    [
        $"{domain.Domain}: MtaStsPolicy {domain.Resource}, class {domain.Class}, targetMode {domain.TargetMode}",
        .. domain.Assumed.Select(a => $"assumed: {a}"),
        "",
        .. Columns([
            ["AT", "WHAT", "STAGE", "REASON", "WHAT IT MEANS"],
            .. domain.Timeline.Select(e => new[] { CliTime.Show(e.At), e.Event, Or(e.Stage), Or(e.Reason), e.Message }),
        ]),
        "",
        .. Protected(domain),
        .. Retirements(domain),
    ];

    private static IEnumerable<string> Protected(DomainTimeline domain)
    {
        if (domain.Protection is not { } protection)
        {
            return ["Senders are not protected: no enforced policy stays published."];
        }

        return
        [
            $"Senders are protected from {CliTime.Show(protection.From)} on{(protection.ForAllFrom == protection.From ? "" : " when they look")}{Later(protection)}.",
            .. protection.Until is { } until
                ? new[] { $"That ends at {CliTime.Show(until)}: senders that look after it learn that nothing is enforced any more." } : [],
            $"A sender that has seen the last enforced policy keeps it for {Duration(protection.KeptSeconds)} after it last looked.",
        ];
    }

    private static string Later(Protection protection) =>
        protection.ForAllFrom is { } all && all > protection.From ? $", and from {CliTime.Show(all)} on in any case" : "";

    private static IEnumerable<string> Retirements(DomainTimeline domain) => domain.Stages.Any(s => s.RetirementEndsAt is not null)
        ?
        [
            "",
            "A retirement would take:",
            .. Columns([
                ["STAGE", "MODE", "MAX_AGE", "ENTERED", "STARTED", "ENDS", "TAKES"],
                .. domain.Stages.Where(s => s.RetirementEndsAt is not null).Select(s => new[]
                {
                    s.Name, s.Mode, Duration(s.MaxAge), CliTime.Show(s.EnteredAt), CliTime.Show(s.RetirementStartedAt), CliTime.Show(s.RetirementEndsAt!.Value),
                    Durations.Format(s.RetirementEndsAt.Value - s.RetirementStartedAt),
                }),
            ]),
        ]
        : [];

    private static IEnumerable<string> Columns(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string Or(string text) => text.Length > 0 ? text : "-";

    private static string Duration(long seconds) => Durations.Format(TimeSpan.FromSeconds(seconds));
}
