using System.Globalization;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>The domains of a class move up in waves, in windows, and not at all while too many are ill or the platform team says no.</summary>
public sealed class OperatorFleetTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    /// <summary>Lines of spec.rollout.</summary>
    internal const string OneAtATime = "    maxConcurrentPromotions: 1\n";

    /// <summary>Lines of spec.rollout.</summary>
    internal const string HaltAtTheFirst = "    haltAbovePercent: 0\n";

    private const string Why = "stocktaking";

    private static readonly TimeSpan Bounded = TimeSpan.FromSeconds(5);

    internal static OperatorDomain[] Domains { get; } = [new("closed", "className: closed"), new("frozen", "className: frozen")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Lines of spec.rollout: a window on the day that is farthest away.</summary>
    internal static string ClosedNow()
    {
        var day = DateTimeOffset.UtcNow.AddDays(3).ToString("ddd", CultureInfo.InvariantCulture);
        return $"    windows: [{{ days: [{day}], from: \"09:00\", to: \"10:00\" }}]\n";
    }

    /// <summary>Lines of spec.rollout: a freeze from yesterday to tomorrow.</summary>
    internal static string FrozenNow() => string.Create(
        CultureInfo.InvariantCulture,
        $"    freezes: [{{ from: \"{DateTimeOffset.UtcNow.AddDays(-1):yyyy-MM-ddTHH:mm:ssZ}\", to: \"{DateTimeOffset.UtcNow.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}\", reason: {Why} }}]\n");

    [Fact]
    public async Task One_domain_at_a_time_moves_up()
    {
        var scene = world.Scene;
        string[] names = ["wave1", "wave2", "wave3"];
        foreach (var name in names) await scene.AddDomainAsync($"{name}.test");
        await scene.ApplyAsync(string.Concat(names.Select(name => OperatorScene.Policy(name, $"{name}.test", "className: wave"))));

        var heldUp = new HashSet<string>();
        await Eventually.HoldsAsync(
            async () =>
            {
                // One list, so that all are seen as they are at one moment.
                var all = (await PolicyObject.ListAsync(scene.ControlPlane.Client, null, Token)).Where(p => names.Any(n => p.Name == $"team-a/{n}")).ToList();
                var moving = all.Where(p => p is { Moves: [.., "enforce SoakElapsed"], SettledAt: null }).Select(p => p.Name).ToList();
                Assert.True(moving.Count <= 1, $"on the move at once: {string.Join(", ", moving)}");
                heldUp.UnionWith(all.Where(p => p.Reason == "WaveIsFull").Select(p => p.Name));
                return all.Count == names.Length && all.All(p => p is { Stage: "enforce", SettledAt: not null });
            },
            "all three are at enforce", TimeSpan.FromSeconds(150));
        var moves = (await PolicyObject.ListAsync(scene.ControlPlane.Client, null, Token)).Where(p => names.Any(n => p.Name == $"team-a/{n}"))
            .OrderBy(p => p.MovedAt).Select(p => $"{p.Name} at {p.MovedAt:HH:mm:ss.f}, settled {p.SettledAt:HH:mm:ss.f}").ToList();
        OperatorScene.Tell($"{string.Join("; ", moves)}; held up: {string.Join(", ", heldUp)}");
        Assert.NotEmpty(heldUp);
    }

    [Fact]
    public async Task While_a_domain_that_moved_up_is_ill_no_other_one_of_its_class_does()
    {
        var scene = world.Scene;
        const string host = "halt.mx.test";
        var server = await scene.Mail.AddMxAsync(new MxOptions(host, scene.Mail.Ca.Issue(host), ["halt1.test"]), Token);
        await scene.Mail.Dns.AddZoneAsync("halt1.test", [new ZoneRecord("@", "MX", $"10 {host}.")], Token);
        await scene.ApplyAsync(OperatorScene.Policy("halt1", "halt1.test", "className: halt", host));
        await scene.UntilStageAsync("halt1", "enforce");
        await server.ReplaceCertificateAsync(scene.Mail.Ca.Issue("other.mx.test"), Token);
        await scene.UntilAsync("halt1", p => p.Ready == "False", "the first one is ill");

        await scene.AddDomainAsync("halt2.test");
        await scene.ApplyAsync(OperatorScene.Policy("halt2", "halt2.test", "className: halt"));
        await scene.UntilAsync("halt2", p => p.Reason == "FleetUnhealthy", "the second one waits");
        await OperatorScene.StaysAsync(Bounded, async () => await scene.PolicyAsync("halt2") is { Stage: "testing" } ? null : "it moved up");

        await server.ReplaceCertificateAsync(scene.Mail.Ca.Issue(host), Token);
        await scene.UntilStageAsync("halt2", "enforce");
    }

    [Fact]
    public async Task Outside_of_its_windows_a_class_holds_and_says_when_the_next_one_opens()
    {
        var scene = world.Scene;
        var held = await scene.UntilAsync("closed", p => p.Reason == "WindowClosed", "the window is named");
        var opens = DateTimeOffset.UtcNow.Date.AddDays(3).AddHours(9).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.Contains(opens, held.Message, StringComparison.Ordinal);
        Assert.Equal("True", held.Ready);
        await OperatorScene.StaysAsync(Bounded, async () => await scene.PolicyAsync("closed") is { Stage: "testing" } ? null : "it moved up");

        await scene.PatchAsync("mtastsclass", "closed", """{"spec":{"rollout":{"windows":[{"from":"00:00","to":"00:00","timeZone":"Europe/Berlin"}]}}}""");
        await scene.UntilStageAsync("closed", "enforce");
    }

    [Fact]
    public async Task A_freeze_holds_with_its_reason_until_it_is_lifted()
    {
        var scene = world.Scene;
        var held = await scene.UntilAsync("frozen", p => p.Reason == "PromotionsFrozen", "the freeze is named");
        Assert.Contains(Why, held.Message, StringComparison.Ordinal);
        await OperatorScene.StaysAsync(Bounded, async () => await scene.PolicyAsync("frozen") is { Stage: "testing" } ? null : "it moved up");

        // Whatever lowers a domain does not wait for the end of a freeze; what raises it does.
        await scene.PatchAsync("mtastsclass", "frozen", """{"spec":{"rollout":{"freezes":null}}}""");
        await scene.UntilStageAsync("frozen", "enforce");
    }
}
