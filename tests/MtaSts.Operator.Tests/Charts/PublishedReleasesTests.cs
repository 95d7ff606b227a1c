namespace MtaSts.Operator.Tests.Charts;

/// <summary>That a release's description refuses what the release does not have, or the tests that use it could not fail.</summary>
public sealed class PublishedReleasesTests
{
    [Theory]
    [InlineData("1.24", "policy/v1", "{minAvailable: 1}", null)]
    [InlineData("1.24", "policy/v1beta1", "{minAvailable: 1}", null)]
    [InlineData("1.25", "policy/v1beta1", "{minAvailable: 1}", "no such kind")]
    [InlineData("1.24", "policy/v1", "{unhealthyPodEvictionPolicy: AlwaysAllow}", "PodDisruptionBudget.spec.unhealthyPodEvictionPolicy is not known")]
    [InlineData("1.36", "policy/v1", "{unhealthyPodEvictionPolicy: AlwaysAllow}", null)]
    [InlineData("1.36", "policy/v1", "{minAvailable: true}", "PodDisruptionBudget.spec.minAvailable is true, not string")]
    [InlineData("1.36", "policy/v1", "{selector: {matchLabels: [a]}}", "PodDisruptionBudget.spec.selector.matchLabels is [\"a\"], not object")]
    [InlineData("1.36", "policy/v1", "{selector: {matchExpressions: [{key: a}]}}", "PodDisruptionBudget.spec.selector.matchExpressions[0].operator is missing")]
    public void A_release_knows_what_it_has_and_nothing_else(string release, string apiVersion, string spec, string? problem)
    {
        var budget = YamlDocuments.Parse($"{{apiVersion: {apiVersion}, kind: PodDisruptionBudget, metadata: {{name: a}}, spec: {spec}}}").Single();

        var problems = PublishedReleases.Require(release).Problems(budget) ?? ["no such kind"];

        Assert.Equal(problem is null ? [] : [problem], problems);
    }
}
