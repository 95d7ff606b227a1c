using System.Text.Json.Nodes;
using MtaSts.Operator.Tests.Charts;
using MtaSts.Operator.Tests.GitOps;

namespace MtaSts.Operator.Tests.Resources;

/// <summary>
/// The CEL rules in the CRDs say what they should. The API server of the test bed is too old to run them, so a library does; what the rules guard, the operator
/// checks again by itself.
/// </summary>
public sealed class CelRulesTests
{
    [Theory]
    [InlineData("the domain cannot be changed; create another MtaStsPolicy for the other domain", "a.test", "a.test", true)]
    [InlineData("the domain cannot be changed; create another MtaStsPolicy for the other domain", "a.test", "b.test", false)]
    [InlineData("the domain cannot be changed", "a.test", "a.test", true)]
    [InlineData("the domain cannot be changed", "a.test", "b.test", false)]
    public void A_domain_stays_what_it_was(string message, string before, string after, bool holds) =>
        Assert.Equal(holds, CelExpression.IsTrue(RuleOf(message), ("self", after), ("oldSelf", before)));

    [Theory]
    [InlineData("testing", true)]
    [InlineData("testing enforce", true)]
    [InlineData("testing testing enforce enforce", true)]
    [InlineData("testing enforce testing", false)]
    [InlineData("testing enforce testing enforce", false)]
    public void Testing_stages_come_before_enforce_stages(string modes, bool holds) =>
        Assert.Equal(holds, CelExpression.IsTrue(RuleOf("testing stages come before enforce stages"), ("self", Stages(modes))));

    [Theory]
    [InlineData("testing enforce", true)]
    [InlineData("enforce", false)]
    public void The_first_stage_is_a_testing_stage(string modes, bool holds) =>
        Assert.Equal(holds, CelExpression.IsTrue(RuleOf("the first stage is a testing stage"), ("self", Stages(modes))));

    [Theory]
    [InlineData("2026-12-18T00:00:00Z", "2027-01-06T00:00:00Z", true)]
    [InlineData("2026-12-18T00:00:00Z", "2026-12-18T00:00:00Z", false)]
    [InlineData("2027-01-06T00:00:00Z", "2026-12-18T00:00:00Z", false)]
    public void A_freeze_ends_after_it_begins(string from, string to, bool holds) =>
        Assert.Equal(holds, CelExpression.IsTrue(
            RuleOf("a freeze ends after it begins"), ("self", new JsonArray(new JsonObject { ["from"] = from, ["to"] = to }))));

    [Fact]
    public void There_is_no_rule_but_those_above() => Assert.Equal(5, Rules().Count());

    private static JsonArray Stages(string modes) => [.. modes.Split(' ').Select(m => new JsonObject { ["name"] = m, ["mode"] = m })];

    private static string RuleOf(string message) => Rules().Single(r => r.Message == message).Rule;

    private static IEnumerable<(string Rule, string Message)> Rules() => Directory.GetFiles(Repository.PathOf("crds"), "*.yaml")
        .SelectMany(f => YamlDocuments.Parse(File.ReadAllText(f)))
        .SelectMany(Below);

    private static IEnumerable<(string Rule, string Message)> Below(JsonNode? node) => node switch
    {
        JsonObject map => (map["x-kubernetes-validations"] as JsonArray ?? []).Select(v => ((string)v!["rule"]!, (string)v["message"]!))
            .Concat(map.SelectMany(p => Below(p.Value))),
        JsonArray list => list.SelectMany(Below),
        _ => [],
    };
}
