using System.Globalization;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Cli.Plan;

/// <summary>A plan for people: what is the same in every stage once, then each stage.</summary>
internal static class PlanText
{
    /// <summary>Prints a plan.</summary>
    public static void Print(CliHost host, PlanJson plan)
    {
        for (var i = 0; i < plan.Domains.Count; i++)
        {
            if (i > 0)
            {
                host.Out.WriteLine();
            }

            foreach (var line in Lines(plan.Domains[i]))
            {
                host.Out.WriteLine(line);
            }
        }

        foreach (var ignored in plan.Ignored)
        {
            host.Out.WriteLine($"left aside: {ignored}");
        }
    }

    private static IEnumerable<string> Lines(DomainPlan plan)
    {
        var entered = plan.Stages.Where(s => s.Entered).ToList();
        var always = entered.Count > 0 ? entered[0].Records.Where(r => entered.TrueForAll(s => s.Records.Any(other => Same(r, other)))).ToList() : [];
        return
        [
            $"{plan.Domain}: MtaStsPolicy {plan.Resource}, class {plan.Class}, provider {plan.Provider}, targetMode {plan.TargetMode}",
            .. plan.Assumed.Select(a => $"assumed: {a}"),
            .. entered.Count > 0 ? Always(plan, always) : ["", "No stage is entered: spec.targetMode is none."],
            .. entered.SelectMany(stage => OfStage(plan, stage, always)),
            .. plan.Stages.Where(s => !s.Entered && entered.Count > 0).Select(s => $"\nStage {s.Name}: not entered, since spec.targetMode is {plan.TargetMode}"),
            .. Retirement(plan),
        ];
    }

    private static IEnumerable<string> Always(DomainPlan plan, IEnumerable<RecordSetPlan> records) =>
    [
        .. Aliases(plan),
        "",
        "In every stage",
        $"  the policy at {plan.PolicyUrl}",
        .. plan.Objects.Select(o => $"  {o.Kind} {o.Namespace}/{o.Name}: {o.Content}"),
        $"  {plan.Host.Name}: its address from {plan.Host.From}{(plan.Host.Known ? "" : ", as A, AAAA or CNAME with a companion TXT")}",
        .. records.SelectMany(Records),
        .. plan.KeptMx.Select(k =>
            $"  mx {k.Pattern} stays in the policy although spec.mx does not have it: {k.Reason}{(k.Until is { } until ? $", until {CliTime.Show(until)}" : ", while that lasts")}"),
    ];

    private static IEnumerable<string> Aliases(DomainPlan plan) => plan.Aliases.Count == 0
        ? []
        : ["", "To be created once, by whoever has the zone of the domain", .. plan.Aliases.Select(line => $"  {line}")];

    private static IEnumerable<string> OfStage(DomainPlan plan, StagePlan stage, List<RecordSetPlan> always)
    {
        var soak = stage == plan.Stages.Last(s => s.Entered) ? "the last one" : $"soak {Duration(stage.Soak)}";
        return
        [
            "",
            $"Stage {stage.Name}: mode {stage.Mode}, max_age {Duration(stage.MaxAge)}, {soak}{(stage.Approval == nameof(Approval.Manual) ? ", entered when spec.approvedStages has it" : "")}",
            .. stage.Records.Where(r => !always.Exists(other => Same(r, other))).SelectMany(Records),
            $"  document {stage.Id}",
            .. Document(stage.Document),
        ];
    }

    private static IEnumerable<string> Retirement(DomainPlan plan)
    {
        var deletion = plan.Retirement.DeletionPolicy switch
        {
            nameof(DeletionPolicy.Delete) => "Deleting the resource removes all of that at once (deletionPolicy Delete); senders keep the policy that they hold.",
            nameof(DeletionPolicy.Orphan) => "Deleting the resource leaves all of that as it is, unattended (deletionPolicy Orphan).",
            _ => "Deleting the resource retires the domain (deletionPolicy Retire), as targetMode none does.",
        };
        return
        [
            "",
            deletion,
            $"{(plan.Retirement.DeletionPolicy == nameof(DeletionPolicy.Retire) ? "A retirement" : "targetMode none retires the domain: that")} serves this document, and when no sender can hold an older policy any more",
            $"(`mtasts simulate` says when), removes what is the operator's at {string.Join(", ", plan.Retirement.Removes)}, then Ingress and document:",
            $"  document {plan.Retirement.Id}",
            .. Document(plan.Retirement.Document),
        ];
    }

    private static IEnumerable<string> Records(RecordSetPlan set) => set.Values.Select(value => string.Create(
        CultureInfo.InvariantCulture, $"  {set.Name}. {set.Ttl} IN {set.Type} {(set.Type == "TXT" ? $"\"{value}\"" : set.Type == "CNAME" ? value + "." : value)}"));

    private static IEnumerable<string> Document(string text) => text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}");

    private static bool Same(RecordSetPlan a, RecordSetPlan b) => a.Name == b.Name && a.Type == b.Type && a.Ttl == b.Ttl && a.Values.SequenceEqual(b.Values);

    private static string Duration(long seconds) => Durations.Format(TimeSpan.FromSeconds(seconds));
}
