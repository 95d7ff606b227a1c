using System.Globalization;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Cloudflare;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>A thousand domains against one account with the real limit, in a time that passes only while everybody waits.</summary>
public sealed class CloudflareOnboardingTests
{
    private const int Domains = 1000;
    private const int Workers = 16;
    private const int QuietTicks = 5;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_thousand_domains_stay_under_the_limit_and_go_on_steadily()
    {
        var time = new FakeTimeProvider();
        await using var bed = await CloudflareBed.StartAsync(time);
        var waiting = new PriorityQueue<string, DateTimeOffset>();
        foreach (var i in Enumerable.Range(0, Domains))
        {
            var domain = $"d{i:D4}.example.test";
            bed.Server.AddZone(domain);
            waiting.Enqueue(domain, time.GetUtcNow());
        }

        var start = time.GetUtcNow();
        var accounts = bed.NewAccounts();
        var done = await RunAsync(accounts, bed, waiting, time);

        var (total, refused, most) = bed.Server.Count(CloudflareBed.Token);
        var perWindow = done.GroupBy(t => (int)((t - start) / RequestBudget.Window)).OrderBy(g => g.Key).Select(g => g.Count()).ToArray();
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{total} requests, {most} at most in five minutes, {refused} refused, {(time.GetUtcNow() - start).TotalMinutes:F1} minutes; domains by five minutes: {string.Join(' ', perWindow)}");
        TestContext.Current.SendDiagnosticMessage(figures);
        Assert.Equal(Domains, done.Count);
        Assert.True(refused == 0 && most <= CloudflareOptions.RequestsPerWindowMax, figures);
        Assert.True(total <= 8 * Domains, figures);
        // Whole windows, the last one aside: none of them without a good part of what the budget allows.
        Assert.All(perWindow[..^1], n => Assert.True(n >= 100, figures));

        // Settled: a second look costs reads alone, and the operator takes none while nothing changes.
        var revision = bed.Server.Revision;
        time.Advance(RequestBudget.Window);
        Assert.True((await PublishAsync(accounts.Open(Options(bed)), "d0001.example.test")).Outcomes.Values.All(o => o is PublishOutcome.InPlace));
        Assert.Equal(revision, bed.Server.Revision);
    }

    private static async Task<List<DateTimeOffset>> RunAsync(
        CloudflareAccounts accounts, CloudflareBed bed, PriorityQueue<string, DateTimeOffset> waiting, FakeTimeProvider time)
    {
        var budget = accounts.BudgetOf(Options(bed));
        var active = new List<Task<(string Domain, PublishReport Report)>>();
        var done = new List<DateTimeOffset>();
        var (before, quiet) = ((0, 0, 0), 0);
        while (waiting.Count + active.Count > 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            while (active.Count < Workers && waiting.TryPeek(out var domain, out var due) && due <= time.GetUtcNow())
            {
                waiting.Dequeue();
                active.Add(PublishOneAsync(accounts, bed, domain));
            }

            // Time passes when nobody has a request out: all wait, or some do and nothing has moved for a while.
            var state = (bed.Server.Count(CloudflareBed.Token).Total, active.Count, budget.Waiting);
            quiet = state == before ? quiet + 1 : 0;
            before = state;
            if (active.Count == budget.Waiting || (budget.Waiting > 0 && quiet >= QuietTicks))
                time.Advance(Step);
            if (active.Count > 0)
                await Task.WhenAny([.. active, Task.Delay(1, TestContext.Current.CancellationToken)]);
            foreach (var ended in active.Where(a => a.IsCompleted).ToArray())
            {
                active.Remove(ended);
                var (domain, report) = await ended;
                if (report.AllSettled)
                {
                    done.Add(time.GetUtcNow());
                    continue;
                }

                var faults = report.Outcomes.Values.OfType<PublishOutcome.Failed>().Select(f => f.Fault).ToArray();
                Assert.All(faults, f => Assert.Equal((Reason.ProviderRateLimited, true), (f.Reason, f.Transient)));
                waiting.Enqueue(domain, time.GetUtcNow() + faults.Max(f => f.RetryAfter!.Value));
            }
        }

        return done;
    }

    // A deadline is no part of this: the time here leaps.
    private static CloudflareOptions Options(CloudflareBed bed) => bed.Options() with { Timeout = TimeSpan.FromDays(1) };

    private static async Task<(string, PublishReport)> PublishOneAsync(CloudflareAccounts accounts, CloudflareBed bed, string domain) =>
        (domain, await PublishAsync(accounts.Open(Options(bed)), domain));

    private static Task<PublishReport> PublishAsync(IDnsProvider provider, string domain) =>
        new RecordPublisher(NullLogger<RecordPublisher>.Instance).PublishAsync(
            provider,
            [
                new(RecordSet.Of($"mta-sts.{domain}", RecordType.A, 300, "192.0.2.1"), RecordScope.WholeSet),
                new(RecordSet.Of($"_mta-sts.{domain}", RecordType.Txt, 300, "v=STSv1; id=1;"), RecordScope.StsTxt),
                new(RecordSet.Of($"_smtp._tls.{domain}", RecordType.Txt, 300, "v=TLSRPTv1; rua=mailto:a@example.com"), RecordScope.TlsRptTxt),
            ],
            OwnerIdentity.Create("us", $"team/{domain}"),
            Adoption.Refuse,
            TestContext.Current.CancellationToken);
}
