using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MtaSts.PolicyServer.Tests;

/// <summary>TLS in the server: the certificate goes by the name asked for, and by what the files say now.</summary>
public sealed class TlsTests : IDisposable
{
    private const int Failed = 3011;

    private readonly PolicyVolume _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Each_host_is_served_with_its_own_certificate_and_chain()
    {
        Write(Pair("example.com", "one"), Pair("example.net", "two"));
        await using RunningServer server = await StartAsync();

        foreach ((string host, string issuer, string document) in new[] { ("mta-sts.example.com", "one", RunningServer.Document), ("MTA-STS.Example.NET", "two", RunningServer.OtherDocument) })
        {
            (string answer, X509Certificate2 leaf, int sent) = await GetAsync(server, host);
            Assert.Equal($"CN={issuer}", leaf.Issuer);
            Assert.Equal(1, sent); // beside the leaf
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.EndsWith(document, answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mta-sts.example.org")]
    [InlineData("example.com")]
    [InlineData("mta-sts...")]
    [InlineData("mta-sts.%2e%2e")]
    [InlineData("")]
    public async Task Who_asks_for_a_name_that_is_not_ours_gets_no_certificate(string name)
    {
        Write(Pair("example.com", "one"));
        await using RunningServer server = await StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(server, name));
        Assert.Equal("CN=one", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);
        Assert.Equal(0, server.Log.Count(Failed));
    }

    [Fact]
    public async Task A_renewal_and_a_new_domain_need_no_restart()
    {
        Write(Pair("example.com", "before"));
        await using RunningServer server = await StartAsync();
        Assert.Equal("CN=before", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);

        Write(Pair("example.com", "after"), Pair("example.net", "new"));
        await Eventually.TrueAsync(() => server.Host.Metrics.Certificates == 2);
        Assert.Equal("CN=after", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);
        Assert.Equal("CN=new", (await GetAsync(server, "mta-sts.example.net")).Leaf.Issuer);

        Write(Pair("example.net", "new"));
        await Eventually.TrueAsync(() => server.Host.Metrics.Certificates == 1);
        await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(server, "mta-sts.example.com"));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_does_not_replace_the_one_before()
    {
        (string, string)[] good = Pair("example.com", "good");
        Write(good, Pair("example.net", "other"));
        await using RunningServer server = await StartAsync();
        Assert.Equal("CN=good", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);

        // The key is another certificate's.
        Write([good[0], ("example.com.key", Pair("example.com", "x")[1].Text)], Pair("example.net", "other"), [("example.org.crt", "rubbish")]);
        await Eventually.TrueAsync(() => server.Host.Metrics.Certificates == 3);
        Assert.Equal("CN=good", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);
        Assert.Equal("CN=good", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);
        Assert.Equal(1, server.Log.Count(Failed)); // once for each state of the folder, not for each sender
        Assert.Equal("CN=other", (await GetAsync(server, "mta-sts.example.net")).Leaf.Issuer);
        await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(server, "mta-sts.example.org"));
        Assert.Contains("mtasts_policy_server_certificate_failures_total 2", await server.HealthAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_folder_is_swapped_all_the_time_every_handshake_succeeds()
    {
        Write(Pair("example.com", "one"));
        await using RunningServer server = await StartAsync();
        using var stop = new CancellationTokenSource();
        Task swapping = Task.Run(
            async () =>
            {
                (string, string)[] pair = Pair("example.com", "one");
                while (!stop.IsCancellationRequested)
                {
                    Write(pair);
                    await Task.Delay(3);
                }
            });
        for (int i = 0; i < 200; i++)
            Assert.Equal("CN=one", (await GetAsync(server, "mta-sts.example.com")).Leaf.Issuer);
        await stop.CancelAsync();
        await swapping;
    }

    [Fact]
    public async Task Without_certificates_it_serves_what_needs_none()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            o => o with { TlsListen = new(System.Net.IPAddress.Loopback, 0), Certificates = Path.Combine(_certificates.Folder, "not-there") });
        await server.LoadedAsync();
        Assert.EndsWith(RunningServer.Document, await server.GetAsync(), StringComparison.Ordinal);
        Assert.Equal(1, server.Log.Count(3012));
    }

    // Whoever asks for its health may send senders to it when it says "ready".
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_health_is_not_to_be_had_before_it_listens_for_senders(bool overTls)
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        // An address that nothing else on this machine takes a port of.
        using var probe = new TcpListener(System.Net.IPAddress.Parse("127.0.7.3"), 0);
        probe.Start();
        var health = (System.Net.IPEndPoint)probe.LocalEndpoint;
        probe.Stop();

        var senders = (System.Net.IPEndPoint)taken.LocalEndpoint;
        await using RunningServer server = RunningServer.NotStarted(
            o => overTls ? o with { HealthListen = health, TlsListen = senders } : o with { HealthListen = health, Listen = senders });

        await Assert.ThrowsAsync<IOException>(() => server.Host.StartAsync(CancellationToken.None));
        await Assert.ThrowsAsync<SocketException>(() => Raw.ConnectAsync(new Uri($"http://{health}")));
    }

    private async Task<RunningServer> StartAsync()
    {
        RunningServer server = await RunningServer.StartAsync(
            o => o with { TlsListen = new(System.Net.IPAddress.Loopback, 0), Certificates = _certificates.Folder });
        await server.LoadedAsync();
        await Eventually.TrueAsync(() => server.Host.Metrics.Certificates > 0);
        return server;
    }

    private void Write(params (string Name, string Text)[][] pairs) => _certificates.Write([.. pairs.SelectMany(p => p)]);

    private static async Task<(string Answer, X509Certificate2 Leaf, int Sent)> GetAsync(RunningServer server, string name)
    {
        using var deadline = new CancellationTokenSource(Raw.Deadline);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host.TlsAddress!.Host, server.Host.TlsAddress.Port, deadline.Token);
        int sent = 0;
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                // Which certificate it is, the test asks; nobody but this process trusts its issuer.
                RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                {
                    sent = chain!.ChainPolicy.ExtraStore.Count;
                    return leaf is not null;
                },
            },
            deadline.Token);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: {name.ToLowerInvariant()}\r\nConnection: close\r\n\r\n"), deadline.Token);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        string answer = await reader.ReadToEndAsync(deadline.Token);
        return (answer, X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData()), sent);
    }

    // A leaf and the authority above it, as one chain, and the leaf's key.
    private static (string Name, string Text)[] Pair(string domain, string issuer)
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(-1);
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest($"CN={issuer}", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = rootRequest.CreateSelfSigned(from, from.AddDays(2));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=mta-sts.{domain}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 leaf = request.Create(root, from, from.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return [($"{domain}.crt", $"{leaf.ExportCertificatePem()}\n{root.ExportCertificatePem()}\n"), ($"{domain}.key", key.ExportPkcs8PrivateKeyPem())];
    }
}
