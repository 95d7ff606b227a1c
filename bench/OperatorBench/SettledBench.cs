using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MtaSts.Bench;

/// <summary>Many settled policies: what it took to settle them, what a restart costs, and what they cost while nothing happens.</summary>
internal static class SettledBench
{
    // Long enough for a pass and its follow-up where the interval is long.
    private static readonly TimeSpan CalmMax = TimeSpan.FromSeconds(60);

    // With one policy there is nothing that would take longer.
    private static readonly TimeSpan BaseWindow = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchOptions options, CancellationToken stop)
    {
        var report = new Report(BenchOptions.Settled);
        var interval = options.Interval!.Value;
        report.Add("policies", "policies", options.Policies, format: "0");
        report.Add("interval", "intervalSeconds", interval.TotalSeconds, "s", "0");
        await using var bench = await BenchWorld.StartAsync(options.Repository, options.Policies, interval, stop);

        BenchWorld.Tell("one policy, for the base");
        await bench.CreateAsync(1, 1, stop);
        await bench.WaitUntilSettledAsync(1, stop);
        await bench.WaitUntilQuietAsync(stop);
        var single = await RestartAsync(bench, 1, stop);
        await Task.Delay(BaseWindow, stop);
        var baseMemory = Memory(bench);

        await OnboardAsync(bench, options.Policies, report, stop);

        // What the rollout still has to say (events, the last status) is not the restart's.
        report.Add("onboarding: writes went on after all were settled", "settledToQuietSeconds", (await bench.WaitUntilQuietAsync(stop)).TotalSeconds, "s");

        BenchWorld.Tell("restart of the operator");
        var calm = interval < CalmMax ? interval : CalmMax;
        var restart = await RestartAsync(bench, options.Policies, stop);
        report.Add("restart: start to /readyz 200", "restartReadySeconds", restart.Ready.TotalSeconds, "s", "0.00");
        report.Add("restart: start to all policies looked at", "restartAllSeenSeconds", restart.AllSeen.TotalSeconds, "s", "0.00");
        report.Add("  the same with one policy", "restartOnePolicySeconds", single.AllSeen.TotalSeconds, "s", "0.00");
        AddWrites(report, "restart", restart.Figures);

        BenchWorld.Tell($"steady state: {calm.TotalSeconds:0} s of calm, then {options.Window.TotalSeconds:0} s are counted");
        await Task.Delay(calm, stop);
        await WatchAsync(bench, options, report, stop);

        var memory = Memory(bench);
        report.Add("memory: peak with one policy", "basePeakMegabytes", baseMemory.Peak / 1e6, "MB");
        report.Add("memory: peak since the restart", "peakMegabytes", memory.Peak / 1e6, "MB");
        report.Add("memory: resident at the end", "residentMegabytes", memory.Resident / 1e6, "MB");
        report.Add(
            "memory: peak a policy above the base", "peakKilobytesPerPolicy", (memory.Peak - baseMemory.Peak) / 1e3 / (options.Policies - 1), "kB");
        report.Print();
    }

    private static async Task OnboardAsync(BenchWorld bench, int policies, Report report, CancellationToken stop)
    {
        BenchWorld.Tell($"{policies - 1} more policies");
        var nginx = new LogCursor(bench.World.Mail.Web.ErrorLogPath);
        var updates = new LogCursor(bench.World.Mail.Dns.UpdateLogPath);
        var before = ProcessFigures.ProcessorTimes();
        var watch = Stopwatch.StartNew();
        await bench.CreateAsync(2, policies, stop);
        var created = watch.Elapsed;
        await bench.WaitUntilSettledAsync(policies, stop);
        var settled = watch.Elapsed;
        var times = Spent(before);
        report.Add("onboarding: all resources created", "createdSeconds", created.TotalSeconds, "s");
        report.Add("onboarding: all settled at the last stage", "settledSeconds", settled.TotalSeconds, "s");
        report.Add("onboarding: policies a second", "onboardedPerSecond", (policies - 1) / settled.TotalSeconds);
        report.Add("onboarding: loads of the web server's configuration", "webReloads", nginx.Take().Count(l => l.Contains("reconfiguring", StringComparison.Ordinal)), format: "0");
        report.Add("onboarding: records added", "recordsAdded", updates.Take().Count(l => l.Contains("adding an RR", StringComparison.Ordinal)), format: "0");
        report.Add("onboarding: peak memory of the operator", "onboardingPeakMegabytes", Memory(bench).Peak / 1e6, "MB");
        AddTimes(report, "onboarding", times, settled);
    }

    private static async Task<(TimeSpan Ready, TimeSpan AllSeen, SteadyFigures Figures)> RestartAsync(
        BenchWorld bench, int policies, CancellationToken stop)
    {
        var counts = new SteadyCounts(bench.World);
        var access = new LogCursor(bench.World.Mail.Web.AccessLogPath);
        var (began, ready) = await bench.RestartAsync(stop);
        var seen = await BenchWorld.WaitUntilAllSeenAsync(access, began, policies, stop);
        return (ready - began, seen - began, counts.Take());
    }

    private static async Task WatchAsync(BenchWorld bench, BenchOptions options, Report report, CancellationToken stop)
    {
        var before = ProcessFigures.ProcessorTimes();
        var counts = new SteadyCounts(bench.World);
        await Task.Delay(options.Window, stop);
        var figures = counts.Take();
        var times = Spent(before);
        if (figures is { LeaseWrites: 0 } or { PolicyFetches: 0 } or { AuthoritativeQueries: 0 })
        {
            throw new BenchException(
                $"in the steady state there were {figures.LeaseWrites} writes of the lease, {figures.PolicyFetches} fetches of policies and "
                + $"{figures.AuthoritativeQueries} DNS questions, where each must be some: the operator, or a log, has stopped{bench.World.Troubles()}");
        }

        var minutes = figures.Time.TotalMinutes;
        report.Add("steady state: watched", "windowSeconds", figures.Time.TotalSeconds, "s");
        AddWrites(report, "steady", figures);
        report.Add("steady state: writes of the lease a minute", "leaseWritesPerMinute", figures.LeaseWrites / minutes);
        report.Add("steady state: policies looked at", "policiesLookedAt", figures.HostsFetched, $"of {options.Policies}", "0");
        report.Add("steady state: policy fetches a minute", "policyFetchesPerMinute", figures.PolicyFetches / minutes, format: "0");
        report.Add("steady state: DNS questions to authoritative servers a minute", "dnsQuestionsPerMinute", figures.AuthoritativeQueries / minutes, format: "0");
        report.Add("steady state: DNS questions a look", "dnsQuestionsPerLook", (double)figures.AuthoritativeQueries / figures.PolicyFetches);
        report.Add("steady state: SMTP sessions a minute, all policies", "smtpSessionsPerMinute", figures.MailSessions / minutes);
        report.Add(
            "steady state: the operator's use of a core", "operatorCorePercent", times.GetValueOrDefault("mtasts") / figures.Time.TotalSeconds * 100, "%");
        AddTimes(report, "steady", times, figures.Time);
    }

    private static void AddWrites(Report report, string when, SteadyFigures figures)
    {
        var title = when == "steady" ? "steady state" : when;
        var writes = figures.OtherWrites.Sum(w => w.Value);
        report.Add($"{title}: API writes but the lease", $"{when}ApiWrites", writes, writes == 0 ? "" : $"({string.Join(", ", figures.OtherWrites.Select(w => $"{w.Value} {w.Key}"))})", "0");
        report.Add($"{title}: calls to the DNS provider", $"{when}ProviderCalls", figures.DnsUpdates.Count, figures.DnsUpdates is [var first, ..] ? $"lines, such as {first}" : "", "0");
    }

    private static void AddTimes(Report report, string when, Dictionary<string, double> times, TimeSpan time)
    {
        var most = times.Where(t => t.Value / time.TotalSeconds >= 0.01).OrderByDescending(t => t.Value).ToList();
        report.Row(
            $"{(when == "steady" ? "steady state" : when)}: cores in use",
            $"{times.Values.Sum() / time.TotalSeconds:0.00} of {Environment.ProcessorCount}: {string.Join(", ", most.Select(t => $"{t.Key} {t.Value / time.TotalSeconds:0.00}"))}");
        report.Detail($"{when}Cores", new JsonObject(most.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)Math.Round(t.Value / time.TotalSeconds, 3)))));
    }

    private static Dictionary<string, double> Spent(Dictionary<string, double> before) =>
        ProcessFigures.ProcessorTimes().ToDictionary(t => t.Key, t => t.Value - before.GetValueOrDefault(t.Key));

    private static (long Peak, long Resident) Memory(BenchWorld bench) =>
        ProcessFigures.MemoryOf(bench.World.OperatorProcess ?? throw new BenchException($"the operator does not run{bench.World.Troubles()}"));
}
