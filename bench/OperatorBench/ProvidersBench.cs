using System.Diagnostics;
using System.Text.Json.Nodes;
using MtaSts.TestBed;
using MtaSts.TestBed.Webhook;

namespace MtaSts.Bench;

/// <summary>Domains of a provider that is well, by themselves, and beside those of one that answers 500 to all and of one that never answers.</summary>
internal static class ProvidersBench
{
    private const string Failing = "failing";
    private const string Hanging = "hanging";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    // So that what follows the last stage (events, certificates' tidying) is over.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    // So that the ill ones have been tried, and are tried again.
    private static readonly TimeSpan Ill = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchOptions options, CancellationToken stop)
    {
        var (each, rounds) = (options.Policies, options.Runs);
        var report = new Report(BenchOptions.Providers);
        report.Add("domains of each provider", "policies", each, format: "0");
        report.Add("rounds", "rounds", rounds, format: "0");
        await using var failing = await WebhookServer.StartAsync();
        await using var hanging = await WebhookServer.StartAsync();
        failing.OnCall = _ => WebhookFault.ServerError;
        hanging.OnCall = _ => WebhookFault.Hang;

        var fine = each * rounds * 2;
        await using var bench = await BenchWorld.StartAsync(
            options.Repository, fine + (2 * each * rounds), options.Interval, stop,
            world => world.ClassManifests(BenchWorld.Rollout(options.Interval)) + Others(world, options.Interval, failing, hanging), classCount: 3);

        var (alone, beside) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            alone.Add(await OnboardAsync(bench, (2 * round * each) + 1, each, stop));
            var other = fine + (2 * round * each) + 1;
            await bench.CreateAsync(other, other + each - 1, BenchWorld.OthersNamespace, Failing, stop);
            await bench.CreateAsync(other + each, other + (2 * each) - 1, BenchWorld.OthersNamespace, Hanging, stop);
            await Task.Delay(Ill, stop);
            beside.Add(await OnboardAsync(bench, (((2 * round) + 1) * each) + 1, each, stop));
            BenchWorld.Tell($"alone {alone[^1]:0.0} s, beside the ill ones {beside[^1]:0.0} s");
            await bench.World.Bed.ControlPlane.KubectlAsync("delete", "mtasts", "--all", "-n", BenchWorld.OthersNamespace, "--timeout=60s");
        }

        if (failing.Calls.Count == 0 || hanging.Calls.Count == 0)
        {
            throw new BenchException($"the ill providers were asked {failing.Calls.Count} and {hanging.Calls.Count} times: nothing was measured{bench.World.Troubles()}");
        }

        report.Add("all settled, alone: median", "aloneSeconds", Median(alone), "s");
        report.Add("all settled, beside the ill ones: median", "besideSeconds", Median(beside), "s");
        report.Add("ratio of the medians, alone to beside", "ratio", Median(alone) / Median(beside), "(1: as fast as alone)", "0.00");
        report.Add("calls of the provider that answers 500", "failingCalls", failing.Calls.Count, format: "0");
        report.Add("calls of the provider that never answers", "hangingCalls", hanging.Calls.Count, format: "0");
        report.Detail("alone", new JsonArray([.. alone.Select(s => (JsonNode)Math.Round(s, 2))]));
        report.Detail("beside", new JsonArray([.. beside.Select(s => (JsonNode)Math.Round(s, 2))]));
        report.Print();
    }

    private static async Task<double> OnboardAsync(BenchWorld bench, int first, int count, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        await bench.CreateAsync(first, first + count - 1, stop);
        await bench.WaitUntilSettledAsync(first + count - 1, stop, Glance);
        var seconds = watch.Elapsed.TotalSeconds;
        await Task.Delay(Calm, stop);
        return seconds;
    }

    private static string Others(OperatorWorld world, TimeSpan? interval, WebhookServer failing, WebhookServer hanging) => string.Concat(
        new[] { (Failing, failing.Address), (Hanging, hanging.Address) }.Select(ill => $$"""

            ---
            apiVersion: mta-sts.dev/v1alpha1
            kind: ClusterDnsProvider
            metadata: { name: {{ill.Item1}} }
            spec:
              ttl: 60
              zones: [{{BenchWorld.Zone}}]
              externalDnsWebhook: { url: "{{ill.Address}}", timeout: 5s }
            ---
            {{world.ClassManifest(ill.Item1, isDefault: false, BenchWorld.Rollout(interval)).Replace("dnsProviderRef: { name: default }", $"dnsProviderRef: {{ name: {ill.Item1} }}", StringComparison.Ordinal)}}
            """));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
