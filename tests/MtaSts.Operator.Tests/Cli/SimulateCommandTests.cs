using System.Globalization;
using System.Text;
using System.Text.Json;
using MtaSts.Operator.Cli.Manifests;
using MtaSts.Operator.Cli.Simulate;

namespace MtaSts.Operator.Tests.Cli;

public sealed class SimulateCommandTests
{
    private const string Six = """
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsPolicy
        metadata: { name: example-com, namespace: team-a }
        spec: { domain: example.com, mx: [mx1.example.com] }
        """;

    private static readonly DateTimeOffset Start = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2026-13-01")]
    [InlineData("2026-12-01T00:00:00")]
    [InlineData("1999-12-31")]
    [InlineData("9999-12-31")]
    public async Task A_start_that_is_no_moment_is_wrong_usage(string start)
    {
        var run = await RunAsync(Six, "--start", start);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--start", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("2026-11-30", "before the start")]
    [InlineData("enforce-2w", "testing, enforce-1d, enforce-1w, enforce")]
    public async Task A_deletion_that_cannot_be_is_wrong_usage(string when, string says)
    {
        var run = await RunAsync(Six, "--start", "2026-12-01", "--delete-at", when);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timeline_begins_now_unless_it_is_told_when()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        using var json = JsonDocument.Parse((await RunAsync(Six, "-o", "json")).Out);

        Assert.InRange(json.RootElement.GetProperty("start").GetDateTimeOffset(), before, DateTimeOffset.UtcNow);
    }

    [Fact]
    public void What_the_table_says_of_a_retirement_is_what_comes_of_one()
    {
        foreach (var stage in Run(DeletionTime.Never).Stages)
        {
            var retired = Run(new DeletionTime(stage.RetirementStartedAt, null));

            Assert.Equal(stage.RetirementEndsAt, retired.Timeline.Single(e => e.Event == "removed").At);
        }
    }

    [Theory]
    [InlineData("testing")]
    [InlineData("enforce-1w")]
    public void A_deletion_at_a_stage_comes_as_soon_as_its_policy_is_seen(string stage)
    {
        var timeline = Run(new DeletionTime(null, stage)).Timeline;

        var published = timeline.Single(e => e.Event == "publishes" && e.Stage == stage).At;
        Assert.Equal(published.AddSeconds(1), timeline.Single(e => e.Event == "deleted").At);
    }

    // The class's interval is five minutes; what is left out between two looks must not matter.
    [Theory]
    [InlineData("2026-12-01T00:00:00Z", "docs/examples", "policy.yaml", "class.yaml")]
    [InlineData("2026-12-01T00:00:00Z", "docs/examples/careful", "policy.yaml", "class.yaml")]
    [InlineData("2026-11-24T09:00:20Z", "tests/MtaSts.Operator.Tests/Cli/Golden/manifests", "live.yaml", "lowered.yaml")]
    [InlineData("2026-12-01T00:00:00Z", "tests/MtaSts.Operator.Tests/Cli/Golden/manifests", "live.yaml")]
    public void Looking_once_a_day_shows_what_looking_every_five_minutes_does(string from, string folder, params string[] files)
    {
        var start = DateTimeOffset.Parse(from, CultureInfo.InvariantCulture);
        foreach (var domain in Read([.. files.Select(file => File.ReadAllText(Repository.PathOf(folder, file)))]))
        {
            var (daily, often) = (Simulator.Run(domain, start, DeletionTime.Never), Simulator.Run(domain, start, DeletionTime.Never, TimeSpan.FromMinutes(5)));

            Assert.Equal(often.Timeline, daily.Timeline);
            Assert.Equal(often.Stages, daily.Stages);
            Assert.Equal(often.Protection, daily.Protection);
        }
    }

    [Fact]
    public async Task A_rollout_that_never_ends_is_said_to_break_off()
    {
        const string frozen = """
            apiVersion: mta-sts.dev/v1alpha1
            kind: MtaStsClass
            metadata: { name: default, annotations: { mta-sts.dev/is-default-class: "true" } }
            spec:
              dnsProviderRef: { name: default }
              serving: { namespace: mta-sts-system, image: policy-server }
              rollout: { freezes: [{ from: "2026-01-01T00:00:00Z", to: "9999-12-31T00:00:00Z", reason: for ever }] }
            """;

        var run = await RunAsync($"{frozen}\n---\n{Six}", "--start", "2026-12-01");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("promotions are frozen until 9999-12-31T00:00:00Z: for ever", run.Out, StringComparison.Ordinal);
        Assert.Contains("ends", run.Out, StringComparison.Ordinal);
    }

    private static DomainTimeline Run(DeletionTime deletion) => Simulator.Run(Read([Six])[0], Start, deletion);

    private static IReadOnlyList<PlannedDomain> Read(string[] texts)
    {
        // Both of some files are about one domain: each is read by itself, with the classes of all.
        var domains = new List<PlannedDomain>();
        foreach (var text in texts.Where(t => t.Contains("MtaStsPolicy", StringComparison.Ordinal)))
        {
            var manifests = new ManifestSet();
            manifests.Add("policy", text);
            foreach (var other in texts.Where(t => !t.Contains("kind: MtaStsPolicy", StringComparison.Ordinal)))
            {
                manifests.Add("class", other);
            }

            var (read, problems) = new Admissions(manifests, null, TimeSpan.FromDays(1)).Read();
            Assert.Empty(problems.Select(p => p.ToString()));
            domains.AddRange(read);
        }

        Assert.NotEmpty(domains);
        return domains;
    }

    private static Task<Transcript> RunAsync(string manifest, params string[] args) =>
        Transcript.OfAsync(Encoding.UTF8.GetBytes(manifest), ["simulate", "-f", "-", .. args]);
}
