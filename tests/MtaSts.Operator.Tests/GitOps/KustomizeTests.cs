using System.Text.Json.Nodes;
using MtaSts.Operator.Tests.Charts;
using MtaSts.TestBed.Processes;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>The kustomize base is the chart with its default values, and kustomize takes it.</summary>
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

        Check("operator.yaml", rendered);
        Check("crds.yaml", crds);
    }

    [Fact]
    public async Task Kustomize_builds_it_with_every_object_in_it()
    {
        var built = await Command.RunAsync("kubectl", ["kustomize", Folder], cancellationToken: Token);
        Assert.True(built.Succeeded, built.Error);

        var expected = new[] { "namespace.yaml", "crds.yaml", "operator.yaml" }.SelectMany(f => YamlDocuments.Parse(File.ReadAllText(Path.Combine(Folder, f))));
        Assert.Equal(expected.Select(Name).Order(StringComparer.Ordinal), YamlDocuments.Parse(built.Output).Select(Name).Order(StringComparer.Ordinal));
    }

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
