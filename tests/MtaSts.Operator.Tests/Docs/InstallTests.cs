using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Tests.Docs;

/// <summary>What docs/install.md has somebody type.</summary>
public sealed class InstallTests
{
    [Fact]
    public void Uninstalling_selects_what_serves_a_class_and_not_the_operators_own_objects()
    {
        var line = File.ReadLines(Repository.PathOf("docs", "install.md")).Single(l => l.TrimStart().StartsWith("-l ", StringComparison.Ordinal));
        var selector = line.Trim()["-l ".Length..].Split(',').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);

        Assert.All(selector, label => Assert.Equal(label.Value, ServingLabels.OfClass("default").GetValueOrDefault(label.Key)));
        Assert.NotEqual("mta-sts-operator", selector["app.kubernetes.io/name"]); // the chart's, of which Helm takes care
    }
}
