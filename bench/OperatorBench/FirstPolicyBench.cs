using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DnsClient;

namespace MtaSts.Bench;

/// <summary>One policy for an idle operator: from kubectl apply to the TXT record in the primary's answer, with what happens on the way.</summary>
internal static class FirstPolicyBench
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    // So that the operator is idle again: events are written, the follow-up looks are over.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(BenchOptions options, CancellationToken stop)
    {
        var report = new Report(BenchOptions.FirstPolicy);
        report.Add("runs", "runs", options.Runs, format: "0");
        await using var bench = await BenchWorld.StartAsync(options.Repository, options.Runs, options.Interval, stop);
        var runs = new List<FirstPolicyRun>();
        for (var number = 1; number <= options.Runs; number++)
        {
            await Task.Delay(Calm, stop);
            runs.Add(await ApplyAsync(bench, number, stop));
            BenchWorld.Tell($"{BenchWorld.Domain(number)}: {runs[^1].Total.TotalSeconds:0.00} s");
        }

        var total = runs.Select(r => r.Total.TotalSeconds).Order().ToList();
        report.Add("kubectl apply to TXT live: median", "medianSeconds", Median(total), "s", "0.00");
        report.Add("kubectl apply to TXT live: fastest", "minSeconds", total[0], "s", "0.00");
        report.Add("kubectl apply to TXT live: slowest", "maxSeconds", total[^1], "s", "0.00");
        foreach (var (index, (name, key)) in FirstPolicyRun.Steps.Index())
        {
            var values = runs.Select(r => r.At[index].TotalSeconds).Order().ToList();
            report.Add($"  at {name}", key, Median(values), $"s  ({values[0]:0.00} to {values[^1]:0.00})", "0.00");
        }

        report.Detail("totalSeconds", new JsonArray([.. runs.Select(r => (JsonNode)Math.Round(r.Total.TotalSeconds, 3))]));
        report.Print();
    }

    private static async Task<FirstPolicyRun> ApplyAsync(BenchWorld bench, int number, CancellationToken stop)
    {
        var world = bench.World;
        var dns = new LookupClient(new LookupClientOptions(new IPEndPoint(world.Mail.Dns.PrimaryAddress, 53))
        {
            UseCache = false,
            Recursion = false,
            Retries = 0,
            Timeout = TimeSpan.FromSeconds(1),
            ThrowDnsErrors = false,
        });
        var access = new LogCursor(world.Mail.Web.AccessLogPath);
        var updates = new LogCursor(world.Mail.Dns.UpdateLogPath);
        var record = $"_mta-sts.{BenchWorld.Domain(number)}";
        var began = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        var apply = world.Bed.ControlPlane.ApplyAsync(BenchWorld.Manifest(number), stop);
        while ((await dns.QueryAsync(record, QueryType.TXT, cancellationToken: stop)).Answers.Count == 0)
        {
            if (watch.Elapsed > Patience)
            {
                await apply;
                throw new BenchException($"{record} has no TXT record {Patience.TotalSeconds:0} s after the apply{world.Troubles()}");
            }

            await Task.Delay(Glance, stop);
        }

        var live = watch.Elapsed;
        await apply;
        return FirstPolicyRun.From(bench, number, began, live, access.Take(), updates.Take());
    }

    private static double Median(List<double> ordered) =>
        ordered.Count % 2 == 1 ? ordered[ordered.Count / 2] : (ordered[(ordered.Count / 2) - 1] + ordered[ordered.Count / 2]) / 2;
}

/// <summary>One run: how long it took in all, and when each step was seen, counted from the start of kubectl.</summary>
internal sealed record FirstPolicyRun(TimeSpan Total, IReadOnlyList<TimeSpan> At)
{
    /// <summary>The steps in their order, and who saw them.</summary>
    public static readonly IReadOnlyList<(string Name, string Key)> Steps =
    [
        ("resource created (API server's audit)", "createdAt"),
        ("Ingress written (audit)", "ingressAt"),
        ("document written into its ConfigMap (audit)", "documentAt"),
        ("certificate there (audit: Secret by the issuer)", "certificateAt"),
        ("policy host's address in the DNS (BIND's log)", "addressAt"),
        ("first 200 for the policy (web server's log)", "servedAt"),
        ("TXT record added (BIND's log)", "addedAt"),
    ];

    /// <summary>Reads the times from the logs of those who saw it.</summary>
    public static FirstPolicyRun From(
        BenchWorld bench, int number, DateTimeOffset began, TimeSpan live, IReadOnlyList<string> access, IReadOnlyList<string> updates)
    {
        var domain = BenchWorld.Domain(number);
        var audit = bench.World.Bed.ControlPlane.Audit.Read().Where(e => e.At >= began && e.Code < 300).ToList();
        return new FirstPolicyRun(live,
        [
            Audit("the resource", e => e.Resource == "mtastspolicies.mta-sts.dev" && e.Name == BenchWorld.Name(number)),
            Audit("the Ingress", e => e.Resource == "ingresses.networking.k8s.io"),
            Audit("the document", e => e.Resource == "configmaps" && e.User == BenchWorld.OperatorUser),
            Audit("the certificate", e => e.Resource == "secrets"),
            Update("the address", $"adding an RR at 'mta-sts.{domain}'"),
            (access.Select(AccessLine.Parse).FirstOrDefault(l => l.Host == $"mta-sts.{domain}" && l.Status == 200) ?? throw Missing("a fetch of the policy")).At - began,
            Update("the TXT record", $"adding an RR at '_mta-sts.{domain}'"),
        ]);

        TimeSpan Audit(string what, Func<TestBed.AuditEvent, bool> isIt) => (audit.Find(e => isIt(e)) ?? throw Missing(what)).At - began;

        TimeSpan Update(string what, string words) =>
            DateTimeOffset.Parse((updates.FirstOrDefault(l => l.Contains(words, StringComparison.Ordinal)) ?? throw Missing(what)).Split(' ', 2)[0], CultureInfo.InvariantCulture) - began;

        BenchException Missing(string what) => new($"{domain}: its TXT record is there, but no log has {what}");
    }
}
