using System.CommandLine;
using System.Text.Json;
using MtaSts.Core.Mail;
using MtaSts.Operator.Cli.Manifests;

namespace MtaSts.Operator.Cli.Simulate;

/// <summary><c>mtasts simulate</c>: the timeline of a rollout as the engine decides it while all stays healthy, without a cluster and without the DNS.</summary>
public static class SimulateCommand
{
    private const string Name = "mtasts simulate";

    // Calendars end; a century on either side of now is more than any rollout wants.
    private static readonly DateTimeOffset StartMin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset StartMax = new(2199, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The command.</summary>
    public static Command Create(CliHost host)
    {
        var start = new Option<string?>("--start")
        {
            Description = "When the timeline begins: a date, or a date and time with an offset. Default: now.",
            HelpName = "TIME",
        };
        var deletion = new Option<string?>("--delete-at")
        {
            Description = "Delete the resource: at a time, or as soon as the policy of that stage has been seen everywhere.",
            HelpName = "STAGE|TIME",
        };
        var manifests = new ManifestOptions(records: false);
        var output = CliOptions.Output();
        var command = new Command(
            "simulate",
            "Prints the timeline of a rollout, as the engine decides it while every check is healthy: when each stage begins, what waits for whom, when senders are protected, and when a retirement would end. It asks nobody.")
        {
            start, deletion, output,
        };
        foreach (var option in manifests.All)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            if (!TryReadStart(parsed.GetValue(start), out var begin, out var problem)
                || !TryReadDeletion(parsed.GetValue(deletion), begin, out var deleted, out problem)
                || !manifests.TryRead(host, parsed, out var read, out problem))
            {
                return host.WrongUsage(problem, Name);
            }

            var asJson = parsed.GetValue(output) == CliOptions.Json;
            if (read.Problems.Count > 0)
            {
                return ManifestProblems.Print(host, read.Problems, asJson);
            }

            if (deleted.Stage is { } stage && read.Domains.FirstOrDefault(d => d.Intent.Stages.All(s => s.Name != stage)) is { } other)
            {
                return host.WrongUsage(
                    $"--delete-at {Excerpt.Of(stage)} is neither a time nor a stage of class {other.Class.Name}, which has {string.Join(", ", other.Intent.Stages.Select(s => s.Name))}",
                    Name);
            }

            var simulation = new SimulationJson(true, begin, [.. read.Domains.Select(d => Simulator.Run(d, begin, deleted))], read.Ignored);
            if (asJson)
            {
                host.Out.WriteLine(JsonSerializer.Serialize(simulation, SimulationJsonContext.Plain.SimulationJson));
            }
            else
            {
                SimulationText.Print(host, simulation);
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    private static bool TryReadStart(string? text, out DateTimeOffset start, out string problem)
    {
        problem = "";
        if (text is null)
        {
            var now = TimeProvider.System.GetUtcNow();
            start = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
            return true;
        }

        if (CliTime.TryParse(text, out start) && start >= StartMin && start <= StartMax)
        {
            return true;
        }

        problem = $"--start {Excerpt.Of(text)} is not a date such as 2026-12-01, or a date and time such as 2026-12-01T08:00:00Z, from 2000 to 2199";
        return false;
    }

    private static bool TryReadDeletion(string? text, DateTimeOffset start, out DeletionTime deletion, out string problem)
    {
        problem = "";
        deletion = text is null ? DeletionTime.Never : CliTime.TryParse(text, out var at) ? new DeletionTime(at, null) : new DeletionTime(null, text);
        if (deletion.At < start)
        {
            problem = $"--delete-at {CliTime.Show(deletion.At.Value)} is before the start, {CliTime.Show(start)}";
        }

        return problem.Length == 0;
    }
}
