using System.Text.Json.Nodes;
using MtaSts.Operator.Tests.Charts;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>What Argo CD and Flux make of resources: recorded ones, one of each state, and those that differ from them in one thing.</summary>
public sealed class GitOpsHealthTests
{
    private static readonly JsonObject Argo = YamlDocuments.Parse(File.ReadAllText(Repository.PathOf("gitops", "argocd", "argocd-cm.yaml"))).Single();
    private static readonly JsonObject Flux = YamlDocuments.Parse(File.ReadAllText(Repository.PathOf("gitops", "flux", "kustomization.yaml"))).Single();

    /// <summary>The recording, and what both say of it.</summary>
    public static TheoryData<string, string, string> Recordings => new()
    {
        { "policy-soaking.yaml", "Healthy", "current" },
        { "policy-enforced.yaml", "Healthy", "current" },
        { "policy-publishing.yaml", "Progressing", "inProgress" },
        { "policy-wrong-spec.yaml", "Degraded", "failed" },
        { "policy-claimed-by-other.yaml", "Degraded", "failed" },
        { "policy-record-not-owned.yaml", "Degraded", "failed" },
        { "policy-mx-certificate.yaml", "Degraded", "failed" },
        { "policy-mx-not-covered.yaml", "Degraded", "failed" },
        { "policy-paused.yaml", "Suspended", "current" },
        { "retirement.yaml", "Healthy", "-" },
        { "class.yaml", "Healthy", "current" },
        { "class-wrong-spec.yaml", "Degraded", "failed" },
        { "provider.yaml", "Healthy", "current" },
        { "provider-without-secret.yaml", "Degraded", "failed" },
    };

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileName(f)!)];

    private static string Folder => Repository.PathOf("tests", "MtaSts.Operator.Tests", "GitOps", "Recorded");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Argo_CD_reads_a_state_as_it_should(string file, string argo, string flux)
    {
        _ = flux;
        Assert.Equal(argo, await ArgoAsync(Recorded(file)));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Flux_reads_a_state_as_it_should(string file, string argo, string flux)
    {
        _ = argo;
        Assert.SkipWhen(flux == "-", "a retirement is in no Git repository");
        Assert.Equal(flux, FluxState(Recorded(file)));
    }

    [Fact]
    public void Every_recording_is_in_the_table() =>
        Assert.Equal(Files.Select(f => f.Data).Order(StringComparer.Ordinal), Recordings.Select(r => r.Data.Item1).Order(StringComparer.Ordinal));

    [Fact]
    public async Task What_the_operator_has_not_looked_at_is_on_its_way()
    {
        var policy = Recorded("policy-soaking.yaml");
        policy.Remove("status");

        Assert.Equal("Progressing", await ArgoAsync(policy));

        policy["status"] = new JsonObject { ["observedGeneration"] = -1, ["conditions"] = new JsonArray() };
        Assert.Equal("Progressing", await ArgoAsync(policy));
        Assert.Equal("inProgress", FluxState(policy));
    }

    [Fact]
    public async Task A_spec_that_has_changed_since_is_on_its_way_and_not_judged_by_what_was_before()
    {
        foreach (var file in (string[])["policy-soaking.yaml", "policy-wrong-spec.yaml"])
        {
            var policy = Recorded(file);
            policy["metadata"]!["generation"] = 99;

            Assert.Equal("Progressing", await ArgoAsync(policy));
            Assert.Equal("inProgress", FluxState(policy));
        }
    }

    [Fact]
    public async Task What_is_being_deleted_is_on_its_way()
    {
        var policy = Recorded("policy-enforced.yaml");
        policy["metadata"]!["deletionTimestamp"] = "2026-11-28T12:00:00Z";

        Assert.Equal("Progressing", await ArgoAsync(policy));
    }

    [Fact]
    public async Task The_actions_pause_resume_and_look_again()
    {
        var policy = Recorded("policy-soaking.yaml");

        var paused = await ActAsync("pause", policy);
        Assert.True((bool?)paused["spec"]!["paused"]);
        Assert.Null((await ActAsync("resume", paused))["spec"]!["paused"]);
        Assert.Matches("^20[0-9]{2}-", (string?)(await ActAsync("look-again", policy))["metadata"]!["annotations"]!["reconcile.fluxcd.io/requestedAt"]);

        Assert.Equal((false, true), await OfferedAsync(policy));
        Assert.Equal((true, false), await OfferedAsync(paused));
    }

    private static JsonObject Recorded(string file) => YamlDocuments.Parse(File.ReadAllText(Path.Combine(Folder, file))).Single();

    private static async Task<string?> ArgoAsync(JsonObject subject) =>
        (string?)(await LuaScript.RunAsync((string)Argo["data"]![$"resource.customizations.health.mta-sts.dev_{subject["kind"]}"]!, subject, Token))["status"];

    private static async Task<JsonObject> ActAsync(string action, JsonObject subject) => await LuaScript.RunAsync(
        (string)Actions["definitions"]!.AsArray().Single(d => (string?)d!["name"] == action)!["action.lua"]!, subject, Token);

    private static async Task<(bool? Pause, bool? Resume)> OfferedAsync(JsonObject subject)
    {
        var offered = await LuaScript.RunAsync((string)Actions["discovery.lua"]!, subject, Token);
        return ((bool?)offered["pause"]!["disabled"], (bool?)offered["resume"]!["disabled"]);
    }

    private static JsonObject Actions => YamlDocuments.Parse((string)Argo["data"]!["resource.customizations.actions.mta-sts.dev_MtaStsPolicy"]!).Single();

    // In the order in which Flux asks: in progress, failed, current.
    private static string FluxState(JsonObject subject)
    {
        var rule = Flux["spec"]!["healthCheckExprs"]!.AsArray().Single(e => (string?)e!["kind"] == (string?)subject["kind"])!;
        return ((string[])["inProgress", "failed", "current"]).FirstOrDefault(
            name => CelExpression.IsTrue((string)rule[name]!, ("metadata", subject["metadata"]), ("status", subject["status"]), ("spec", subject["spec"]))) ?? "none";
    }
}
