using System.Diagnostics;
using System.Globalization;
using MtaSts.TestBed;
using MtaSts.TestBed.Cloudflare;

namespace MtaSts.Bench;

/// <summary>Many domains in one Cloudflare account with its real limit, a restart among them, and what they ask for once they are settled.</summary>
internal static class OnboardingBench
{
    private const string Token = "bench-token-0123456789";
    private const int LinesPerStep = 8;

    public static async Task RunAsync(BenchOptions options, CancellationToken stop)
    {
        var report = new Report(BenchOptions.Onboarding);
        report.Add("policies", "policies", options.Policies, format: "0");
        await using var cloudflare = await CloudflareServer.StartAsync();
        cloudflare.AddToken(new CloudflareTokenRights(Token));
        for (var number = 1; number <= options.Policies; number++)
        {
            cloudflare.AddZone(BenchWorld.Domain(number));
        }

        await using var bench = await BenchWorld.StartAsync(
            options.Repository, options.Policies, options.Interval, stop,
            world => Provider(cloudflare) + "---\n" + world.ClassManifest("default", isDefault: true, BenchWorld.Rollout(options.Interval)));
        cloudflare.Written = sets => MirrorAsync(bench.World, cloudflare, sets);

        BenchWorld.Tell("one policy, for what a policy writes");
        await bench.CreateAsync(1, 1, stop);
        await bench.WaitUntilSettledAsync(1, stop);
        var (single, changes) = (cloudflare.Count(Token).Total, cloudflare.Revision);

        BenchWorld.Tell($"{options.Policies - 1} more policies");
        var watch = Stopwatch.StartNew();
        await bench.CreateAsync(2, options.Policies, stop);
        var restarted = RestartHalfwayAsync(bench, cloudflare, changes * options.Policies / 2, stop);
        await bench.WaitUntilSettledAsync(options.Policies, stop);
        var settled = watch.Elapsed;
        await restarted;
        var (total, refused, most) = cloudflare.Count(Token);
        report.Add("onboarding: all settled at the last stage", "settledMinutes", settled.TotalMinutes, "min");
        report.Add("onboarding: requests", "requests", total, $"({(double)total / options.Policies:0.0} a policy; {single} for the first)", "0");
        report.Add("onboarding: most requests in five minutes", "mostInWindow", most, $"of {CloudflareServer.RequestsMax}", "0");
        report.Add("onboarding: requests above the limit", "refused", refused, format: "0");
        report.Add(
            "onboarding: changes of records", "changes", cloudflare.Revision, $"({changes * options.Policies} without the restart in the middle of it)", "0");

        await bench.WaitUntilQuietAsync(stop);
        BenchWorld.Tell($"steady state: {options.Window.TotalSeconds:0} s are counted");
        var counts = new SteadyCounts(bench.World);
        var (before, revision) = (cloudflare.Count(Token).Total, cloudflare.Revision);
        await Task.Delay(options.Window, stop);
        var figures = counts.Take();
        if (figures.LeaseWrites == 0 || figures.PolicyFetches == 0)
        {
            throw new BenchException($"the operator has stopped{bench.World.Troubles()}");
        }

        report.Add("steady state: watched", "windowSeconds", figures.Time.TotalSeconds, "s", "0");
        report.Add("steady state: policies looked at", "policiesLookedAt", figures.HostsFetched, $"of {options.Policies}", "0");
        report.Add("steady state: requests", "steadyRequests", cloudflare.Count(Token).Total - before, format: "0");
        report.Add("steady state: changes of records", "steadyChanges", cloudflare.Revision - revision, format: "0");
        report.Add("steady state: API writes but the lease", "steadyApiWrites", figures.OtherWrites.Sum(w => w.Value), string.Join(", ", figures.OtherWrites.Select(w => $"{w.Value} {w.Key}")), "0");
        report.Print();
    }

    // With records under way, half of all done.
    private static async Task RestartHalfwayAsync(BenchWorld bench, CloudflareServer cloudflare, long changes, CancellationToken stop)
    {
        while (cloudflare.Revision < changes)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), stop);
        }

        BenchWorld.Tell("restart of the operator");
        await bench.RestartAsync(stop);
        BenchWorld.Tell(await bench.World.Bed.ControlPlane.KubectlAsync("get", "clusterdnsproviders"));
    }

    private static string Provider(CloudflareServer cloudflare) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: { name: cloudflare, namespace: {{OperatorWorld.SystemNamespace}} }
        stringData: { token: {{Token}} }
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: ClusterDnsProvider
        metadata: { name: default }
        spec:
          ttl: 60
          cloudflare:
            url: "{{cloudflare.BaseAddress}}"
            tokenSecretRef: { name: cloudflare, key: token }

        """;

    // Cloudflare's name servers are BIND here, which has what the API was told before the API answers.
    private static async Task MirrorAsync(OperatorWorld world, CloudflareServer cloudflare, IReadOnlyCollection<(string Name, string Type)> sets)
    {
        var commands = sets.SelectMany(set => cloudflare.Look(set.Name, set.Type)
            .Select(record => string.Create(CultureInfo.InvariantCulture, $"add {set.Name}. {record.Ttl} {set.Type} {record.Content}{(set.Type == "CNAME" ? "." : "")}"))
            .Prepend($"delete {set.Name}. {set.Type}"));
        foreach (var some in commands.Chunk(LinesPerStep))
        {
            var written = await world.Mail.Dns.UpdateAsync(BenchWorld.Zone, some, null, CancellationToken.None);
            if (!written.Succeeded)
            {
                throw new BenchException($"BIND does not take what Cloudflare has: {written.Error}");
            }
        }
    }
}
