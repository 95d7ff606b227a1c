using System.Text.Json.Nodes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Tests.Charts;
using MtaSts.TestBed.Processes;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>The kustomize base is the chart with its default values, kustomize takes it, and what an overlay sets reaches every field that has it.</summary>
public sealed class KustomizeTests
{
    private const string Namespace = "mta-sts-system";
    private static readonly string Folder = Repository.PathOf("gitops", "kustomize");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_base_is_what_the_chart_renders()
    {
        var (exit, rendered, error) = await Command.RunAsync(
            Repository.PathOf("script/lib/render-chart"),
            [Repository.PathOf("charts/mta-sts-operator"), "--namespace", Namespace, "--name", "mta-sts-operator", "--kube-version", "1.36"], cancellationToken: Token) is var ran
            ? (ran.ExitCode, ran.Output, ran.Error) : default;
        Assert.SkipWhen(exit == 3, error);
        Assert.Equal(0, exit);
        var crds = string.Concat(Directory.GetFiles(Repository.PathOf("crds"), "*.yaml").Order(StringComparer.Ordinal).Select(f => "---\n" + File.ReadAllText(f)));
        var objects = rendered.Split("---\n", StringSplitOptions.RemoveEmptyEntries).Select(d => "---\n" + d).ToLookup(d => YamlDocuments.Parse(d).Any(IsOurs));

        Check("operator.yaml", string.Concat(objects[false]));
        Check("class/class.yaml", string.Concat(objects[true]));
        Check("crds.yaml", crds);
    }

    [Theory]
    [InlineData("", "namespace.yaml", "crds.yaml", "operator.yaml")]
    [InlineData("class", "class.yaml")]
    public async Task Kustomize_builds_it_with_every_object_in_it(string folder, params string[] files)
    {
        var expected = files.SelectMany(f => YamlDocuments.Parse(File.ReadAllText(Path.Combine(Folder, folder, f))));

        Assert.Equal(expected.Select(Name).Order(StringComparer.Ordinal), (await BuildAsync(Path.Combine(Folder, folder))).Select(Name).Order(StringComparer.Ordinal));
    }

    // kubectl looks up every kind of a build before it applies the first object: one whose definition is in the same build has it refused as a whole.
    [Fact]
    public async Task What_is_applied_first_has_no_object_of_a_kind_that_it_defines()
    {
        var first = await BuildAsync(Folder);

        Assert.Contains(first, d => (string?)d["kind"] == "CustomResourceDefinition");
        Assert.DoesNotContain(first, IsOurs);
        Assert.Contains(await BuildAsync(Path.Combine(Folder, "class")), IsOurs);
    }

    [Fact]
    public async Task An_overlays_namespace_reaches_every_object_and_the_operators_arguments_and_the_class()
    {
        var built = await BuildOverlayAsync("", "namespace: mail");
        var ofClass = Assert.Single(await BuildOverlayAsync("class", "namespace: mail"));
        var container = built.Single(d => (string?)d["kind"] == "Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!;

        Assert.Equal(["mail"], built.Select(d => (string?)d["metadata"]!["namespace"]).OfType<string>().Distinct());
        Assert.Equal("mail", (string?)built.Single(d => (string?)d["kind"] == "Namespace")["metadata"]!["name"]);
        Assert.All(built.Where(d => d["subjects"] is not null), binding => Assert.Equal("mail", (string?)binding["subjects"]![0]!["namespace"]));
        Assert.DoesNotContain(Namespace, container.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("--operator-namespace=$(POD_NAMESPACE)", container["args"]!.AsArray().Select(a => (string?)a));
        Assert.Equal("metadata.namespace", (string?)container["env"]!.AsArray().Single(v => (string?)v!["name"] == "POD_NAMESPACE")!["valueFrom"]!["fieldRef"]!["fieldPath"]);
        Assert.Equal("mail", (string?)ofClass["spec"]!["serving"]!["namespace"]);
    }

    [Fact]
    public async Task An_overlays_images_reach_the_operator_and_the_class()
    {
        const string Images = "images: [{ name: mta-sts-operator, newName: r.example.net/o, newTag: '2' }, { name: mta-sts-policy-server, newName: r.example.net/s, newTag: '3' }]";
        var built = await BuildOverlayAsync("", Images);
        var ofClass = Assert.Single(await BuildOverlayAsync("class", Images));

        Assert.Equal("r.example.net/o:2", (string?)built.Single(d => (string?)d["kind"] == "Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
        Assert.Equal("r.example.net/s:3", (string?)ofClass["spec"]!["serving"]!["image"]);
    }

    private static async Task<IReadOnlyList<JsonObject>> BuildOverlayAsync(string folder, string lines)
    {
        var overlay = Directory.CreateTempSubdirectory("mtasts-overlay-");
        try
        {
            KustomizeOverlay.Write(overlay, folder, lines);
            return await BuildAsync(overlay.FullName);
        }
        finally
        {
            overlay.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> BuildAsync(string folder)
    {
        var built = await Command.RunAsync("kubectl", ["kustomize", folder], cancellationToken: Token);
        Assert.True(built.Succeeded, built.Error);
        return YamlDocuments.Parse(built.Output);
    }

    private static bool IsOurs(JsonObject item) => ((string?)item["apiVersion"])?.StartsWith(ApiGroup.Name + "/", StringComparison.Ordinal) == true;

    private static string Name(JsonObject item) => $"{item["kind"]} {item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}";

    private static void Check(string file, string wanted)
    {
        var path = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("MTASTS_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, wanted);
            return;
        }

        Assert.Equal(wanted, File.ReadAllText(path));
    }
}
