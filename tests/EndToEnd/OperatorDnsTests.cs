using MtaSts.TestBed;
using MtaSts.TestBed.Dns;
using MtaSts.TestBed.ExternalDns;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Webhook;

namespace MtaSts.EndToEnd;

/// <summary>
/// One domain's whole life through each kind of DNS: applied, served, published, enforced, taken down. BIND itself is in all other tests, records by hand are in
/// <see cref="OperatorManualTests"/>.
/// </summary>
public sealed class OperatorDnsTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    private const string ApiKey = "bed-api-key";

    private static readonly OperatorDomain ByKnot = new("knot", "className: knot");
    private static readonly OperatorDomain ByPowerDns = new("powerdns", "className: powerdns, deletionPolicy: Delete");

    private static readonly OperatorDomain ByWebhook = new("webhook", "className: webhook, deletionPolicy: Delete");
    private static readonly OperatorDomain ByEndpoint = new("endpoint", "className: endpoint, deletionPolicy: Delete");

    // Somebody's text at the name, and external-dns shares no set with anybody.
    private static readonly OperatorDomain Taken = new("taken", "className: endpoint") { Records = [new ZoneRecord("_mta-sts", "TXT", "\"somebody=1\"")] };

    private static ExternalDnsPlayer? _externalDns;
    private static WebhookServer? _webhook;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the servers that this machine has, all at once; the definition of DNSEndpoint was applied before.</summary>
    /// <returns>Their providers, classes and policies.</returns>
    internal static async Task<string> PrepareAsync(OperatorScene scene) => string.Concat(await Task.WhenAll(
        KnotDaemon.MissingReason is null ? PrepareKnotAsync(scene) : Task.FromResult(""),
        PowerDnsDaemon.MissingReason is null ? PreparePowerDnsAsync(scene) : Task.FromResult(""),
        PrepareWebhookAsync(scene),
        PrepareEndpointAsync(scene)));

    [Fact]
    public async Task A_domain_on_Knot_comes_to_enforce_and_is_retired()
    {
        var scene = world.Scene;
        Assert.SkipWhen(KnotDaemon.MissingReason is not null, KnotDaemon.MissingReason ?? "");
        await ExplainAsync(() => scene.Mail.Knot!.LogTail, async () =>
        {
            await EnforcedAsync(scene, ByKnot);
            await scene.DeleteAsync(ByKnot.Name);
            await scene.UntilGoneAsync(ByKnot.Name);
            await scene.UntilRetiringAsync(ByKnot.Domain);
            await scene.UntilRetiredAsync(ByKnot.Domain);
            Assert.Empty(await scene.TracesAsync(ByKnot.Domain));
        });
    }

    [Fact]
    public async Task A_domain_on_PowerDNS_comes_to_enforce_and_is_deleted()
    {
        var scene = world.Scene;
        Assert.SkipWhen(PowerDnsDaemon.MissingReason is not null, PowerDnsDaemon.MissingReason ?? "");
        await ExplainAsync(() => scene.Mail.PowerDns!.LogTail, async () =>
        {
            await EnforcedAsync(scene, ByPowerDns);
            await scene.DeleteAsync(ByPowerDns.Name);
            await scene.UntilGoneAsync(ByPowerDns.Name);
            Assert.Empty(await scene.TracesAsync(ByPowerDns.Domain));
        });
    }

    [Fact]
    public async Task A_domain_behind_a_webhook_comes_to_enforce_and_is_deleted()
    {
        var scene = world.Scene;
        await ExplainAsync(() => string.Join('\n', _webhook!.Calls), async () =>
        {
            await EnforcedAsync(scene, ByWebhook);
            await scene.DeleteAsync(ByWebhook.Name);
            await scene.UntilGoneAsync(ByWebhook.Name);
            Assert.Empty(await scene.TracesAsync(ByWebhook.Domain));
        });
    }

    [Fact]
    public async Task A_domain_behind_external_dns_comes_to_enforce_and_is_deleted_when_the_DNS_has_forgotten_it()
    {
        var scene = world.Scene;
        await ExplainAsync(() => _externalDns!.LogTail, async () =>
        {
            await EnforcedAsync(scene, ByEndpoint);
            var status = await scene.ControlPlane.KubectlAsync("get", "clusterdnsproviders", ByEndpoint.Name, "-o", "jsonpath={.status}");
            Assert.Contains("--managed-record-types=TXT", status, StringComparison.Ordinal);
            Assert.Contains("0.22", status, StringComparison.Ordinal);
            await scene.DeleteAsync(ByEndpoint.Name);
            await scene.UntilGoneAsync(ByEndpoint.Name);
            Assert.Empty(await scene.TracesAsync(ByEndpoint.Domain));
            var left = await scene.ControlPlane.KubectlAsync("get", "dnsendpoints", "-n", OperatorWorld.SystemNamespace, "-o", "yaml");
            Assert.DoesNotContain(ByEndpoint.Domain, left, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_set_of_somebody_else_behind_external_dns_is_named_and_left_alone()
    {
        var scene = world.Scene;
        await ExplainAsync(() => _externalDns!.LogTail, async () =>
        {
            var refused = await scene.UntilAsync(Taken.Name, p => p.Condition("DnsPublished", "reason") == "RecordNotOwned", "the refusal is named");
            Assert.Contains("external-dns shares no record set", refused.Condition("DnsPublished", "message"), StringComparison.Ordinal);
            Assert.Equal(["somebody=1"], await scene.RecordsAsync("_mta-sts." + Taken.Domain));
        });
    }

    private static async Task<string> PrepareWebhookAsync(OperatorScene scene)
    {
        await scene.AddDomainAsync(ByWebhook.Domain);
        var webhook = _webhook = await scene.World.Bed.AddAsync("webhook", (_, _, _) => WebhookServer.StartAsync(), CancellationToken.None);
        webhook.DomainFilter = $$"""{"include":["{{ByWebhook.Domain}}"]}""";

        // What is in its memory is what the zone has.
        webhook.Written = async sets =>
        {
            var commands = sets.SelectMany(set => webhook.Look(set.Name, set.Type)
                .Select(line => $"add {set.Name}. {line.Split(' ', 2)[0]} {set.Type} {line.Split(' ', 2)[1]}").Prepend($"delete {set.Name}. {set.Type}"));
            var written = await scene.Mail.Dns.UpdateAsync(ByWebhook.Domain, [.. commands], null, CancellationToken.None);
            if (!written.Succeeded) throw new InvalidOperationException(written.Error);
        };
        return Manifests(scene, Provider(ByWebhook.Name, $"externalDnsWebhook: {{ url: \"{webhook.Address}\" }}", "rateLimit: { requests: 6000 }"), ByWebhook);
    }

    private static async Task<string> PrepareEndpointAsync(OperatorScene scene)
    {
        OperatorDomain[] domains = [ByEndpoint, Taken];
        await Task.WhenAll([DnsEndpointCrd.InstallAsync(scene.ControlPlane, CancellationToken.None), .. domains.Select(d => scene.AddDomainAsync(d.Domain, d.Records))]);
        UpdatedZone[] zones = [.. domains.Select(d => new UpdatedZone(scene.Mail.Dns.PrimaryAddress, 53, d.Domain, scene.Mail.Dns.Sha256Key))];
        _externalDns = await scene.World.Bed.AddAsync(
            "external-dns",
            (bed, folder, _) => Task.FromResult(ExternalDnsPlayer.Start(bed.ControlPlane.Client, OperatorWorld.SystemNamespace, zones, folder)), CancellationToken.None);
        var place = $"zones: [{string.Join(", ", domains.Select(d => d.Domain))}]\n  externalDnsEndpoint: {{ allowedAddresses: [\"{scene.Mail.Plan.Subnet}\"] }}";
        return Manifests(scene, Provider(ByEndpoint.Name, place), ByEndpoint) + Taken.Manifest;
    }

    private static async Task<string> PrepareKnotAsync(OperatorScene scene)
    {
        await scene.Mail.AddKnotAsync(ByKnot.Domain, [Mx], CancellationToken.None);
        return Manifests(scene, scene.Provider("knot", server: $"{scene.Mail.Plan.Knot}", ttl: OperatorLivesFixture.Ttl), ByKnot);
    }

    private static async Task<string> PreparePowerDnsAsync(OperatorScene scene)
    {
        await scene.Mail.AddPowerDnsAsync(ByPowerDns.Domain, [Mx], ApiKey, CancellationToken.None);
        var secret = $$"""
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: powerdns-key, namespace: {{OperatorWorld.SystemNamespace}} }
            stringData: { api-key: {{ApiKey}} }

            """;
        var place = $"powerDns: {{ url: \"{scene.Mail.PowerDns!.Api}\", apiKeySecretRef: {{ name: powerdns-key, key: api-key }} }}";
        return Manifests(scene, secret + Provider("powerdns", place), ByPowerDns);
    }

    private static ZoneRecord Mx => new("@", "MX", $"10 {OperatorScene.Mx}.");

    private static string Provider(string name, string place, string more = "") => $$"""
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: ClusterDnsProvider
        metadata: { name: {{name}} }
        spec:
          ttl: {{OperatorLivesFixture.Ttl}}
          {{place}}
          {{more}}

        """;

    // Class and provider have the policy's name.
    private static string Manifests(OperatorScene scene, string provider, OperatorDomain domain) =>
        provider + scene.Class(domain.Name, OperatorClasses.Brief, provider: domain.Name) + domain.Manifest;

    private static async Task EnforcedAsync(OperatorScene scene, OperatorDomain domain)
    {
        var enforced = await scene.UntilStageAsync(domain.Name, "enforce");
        Assert.Equal(["testing Started", "enforce SoakElapsed"], enforced.Moves);
        Assert.Equal([$"v=STSv1; id={enforced.Id};"], await scene.RecordsAsync("_mta-sts." + domain.Domain));
        Assert.Equal(["v=TLSRPTv1; rua=mailto:tls@reports.test"], (await scene.RecordsAsync("_smtp._tls." + domain.Domain)).Select(text => text.TrimEnd(';')));
        Assert.Equal([$"{scene.Mail.Plan.Web}"], await scene.RecordsAsync("mta-sts." + domain.Domain, "A"));
        var mark = Assert.Single(await scene.RecordsAsync("_mtasts-owner._mta-sts." + domain.Domain));
        Assert.Contains($"type=TXT,resource=team-a/{domain.Name}", mark, StringComparison.Ordinal);
        var seen = await scene.Mail.Sender.QueryPolicyAsync(domain.Domain, Token);
        Assert.True(seen is { Result: "VALID", Mode: "enforce" } && seen.Id == enforced.Id, seen.Raw);
    }

    // What the server itself has to say to a failure.
    private static async Task ExplainAsync(Func<string> log, Func<Task> test)
    {
        try
        {
            await test();
        }
        catch (Exception)
        {
            OperatorScene.Tell(log());
            throw;
        }
    }
}
