using System.Text.RegularExpressions;
using MtaSts.Operator.Tests.Resources;
using MtaSts.TestBed.Processes;

namespace MtaSts.Operator.Tests.Charts;

/// <summary>What <c>helm lint</c> would say: by helm itself where it is on the PATH, and everywhere by the rules of it that concern this chart.</summary>
public sealed partial class ChartLintTests
{
    private static readonly string Chart = Repository.PathOf("charts", "mta-sts-operator");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Helm_lint_finds_no_fault_with_any_set_of_values()
    {
        Assert.SkipWhen(Command.Find("helm") is null, "helm is not installed: its rules are checked by the other tests of this class");
        foreach (var (set, values) in ChartValues.Sets)
        {
            var lint = await Command.RunAsync("helm", ["lint", Chart, "--namespace", RenderedChart.Namespace, .. values], cancellationToken: Token);
            Assert.True(lint.Succeeded, $"{set}: {lint.Output}{lint.Error}");
        }
    }

    [Fact]
    public void Chart_yaml_says_what_helm_requires()
    {
        var chart = Assert.Single(YamlDocuments.Parse(File.ReadAllText(Path.Combine(Chart, "Chart.yaml"))));

        Assert.Equal(("v2", "application"), ((string?)chart["apiVersion"], (string?)chart["type"]));
        Assert.Equal(Path.GetFileName(Chart), (string?)chart["name"]);
        Assert.Matches(SemanticVersion(), (string?)chart["version"]);
        Assert.Matches(SemanticVersion(), (string?)chart["appVersion"]);
        Assert.False(string.IsNullOrWhiteSpace((string?)chart["description"]));
    }

    [Fact]
    public void Templates_have_the_names_that_helm_reads() =>
        Assert.All(
            Directory.GetFiles(Path.Combine(Chart, "templates"), "*", SearchOption.AllDirectories),
            file => Assert.Contains(Path.GetExtension(file), (string[])[".yaml", ".tpl", ".txt"]));

    [Theory]
    [MemberData(nameof(ChartValues.Names), MemberType = typeof(ChartValues))]
    public async Task Every_object_has_a_name_that_its_kind_allows_and_workloads_select_their_own_pods(string set)
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Sets[set], Token));

        Assert.All(documents, document => Assert.Matches(NameOf((string)document["kind"]!), (string?)document["metadata"]?["name"]));
        Assert.Equal(documents.Count, documents.Select(d => ($"{d["apiVersion"]}", $"{d["kind"]}", $"{d["metadata"]!["namespace"]}", $"{d["metadata"]!["name"]}")).Distinct().Count());
        var workloads = documents.Where(d => (string)d["kind"]! is "Deployment" or "StatefulSet" or "DaemonSet").ToList();
        Assert.NotEmpty(workloads);
        Assert.All(workloads, workload =>
        {
            var labels = workload["spec"]!["template"]!["metadata"]!["labels"]!.AsObject();
            var selected = workload["spec"]!["selector"]!["matchLabels"]!.AsObject();
            Assert.NotEmpty(selected);
            Assert.All(selected, label => Assert.Equal((string?)label.Value, (string?)labels[label.Key]));
        });
    }

    // Names of roles and their bindings are path segments, all others DNS names.
    private static Regex NameOf(string kind) => kind is "Role" or "ClusterRole" or "RoleBinding" or "ClusterRoleBinding" ? KubernetesNames.Role() : KubernetesNames.Object();

    [GeneratedRegex(@"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex SemanticVersion();
}
