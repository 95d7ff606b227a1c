using System.CommandLine;
using System.Text.Json;
using MtaSts.Operator.Cli.Manifests;

namespace MtaSts.Operator.Cli.Plan;

/// <summary><c>mtasts plan</c>: what the operator would publish for a manifest, stage by stage, without a cluster and without the DNS.</summary>
public static class PlanCommand
{
    private const string Name = "mtasts plan";

    /// <summary>The command.</summary>
    public static Command Create(CliHost host)
    {
        var manifests = new ManifestOptions(records: true);
        var output = CliOptions.Output();
        var command = new Command("plan", "Says what the operator would publish for a manifest: documents, ids, records and objects of each stage. It asks nobody.") { output };
        foreach (var option in manifests.All)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            var asJson = parsed.GetValue(output) == CliOptions.Json;
            if (!manifests.TryRead(host, parsed, out var read, out var problem))
            {
                return host.WrongUsage(problem, Name);
            }

            if (read.Problems.Count > 0)
            {
                return ManifestProblems.Print(host, read.Problems, asJson);
            }

            var plan = new PlanJson(true, [.. read.Domains.Select(Planner.Of)], read.Ignored);
            if (asJson)
            {
                host.Out.WriteLine(JsonSerializer.Serialize(plan, PlanJsonContext.Plain.PlanJson));
            }
            else
            {
                PlanText.Print(host, plan);
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
