using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>
/// A world for what happens to domains after their way up: taken down, moved, adopted, fallen ill. Senders forget within seconds there, and its domains are at
/// enforce within seconds. Each test has domains of its own, so its classes run beside each other: most of what they do is to wait.
/// </summary>
/// <remarks>Its pods: the operator, one policy server a class, and room for those that are replaced.</remarks>
public sealed class OperatorLivesFixture() : OperatorSceneFixture(pods: 22)
{
    /// <summary>How long the records of its domains are kept by resolvers, in seconds: the least that a provider takes.</summary>
    internal const int Ttl = 30;

    /// <summary>The longest max_age of <see cref="OperatorClasses.Brief"/>.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private protected override OperatorWorldOptions Options => base.Options with { OperatorEnvironment = OperatorTelemetryTests.Environment };

    private protected override Task PrepareAsync() => OperatorTelemetryTests.ListenAsync();

    private protected override async Task FillAsync(OperatorScene scene)
    {
        await OperatorTelemetryTests.ScrapeAsync(scene);
        await scene.ControlPlane.ApplyAsync(
            scene.Provider("default", ttl: Ttl) + scene.Provider("second", ttl: Ttl) + scene.Provider("secretless", ttl: Ttl)
            + scene.Class("default", OperatorClasses.Brief)
            + scene.Class("slow", OperatorClasses.Slow)
            + scene.Class("fast", OperatorClasses.Fast)
            + scene.Class("manual", OperatorMxTests.Stages)
            + scene.Class("elsewhere", OperatorClasses.Brief)
            + scene.Class("movable", OperatorClasses.Brief)
            + scene.Class("secretless", OperatorClasses.Fast, provider: "secretless")
            + scene.Class("tenants", OperatorClasses.Brief, more: OperatorTenantTests.Rights(scene))
            + scene.Class("stepback", OperatorClasses.Brief, rollout: OperatorRegressionTests.StepBack)
            + scene.Class("wave", OperatorClasses.Brief, rollout: OperatorFleetTests.OneAtATime)
            + scene.Class("halt", OperatorClasses.Brief, rollout: OperatorFleetTests.HaltAtTheFirst)
            + scene.Class("closed", OperatorClasses.Brief, rollout: OperatorFleetTests.ClosedNow())
            + scene.Class("frozen", OperatorClasses.Brief, rollout: OperatorFleetTests.FrozenNow())
            + OperatorScene.Namespace(OperatorRetirementTests.LeavingNamespace),
            CancellationToken.None);
        OperatorDomain[] domains =
        [
            .. OperatorRetirementTests.Domains, .. OperatorMxTests.Domains, .. OperatorFleetTests.Domains,
            .. OperatorMoveTests.Domains,
        ];
        var servers = OperatorDnsTests.PrepareAsync(scene);
        await Task.WhenAll([servers, .. domains.Select(domain => scene.AddDomainAsync(domain.Domain, domain.Records))]);
        await scene.ControlPlane.ApplyAsync(await servers + string.Concat(domains.Select(domain => domain.Manifest)), CancellationToken.None);
    }
}
