using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MtaSts.Operator.Cli.Manifests;

namespace MtaSts.Operator.Tests.Cli;

public sealed class ManifestTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: \"1\"", """{"a":"1"}""")]
    [InlineData("a: 1.5", """{"a":1.5}""")]
    [InlineData("a: true", """{"a":true}""")]
    [InlineData("a: 'true'", """{"a":"true"}""")]
    [InlineData("a: !!str 1", """{"a":"1"}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: 22:00", """{"a":"22:00"}""")]
    [InlineData("a: 2026-12-20T00:00:00Z", """{"a":"2026-12-20T00:00:00Z"}""")]
    [InlineData("a: 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a: &x [1]\nb: *x", """{"a":[1],"b":[1]}""")]
    [InlineData("{\"a\": [1, \"x\"]}", """{"a":[1,"x"]}""")]
    public void Scalars_have_the_types_that_a_client_would_send(string yaml, string json)
    {
        Assert.True(YamlTree.TryRead(yaml, out var documents, out var problem), problem);
        Assert.Equal(json, Assert.Single(documents)!.ToJsonString());
    }

    public static TheoryData<string, string> NotYaml => new()
    {
        { "a tab", "a:\n\tb: 1" },
        { "an end that does not come", "a: [1" },
        { "a key twice", "a: 1\na: 2" },
        { "an alias of nothing", "a: *x" },
        { "an mx wildcard without quotes", "mx: [*.example.com]" },
        { "a key that is a map", "? {a: 1}\n: 2" },
        { "more aliases than memory", Bomb(20) },
        { "a nest", new string('[', 1000) + new string(']', 1000) },
    };

    [Theory]
    [MemberData(nameof(NotYaml))]
    public async Task What_is_not_YAML_is_a_finding_with_its_line(string why, string yaml)
    {
        var run = await Transcript.OfAsync(Encoding.UTF8.GetBytes(yaml), ["plan", "-f", "-"]);

        Assert.True(run.ExitCode == 1, why);
        Assert.StartsWith("-: the file is not YAML: line ", run.Out, StringComparison.Ordinal);
        Assert.Single(run.Out.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("---\n---\n")]
    [InlineData("apiVersion: v1\nkind: Secret\n")]
    public async Task Manifests_without_a_policy_are_wrong_usage(string yaml)
    {
        var run = await Transcript.OfAsync(Encoding.UTF8.GetBytes(yaml), ["plan", "-f", "-"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no MtaStsPolicy", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no file", "-f", "no/such/file")]
    [InlineData("a folder", "-f", "/")]
    [InlineData("an owner id of two words", "-f", "-", "--owner-id", "a b")]
    [InlineData("a max_age of nothing", "-f", "-", "--max-age-min", "0s")]
    [InlineData("no file named")]
    public async Task What_cannot_be_read_is_wrong_usage(string why, params string[] args)
    {
        var run = await Transcript.OfAsync(["plan", .. args]);

        Assert.True(run.ExitCode == 2, why);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Nothing_of_a_manifest_moves_the_cursor()
    {
        var yaml = "apiVersion: \"\\e[2J\"\nkind: MtaStsPolicy\nmetadata: {name: \"\\e[2J\"}\nspec: {\"\\e[2J\": 1}\n---\nkind: \"\\e[2J\"\n---\n"
            + "apiVersion: mta-sts.dev/v1alpha1\nkind: MtaStsPolicy\nmetadata: {name: \"\\e[2J\"}\nspec: {\"\\e[2J\": 1, domain: \"\\e[2J\", mx: [\"\\e[2J\"]}\n";

        var run = await Transcript.OfAsync(Encoding.UTF8.GetBytes(yaml), ["plan", "-f", "-"]);

        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Out + run.Error);
    }

    [Fact]
    public async Task Stages_of_seconds_are_planned_where_the_operator_takes_them()
    {
        const string yaml = """
            apiVersion: mta-sts.dev/v1alpha1
            kind: MtaStsClass
            metadata: { name: fast }
            spec:
              dnsProviderRef: { name: default }
              serving: { namespace: mta-sts-system, image: policy-server }
              rollout: { stages: [{ name: testing, mode: testing, maxAge: 10s, soak: 5s }, { name: enforce, mode: enforce, maxAge: 20s }] }
            ---
            apiVersion: mta-sts.dev/v1alpha1
            kind: MtaStsPolicy
            metadata: { name: p }
            spec: { domain: example.com, mx: [mx1.example.com], className: fast }
            """;
        var bytes = Encoding.UTF8.GetBytes(yaml);

        Assert.Equal(1, (await Transcript.OfAsync(bytes, ["plan", "-f", "-"])).ExitCode);
        var run = await Transcript.OfAsync(bytes, ["plan", "-f", "-", "--max-age-min", "10s", "-o", "json"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(20, (long)JsonNode.Parse(run.Out)!["domains"]![0]!["stages"]![1]!["maxAge"]!);
    }

    private static string Bomb(int levels) => string.Concat(Enumerable.Range(0, levels).Select(i => i == 0
        ? "a0: &a0 [x, x]\n"
        : string.Create(CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n")));
}
