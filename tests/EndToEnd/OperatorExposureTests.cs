using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using k8s;
using k8s.Models;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>Policy hosts that are reached by a Gateway, and by a load balancer before policy servers that end TLS.</summary>
[Collection(OperatorExposureCollection.Name)]
public sealed class OperatorExposureTests(OperatorExposureFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_gateway_a_domain_gets_certificate_listener_and_route_reaches_enforce_and_is_taken_down_whole()
    {
        var scene = fixture.Scene;
        Assert.Contains("gateway.networking.k8s.io", fixture.BeforeTheApi, StringComparison.Ordinal);
        await scene.AddDomainAsync("routed.test");
        await scene.ApplyAsync(OperatorScene.Policy("routed", "routed.test", "className: gateway, deletionPolicy: Delete"));

        var enforced = await scene.UntilStageAsync("routed", "enforce");
        Assert.Equal(["testing Started", "enforce-1d SoakElapsed", "enforce SoakElapsed"], enforced.Moves);
        Assert.Equal(enforced.Id, await scene.DocumentIdAsync("routed.test"));
        Assert.Equal([scene.Mail.Web.EndPoint.Address.ToString()], await scene.RecordsAsync("mta-sts.routed.test", "A"));
        Assert.Equal(3, (await HostObjectsAsync(scene, "routed.test")).Count);

        await scene.DeleteAsync("routed");
        await scene.UntilGoneAsync("routed");
        Assert.Empty(await HostObjectsAsync(scene, "routed.test"));
        Assert.Empty(await scene.TracesAsync("routed.test"));
    }

    [Fact]
    public async Task What_a_gateway_refuses_is_named()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("refused.test");
        await scene.ApplyAsync(OperatorScene.Policy("refused", "refused.test", "className: closed"));

        var held = await scene.UntilAsync("refused", p => p.Reason == "PolicyHostRefused", "the Gateway's refusal is the reason");
        Assert.Contains("NotAllowedByListeners", held.Condition("Ready", "message"), StringComparison.Ordinal);
        Assert.Empty(await scene.RecordsAsync("_mta-sts.refused.test"));
    }

    [Fact]
    public async Task Behind_a_load_balancer_the_policy_server_ends_TLS_and_takes_a_renewal_without_a_restart()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("balanced.test");
        await scene.ApplyAsync(OperatorScene.Policy("balanced", "balanced.test", "className: balanced"));
        await scene.UntilStageAsync("balanced", "enforce");
        Assert.Equal([fixture.LoadBalancer.Address.Address.ToString()], await scene.RecordsAsync("mta-sts.balanced.test", "A"));
        var before = await ShownAsync("mta-sts.balanced.test");

        var renewed = scene.Mail.Ca.Issue("mta-sts.balanced.test");
        var secret = new V1Secret { Data = new Dictionary<string, byte[]> { ["tls.crt"] = Bytes(renewed.CertificatePem), ["tls.key"] = Bytes(renewed.KeyPem) } };
        await scene.ControlPlane.Client.CoreV1.PatchNamespacedSecretAsync(
            new V1Patch(secret, V1Patch.PatchType.MergePatch), "mta-sts-balanced.test-tls", OperatorWorld.SystemNamespace, cancellationToken: Token);
        await Eventually.HoldsAsync(async () => await ShownAsync("mta-sts.balanced.test") != before, "the renewed certificate is shown");

        Assert.Equal(0, scene.World.Kubelet.Restarts(OperatorWorld.SystemNamespace, "mta-sts-balanced"));
        await Assert.ThrowsAnyAsync<Exception>(() => ShownAsync("mta-sts.nobody.test"));
    }

    [Fact]
    public async Task A_domain_moves_from_a_gateway_to_a_load_balancer_and_is_served_at_every_moment()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("moved.test");
        await scene.ApplyAsync(OperatorScene.Policy("moved", "moved.test", "className: gateway"));
        var before = await scene.UntilStageAsync("moved", "enforce");

        // A sender that asks the name server each time, and goes to the address that it names.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var fetching = FetchAsync(scene, "moved.test", stop.Token);
        await scene.PatchSpecAsync("moved", """{"className":"balanced"}""");
        await Eventually.HoldsAsync(
            async () => (await HostObjectsAsync(scene, "moved.test")) is ["certificate.cert-manager.io/mta-sts-moved.test-tls"], "what the Gateway had is gone", TimeSpan.FromSeconds(120));

        await stop.CancelAsync();
        var (fetches, faults) = await fetching;
        Assert.True(fetches > 10, $"{fetches} fetches");
        Assert.True(faults.Count == 0, string.Join('\n', faults) + "\n" + scene.OperatorLog("moved"));
        Assert.Equal([fixture.LoadBalancer.Address.Address.ToString()], await scene.RecordsAsync("mta-sts.moved.test", "A"));
        var after = await scene.UntilAsync("moved", p => p is { Stage: "enforce", Ready: "True" }, "it is well");
        Assert.Equal((before.Id, before.Moves.Count), (after.Id, after.Moves.Count));
    }

    [Theory]
    [InlineData("limited", "balanced")]
    [InlineData("curbed", "gateway")] // which refuses listeners without a certificate
    public async Task An_issuers_limit_is_told_apart_and_when_it_has_room_again_the_domain_goes_on(string name, string className)
    {
        var scene = fixture.Scene;
        scene.World.Certificates.Refuse($"mta-sts.{name}.test", "Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited: too many new orders");
        await scene.AddDomainAsync($"{name}.test");
        await scene.ApplyAsync(OperatorScene.Policy(name, $"{name}.test", $"className: {className}"));

        var held = await scene.UntilAsync(name, p => p.Reason == "PolicyCertificateRateLimited", "the issuer's limit is the reason");
        Assert.Equal(("False", "PolicyCertificateRateLimited"), (held.Condition("CertificateReady", "status"), held.Condition("CertificateReady", "reason")));
        Assert.Contains("too many new orders", held.Condition("Ready", "message"), StringComparison.Ordinal);

        scene.World.Certificates.Allow($"mta-sts.{name}.test");
        await scene.UntilStageAsync(name, "testing");
    }

    [Fact]
    public async Task New_hosts_are_paced_and_who_waits_says_so_and_has_asked_for_no_certificate()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("first.test");
        await scene.AddDomainAsync("second.test");
        await scene.ApplyAsync(OperatorScene.Policy("first", "first.test", "className: paced"));
        await scene.UntilAsync("first", p => p.Condition("PolicyServed", "reason") is not (null or "PolicyHostPaced"), "the first one goes");
        await Eventually.HoldsAsync(async () => (await HostObjectsAsync(scene, "first.test")).Count == 1, "the first one's certificate is asked for");
        await scene.ApplyAsync(OperatorScene.Policy("second", "second.test", "className: paced"));

        var held = await scene.UntilAsync("second", p => p.Reason == "PolicyHostPaced", "the second one waits");
        Assert.Contains("maxNewHostsPerHour", held.Condition("Ready", "message"), StringComparison.Ordinal);
        Assert.Empty(await HostObjectsAsync(scene, "second.test"));
    }

    [Fact]
    public async Task An_operator_for_given_namespaces_looks_at_no_other()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("elsewhere.test");
        await scene.AddDomainAsync("here.test");
        await scene.ApplyAsync(OperatorScene.Policy("team-b/elsewhere", "elsewhere.test", "className: balanced") + OperatorScene.Policy("here", "here.test", "className: balanced"));
        await scene.UntilStageAsync("here", "testing");

        var left = (await scene.PolicyAsync("team-b/elsewhere"))!;
        Assert.Null(left.Resource["metadata"]!["finalizers"]);
        Assert.Equal(("", ""), (left.Stage, left.ServedId));
        Assert.Empty(await scene.TracesAsync("elsewhere.test"));
    }

    [Fact]
    public async Task An_operator_without_an_owner_id_marks_its_records_with_the_cluster()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("marked.test");
        await scene.ApplyAsync(OperatorScene.Policy("marked", "marked.test", "className: balanced"));
        await scene.UntilStageAsync("marked", "testing");

        var system = await scene.ControlPlane.Client.CoreV1.ReadNamespaceAsync("kube-system", cancellationToken: Token);
        Assert.Contains($"owner=cluster-{system.Metadata.Uid}", Assert.Single(await scene.RecordsAsync("_mtasts-owner.mta-sts.marked.test")), StringComparison.Ordinal);
    }

    private static byte[] Bytes(string pem) => Encoding.ASCII.GetBytes(pem);

    private static async Task<IReadOnlyList<string>> HostObjectsAsync(OperatorScene scene, string domain)
    {
        var found = await scene.ControlPlane.KubectlAsync(
            "get", "certificates.cert-manager.io,httproutes,listenersets", "-n", OperatorWorld.SystemNamespace, "-l", $"mta-sts.dev/domain={domain}", "-o", "name");
        return found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<(int Fetches, IReadOnlyList<string> Faults)> FetchAsync(OperatorScene scene, string domain, CancellationToken stop)
    {
        var (fetches, faults) = (0, new List<string>());
        while (!stop.IsCancellationRequested)
        {
            var at = (await scene.RecordsAsync("mta-sts." + domain, "A"))[0];
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(System.Net.IPAddress.Parse(at), 443, Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "mta-sts." + domain,
                        RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject.Contains(domain, StringComparison.Ordinal) == true,
                    },
                    Token);
                await tls.WriteAsync(Bytes($"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.{domain}\r\nConnection: close\r\n\r\n"), Token);
                using var reader = new StreamReader(tls, Encoding.ASCII);
                var answer = await reader.ReadToEndAsync(Token);
                if (!answer.Contains("mode: enforce", StringComparison.Ordinal)) faults.Add($"{DateTime.UtcNow:HH:mm:ss.f} {at}: {answer.Split('\r')[0]}");
            }
            catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                faults.Add($"{DateTime.UtcNow:HH:mm:ss.f} {at}: {e.Message}");
            }

            fetches++;
            await Task.Delay(100, Token);
        }

        return (fetches, faults);
    }

    // The certificate that the load balancer's address shows a client that asks for a host.
    private async Task<string> ShownAsync(string host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(fixture.LoadBalancer.Address, Token);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null }, Token);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }
}
