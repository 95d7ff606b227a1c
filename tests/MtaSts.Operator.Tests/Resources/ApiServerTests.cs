using k8s;
using MtaSts.Operator.Cli;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Tests.Charts;
using MtaSts.TestBed;

namespace MtaSts.Operator.Tests.Resources;

/// <summary>One control plane with our CRDs, for the tests that want to know what a real API server makes of them.</summary>
public sealed class ApiServerFixture : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"mtasts-resources-{Environment.ProcessId}");
    private ControlPlane? _plane;

    /// <summary>The control plane; skips the test where none can run.</summary>
    public ControlPlane Plane
    {
        get
        {
            Assert.SkipWhen(_plane is null, ControlPlane.MissingReason() ?? "");
            return _plane!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (ControlPlane.MissingReason() is not null)
        {
            return;
        }

        _plane = await ControlPlane.StartAsync(_folder, CancellationToken.None);
        // Servers before 1.25 do not know CEL rules: they refuse them in a server-side apply, and drop them in this one.
        var applied = await _plane.TryKubectlAsync(
            ["apply", "--validate=false", "-f", "-"], string.Concat(CrdsCommand.Definitions().Select(d => "---\n" + d.Yaml)));
        Assert.True(applied.ExitCode == 0, applied.Error);
        await _plane.UntilCrdsEstablishedAsync(CancellationToken.None);
        foreach (var name in new[] { "team-a", "team-b", RenderedChart.Namespace, "mta-sts-serving", "external-dns" })
        {
            await _plane.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n", CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null)
        {
            await _plane.DisposeAsync();
        }
    }
}

public sealed class ApiServerTests(ApiServerFixture fixture) : IClassFixture<ApiServerFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ControlPlane Plane => fixture.Plane;

    [Fact]
    public async Task Definitions_without_CEL_rules_take_a_server_side_apply_on_every_server()
    {
        foreach (var (_, yaml) in CrdsCommand.Definitions())
        {
            var answer = await Plane.ApplyAsync(CrdsCommand.WithoutRules(yaml), Token);

            Assert.Contains("serverside-applied", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Six_lines_are_accepted_and_get_the_defaults()
    {
        await Plane.ApplyAsync(Policy("six"), Token);

        var policy = await GetAsync("six");

        Assert.Equal(("enforce", "Refuse", false), (policy.Spec.TargetMode, policy.Spec.Adoption, policy.Spec.Paused));
        Assert.Null(policy.Spec.DeletionPolicy);
        Assert.Equal(-1, policy.Status!.ObservedGeneration);
    }

    [Theory]
    [InlineData("a single label", "domain: example")]
    [InlineData("upper case", "domain: Example.com")]
    [InlineData("a final dot", "domain: example.com.")]
    [InlineData("an underscore", "domain: ex_ample.com")]
    [InlineData("no mx", "mx: []")]
    [InlineData("mx twice", "mx: [mx.example.com, mx.example.com]")]
    [InlineData("a wildcard inside", "mx: ['mx*.example.com']")]
    [InlineData("an unknown target", "targetMode: maybe")]
    [InlineData("an unknown deletion policy", "deletionPolicy: Keep")]
    [InlineData("a rua without scheme", "tlsReporting: {rua: [tls@example.com]}")]
    [InlineData("a wrong type", "paused: 'yes'")]
    [InlineData("no rua", "tlsReporting: {}")]
    public async Task The_schema_refuses(string why, string field)
    {
        var name = field.Split(':')[0];
        var lines = new Dictionary<string, string> { ["domain"] = "domain: example.com", ["mx"] = "mx: [mx1.example.com]", [name] = field };

        var result = await Plane.TryKubectlAsync(
            ["apply", "--server-side", "-f", "-"],
            $"apiVersion: mta-sts.dev/v1alpha1\nkind: MtaStsPolicy\nmetadata: {{name: bad, namespace: team-a}}\nspec: {{{string.Join(", ", lines.Values)}}}\n",
            Token);

        Assert.True(result.ExitCode != 0, why);
        Assert.Contains($"spec.{name}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_is_written_through_its_subresource_alone_and_comes_back_as_it_was()
    {
        await Plane.ApplyAsync(Policy("status"), Token);
        var policy = await GetAsync("status");
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567);
        policy.Status = new MtaStsPolicyStatus
        {
            ObservedGeneration = 1,
            Domain = "example.com",
            Mode = "testing",
            Stage = "testing",
            SoakUntil = at,
            ServedMx = ["b.example.com", "a.example.com"],
            ServedMaxAge = 86400,
            Soak = new SoakStatus { ElapsedSeconds = 1.0 / 3, CountedUntil = at },
            Checks = [new CheckStatus { Name = "MxTls", Outcome = "Broken", Reason = "CertificateNameMismatch", Subject = "mx2.example.com", Message = "m", ObservedAt = at }],
            History = [new TransitionStatus { At = at, To = "testing", Reason = "Started" }],
            Conditions = [new Condition { Type = "Ready", Status = "False", Reason = "ChecksBroken", Message = "m", LastTransitionTime = at, ObservedGeneration = 1 }],
        };

        using var client = new GenericClient(Plane.Client, ApiGroup.Name, ApiGroup.Version, MtaStsPolicy.KubePluralName, disposeClient: false);
        var throughMain = await client.ReplaceNamespacedAsync(policy, "team-a", "status", Token);
        Assert.Equal(-1, throughMain.Status!.ObservedGeneration);

        policy.Metadata.ResourceVersion = throughMain.Metadata.ResourceVersion;
        await Plane.Client.CustomObjects.ReplaceNamespacedCustomObjectStatusAsync(
            policy, ApiGroup.Name, ApiGroup.Version, "team-a", MtaStsPolicy.KubePluralName, "status", cancellationToken: Token);

        var written = await GetAsync("status");
        Assert.Equal(KubernetesJson.Serialize(policy.Status), KubernetesJson.Serialize(written.Status));
        Assert.Equal(1, written.Metadata.Generation);

        var table = await Plane.KubectlAsync("get", "mtasts", "-n", "team-a", "status");
        Assert.Matches(@"NAME\s+DOMAIN\s+MODE\s+STAGE\s+READY\s+REASON\s+SOAK-UNTIL\s+AGE", table);
        Assert.Matches(@"status\s+example\.com\s+testing\s+testing\s+False\s+ChecksBroken\s+2026-01-02T03:04:05", table);
    }

    [Fact]
    public async Task The_domain_cannot_be_changed_where_the_API_server_runs_CEL()
    {
        var version = await Plane.Client.Version.GetCodeAsync(Token);
        Assert.SkipWhen(int.Parse(version.Minor.TrimEnd('+'), System.Globalization.CultureInfo.InvariantCulture) < 25, $"API server 1.{version.Minor} runs no CEL (1.25 and later do)");
        await Plane.ApplyAsync(Policy("immutable"), Token);

        var result = await Plane.TryKubectlAsync(
            ["patch", "mtasts", "-n", "team-a", "immutable", "--type=merge", "-p", """{"spec":{"domain":"example.org"}}"""], cancellationToken: Token);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("cannot be changed", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("an unknown answer to a failure", "onRegression: Panic", "onRegression")]
    [InlineData("one look", "stepBack: {looks: 1}", "stepBack.looks")]
    [InlineData("a day in full", "windows: [{days: [Monday], from: '09:00', to: '17:00'}]", "windows")]
    [InlineData("a window that never closes", "windows: [{from: '09:00'}]", "windows")]
    [InlineData("an hour without minutes", "windows: [{from: '9', to: '17:00'}]", "windows")]
    [InlineData("a date alone", "freezes: [{from: '2026-12-20', to: '2027-01-04T00:00:00Z'}]", "freezes")]
    [InlineData("no promotion at all", "maxConcurrentPromotions: 0", "maxConcurrentPromotions")]
    [InlineData("more than all", "haltAbovePercent: 101", "haltAbovePercent")]
    public async Task A_wrong_rollout_is_refused_by_name(string why, string field, string path)
    {
        var result = await Plane.TryKubectlAsync(["apply", "--server-side", "-f", "-"], Class("bad", field), Token);

        Assert.True(result.ExitCode != 0, why);
        Assert.Contains($"spec.rollout.{path}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_with_all_that_can_be_said_comes_back_as_it_was()
    {
        const string rollout = """
            onRegression: StepBack, stepBack: {looks: 3, timeMin: 1h}, maxConcurrentPromotions: 5, haltAbovePercent: 10,
            windows: [{days: [Mon, Tue], from: "09:00", to: "17:00", timeZone: Europe/Berlin}],
            freezes: [{from: 2026-12-20T00:00:00Z, to: "2027-01-04T08:00:00+01:00", reason: holidays}]
            """;
        await Plane.ApplyAsync(Class("windows", rollout), Token);

        var ofClass = KubernetesJson.Deserialize<MtaStsClass>(await Plane.KubectlAsync("get", "mtastsclass", "windows", "-o", "json"));

        Assert.Equal(("StepBack", 3, 5, 10), (ofClass.Spec.Rollout!.OnRegression, ofClass.Spec.Rollout.StepBack!.Looks, ofClass.Spec.Rollout.MaxConcurrentPromotions, ofClass.Spec.Rollout.HaltAbovePercent));
        Assert.Equal("2026-12-20T00:00:00Z", ofClass.Spec.Rollout.Freezes![0].From);
        Assert.True(ClassReader.Read(ofClass).IsValid);
    }

    [Fact]
    public async Task The_examples_apply()
    {
        foreach (var file in new[] { "provider.yaml", "class.yaml", "policy.yaml" })
        {
            await Plane.ApplyAsync(await File.ReadAllTextAsync(Repository.PathOf("docs/examples", file), Token), Token);
        }

        var ofClass = KubernetesJson.Deserialize<MtaStsClass>(await Plane.KubectlAsync("get", "mtastsclass", "default", "-o", "json"));
        Assert.True(ofClass.IsDefault);
        Assert.Equal(2, ofClass.Spec.Serving.Replicas);
    }

    // The oldest Kubernetes that is supported says what it thinks of each set of values; the newest one's description is asked in ChartTests.
    [Theory]
    [MemberData(nameof(ChartValues.Names), MemberType = typeof(ChartValues))]
    public async Task The_API_server_takes_the_chart_with_every_set_of_values(string set)
    {
        var version = (await Plane.Client.Version.GetCodeAsync(Token)).GitVersion;
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync([.. ChartValues.Sets[set], "--kube-version", version], Token))
            .Where(d => !((string)d["apiVersion"]!).StartsWith("monitoring.coreos.com/", StringComparison.Ordinal)).ToList();
        Assert.True(documents.Count >= 6, set);

        var list = new System.Text.Json.Nodes.JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["items"] = new System.Text.Json.Nodes.JsonArray([.. documents.Select(d => d.DeepClone())]),
        };
        var answer = await Plane.TryKubectlAsync(["apply", "--server-side", "--dry-run=server", "--field-manager=chart-test", "--force-conflicts", "-f", "-"], list.ToJsonString(), cancellationToken: Token);

        Assert.True(answer.ExitCode == 0, $"{set}: {answer.Error}");
        Assert.Equal(documents.Count, answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [MemberData(nameof(ChartValues.Names), MemberType = typeof(ChartValues))]
    public async Task Every_object_of_the_chart_is_one_that_this_API_server_describes_field_by_field(string set)
    {
        var api = OpenApi.Of(await Plane.KubectlAsync("get", "--raw", "/openapi/v2"));
        var version = (await Plane.Client.Version.GetCodeAsync(Token)).GitVersion;
        foreach (var document in YamlDocuments.Parse(await RenderedChart.RenderAsync([.. ChartValues.Sets[set], "--kube-version", version], Token)))
        {
            Assert.Equal([], api.Problems(document) ?? []);
        }
    }

    [Fact]
    public async Task The_chart_applies_and_gives_the_operator_the_rights_it_needs_and_no_others()
    {
        // A class of its own: a 1.20 server leaves nulls behind when a server-side apply takes fields away, and then refuses its own nulls.
        var yaml = await RenderedChart.RenderAsync(
            ["--set", "defaultClass.name=from-chart", "--kube-version", (await Plane.Client.Version.GetCodeAsync(Token)).GitVersion], Token);

        var answer = await Plane.ApplyAsync(yaml, Token);

        Assert.Contains("deployment.apps/test-mta-sts-operator", answer, StringComparison.Ordinal);
        foreach (var (verb, resource, place, allowed) in new[]
        {
            ("update", "mtastspolicies.mta-sts.dev/status", "team-a", true),
            ("update", "mtastspolicies.mta-sts.dev", "team-a", false),
            ("patch", "mtastspolicies.mta-sts.dev", "team-a", true),
            ("create", "events.events.k8s.io", "team-a", true),
            ("patch", "configmaps", RenderedChart.Namespace, true),
            ("patch", "ingresses.networking.k8s.io", RenderedChart.Namespace, true),
            ("update", "leases.coordination.k8s.io", RenderedChart.Namespace, true),
            ("list", "secrets", RenderedChart.Namespace, true),
            ("delete", "configmaps", RenderedChart.Namespace, false),
            ("get", "secrets", "team-a", false),
            ("patch", "configmaps", "team-a", false),
            ("update", "secrets", RenderedChart.Namespace, false),
            ("create", "mtastspolicies.mta-sts.dev", "team-a", false),
            ("delete", "namespaces", "team-a", false),
        })
        {
            // What stands behind a slash kubectl takes for a name.
            var parts = resource.Split('/');
            var may = await Plane.TryKubectlAsync(
                ["auth", "can-i", verb, parts[0], .. parts.Skip(1).Select(p => "--subresource=" + p), "-n", place, $"--as=system:serviceaccount:{RenderedChart.Namespace}:test-mta-sts-operator"],
                cancellationToken: Token);
            Assert.True(allowed == (may.ExitCode == 0), $"{verb} {resource} in {place}: {may.Output}{may.Error}");
        }
    }

    [Fact]
    public async Task The_serving_objects_apply()
    {
        var serving = Samples.Serving("applied", s => s with { Namespace = "team-a" });
        var objects = ServingObjects.For(serving);

        foreach (var one in new object[] { objects.Deployment, objects.Service, DomainIngress.For(Core.Mail.MailDomain.Parse("example.com"), serving, (Exposure.Ingress)serving.Exposure, "team-a/p") })
        {
            await Plane.ApplyAsync(KubernetesJson.Serialize(one), Token); // JSON is YAML
        }
    }

    private static string Class(string name, string rollout) => $$$"""
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsClass
        metadata: {name: {{{name}}}}
        spec: {dnsProviderRef: {kind: ClusterDnsProvider, name: bind}, serving: {namespace: mta-sts, image: "policy-server:1"}, rollout: { {{{rollout}}} }}
        """;

    private static string Policy(string name) =>
        $$"""
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsPolicy
        metadata: { name: {{name}}, namespace: team-a }
        spec:
          domain: example.com
          mx: [mx1.example.com, "*.mail.example.net"]
        """;

    private async Task<MtaStsPolicy> GetAsync(string name) =>
        KubernetesJson.Deserialize<MtaStsPolicy>(await Plane.KubectlAsync("get", "mtasts", "-n", "team-a", name, "-o", "json"));
}
