using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>Domains into whose zones the operator does not write: their owners create CNAMEs to the platform's zone.</summary>
public sealed class OperatorDelegationTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    /// <summary>The platform's zone, the only one that the provider may write to.</summary>
    internal const string Suffix = "sts.test";

    internal const string CnameTarget = $"  zones: [{Suffix}]\n  cnameTarget: {Suffix}\n";

    internal static OperatorDomain[] Domains { get; } =
    [
        new("led", "className: delegated, deletionPolicy: Delete"),
        new("victim", "className: delegated") { Records = AliasesTo("victim") },
        new("astray", "className: delegated") { Records = AliasesTo("victim") },
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_who_creates_three_CNAMEs_once_has_a_domain_that_goes_up_and_comes_down_without_a_write_to_its_zone()
    {
        var scene = world.Scene;
        var waiting = await scene.UntilAsync(
            "led",
            p => p is { RecordsByHand.Count: 3, ServedId.Length: > 0 } && p.Check("PolicyServed").Any(c => c is { Outcome: "Broken", Reason: "AliasMissing", Subject: "mta-sts.led.test" }),
            "the CNAMEs are listed, the document is served and not reached");
        Assert.Equal(("AliasMissing", "True", ""), (waiting.Reason, waiting.Condition("Stalled", "status"), waiting.Mode));
        Assert.Equal(
            ["_mta-sts.led.test. 60 IN CNAME _mta-sts.led.test.sts.test.", "_smtp._tls.led.test. 60 IN CNAME _smtp._tls.led.test.sts.test.", "mta-sts.led.test. 60 IN CNAME mta-sts.led.test.sts.test."],
            waiting.RecordsByHand);

        var created = await scene.Mail.Dns.UpdateAsync("led.test", [.. waiting.RecordsByHand.Select(line => "add " + line.Replace(" IN ", " ", StringComparison.Ordinal))], null, Token);
        Assert.True(created.Succeeded, created.Error);

        var enforced = await scene.UntilStageAsync("led", "enforce");
        Assert.Empty(enforced.RecordsByHand);
        Assert.Equal([$"v=STSv1; id={enforced.Id};"], await scene.RecordsAsync("_mta-sts.led.test." + Suffix));
        Assert.Equal("enforce", (await scene.Mail.Sender.QueryPolicyAsync("led.test", Token)).Mode);

        // A status that is lost is found again by the mark at the place.
        await scene.LoseStatusAsync("led");
        var again = await scene.UntilStageAsync("led", "enforce");
        Assert.Equal((enforced.Id, "enforce Resumed"), (again.Id, Assert.Single(again.Moves)));

        await scene.DeleteAsync("led");
        await scene.UntilGoneAsync("led");
        Assert.DoesNotContain(await scene.Mail.Dns.NamesAsync(Suffix, Token), name => name.Contains("led.test." + Suffix, StringComparison.Ordinal));
        Assert.Equal(
            ["_mta-sts.led.test CNAME", "_smtp._tls.led.test CNAME", "mta-sts.led.test CNAME"],
            (await scene.Mail.Dns.NamesAsync("led.test", Token)).Where(name => name.EndsWith(" CNAME", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(await scene.UpdatesAsync("led.test"), update => update.Key == scene.Mail.Dns.Sha512Key.Name);
    }

    [Fact]
    public async Task CNAMEs_to_another_domains_places_lead_no_write_there()
    {
        var scene = world.Scene;
        var victim = await scene.UntilStageAsync("victim", "enforce");
        var astray = await scene.UntilAsync(
            "astray", p => p.Check("TxtRecord").Any(c => c is { Outcome: "Broken", Reason: "AliasElsewhere" }) && p.Reason == "AliasElsewhere", "the wrong CNAME is named");
        Assert.Contains("_mta-sts.astray.test. 60 IN CNAME _mta-sts.astray.test.sts.test.", astray.RecordsByHand);
        Assert.NotEqual("enforce", astray.Mode);

        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(5), async () =>
        {
            string[] names = ["_mta-sts.victim.test.sts.test", "_smtp._tls.victim.test.sts.test", "mta-sts.victim.test.sts.test"];
            foreach (var name in names)
            {
                var marks = await scene.RecordsAsync("_mtasts-owner." + name);
                if (!marks.Any() || !marks.All(mark => mark.Contains("resource=team-a/victim", StringComparison.Ordinal))) return $"{name} is marked {string.Join(" ", marks)}";
            }

            return await scene.LiveIdAsync("victim.test") == victim.Id ? null : "the victim's record has changed";
        });
    }

    private static ZoneRecord[] AliasesTo(string name) =>
        [.. new[] { "_mta-sts", "_smtp._tls", "mta-sts" }.Select(label => new ZoneRecord(label, "CNAME", $"{label}.{name}.test.{Suffix}."))];
}
