namespace MtaSts.EndToEnd;

/// <summary>
/// One world for all tests in which the operator itself, the API server and the name servers stay up. Each test has a domain of its own, so its classes run beside
/// each other: most of what they do is to wait.
/// </summary>
/// <remarks>Its pods: the operator, one policy server a class, and room for those that are replaced.</remarks>
public sealed class OperatorFixture() : OperatorSceneFixture(pods: 16)
{
    private protected override async Task FillAsync(OperatorScene scene)
    {
        await scene.ControlPlane.ApplyAsync(
            scene.Provider("default") + scene.Provider("other", owner: "other")
            + scene.Class("default", OperatorClasses.Fast)
            + scene.Class("slow", OperatorClasses.Slow)
            + scene.Class("manual", OperatorClasses.Manual)
            + scene.Class("other", OperatorClasses.Fast, provider: "other")
            + scene.Class("byhand", OperatorClasses.Fast, provider: "byhand") + OperatorScene.ManualProvider("byhand")
            + scene.Class("delegated", OperatorClasses.Fast, provider: "delegated")
            + scene.Provider("delegated", more: OperatorDelegationTests.CnameTarget)
            + scene.Class("guarded", OperatorClasses.Fast, allowsNetwork: false),
            CancellationToken.None);

        // All at once, while the first tests run: each has its time to come to where its test begins.
        OperatorDomain[] domains =
        [
            .. OperatorRolloutTests.Domains, .. OperatorOwnershipTests.Domains, .. OperatorDeletionTests.Domains, .. OperatorOrderTests.Domains,
            .. OperatorManualTests.Domains, .. OperatorDelegationTests.Domains,
        ];
        await scene.Mail.Dns.AddZoneAsync(OperatorDelegationTests.Suffix, [], CancellationToken.None);
        await Task.WhenAll(domains.Select(domain => scene.AddDomainAsync(domain.Domain, domain.Records)));
        await scene.ControlPlane.ApplyAsync(string.Concat(domains.Select(domain => domain.Manifest)), CancellationToken.None);
    }
}
