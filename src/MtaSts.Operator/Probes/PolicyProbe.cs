using System.Collections.Immutable;
using System.Net;
using DnsClient;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Fetches a domain's policy as a sender does (rfc8461#3.3), at each address of the policy host.</summary>
internal sealed class PolicyProbe(ProbeOptions options, DnsProbe dns, TlsClient tls) : IDisposable
{
    private const int BodyBytesMax = 64 * 1024; // rfc8461#3.3
    private const int HeaderKibibytesMax = 16;

    private readonly SemaphoreSlim _turns = new(Math.Max(1, options.MaxParallel));

    /// <summary>Looks the policy host up and fetches from each of its addresses, at most 8.</summary>
    public async Task<PolicyView> ObserveAsync(MailDomain domain, ImmutableArray<IPNetwork> allowed, CancellationToken cancellationToken)
    {
        var host = domain.PolicyHost;
        var replies = await Task.WhenAll(
            dns.AskResolversAsync(host, QueryType.A, cancellationToken), dns.AskResolversAsync(host, QueryType.AAAA, cancellationToken));
        ImmutableArray<DnsReply> addresses = [.. replies.SelectMany(r => r)];
        var fetches = await Task.WhenAll(HostAddresses.Of(addresses).Select(a => FetchAsync(host, a, allowed, cancellationToken)));
        return new PolicyView(host, addresses, [.. fetches]);
    }

    /// <summary>Fetches from one address. Ends within the deadline, with an outcome.</summary>
    public async Task<PolicyFetch> FetchAsync(string host, IPAddress address, ImmutableArray<IPNetwork> allowed, CancellationToken cancellationToken)
    {
        var none = new PolicyFetch(host, address.ToString(), FetchStatus.AddressRefused);
        if (!AddressGuard.Allows(address, allowed))
        {
            return none;
        }

        if (!Route.Exists(address))
        {
            return none with { Status = FetchStatus.NoRoute };
        }

        await _turns.WaitAsync(cancellationToken);
        var progress = new Progress();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.HttpsDeadline);
        try
        {
            return await FetchAsync(none, address, progress, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return none with { Status = FetchStatus.TimedOut, Certificate = progress.Certificate, Detail = progress.Step };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return none with { Status = FetchStatus.Malformed, Certificate = progress.Certificate, Detail = Detail.Of(e) };
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task<PolicyFetch> FetchAsync(PolicyFetch none, IPAddress address, Progress progress, CancellationToken cancellationToken)
    {
        progress.Step = "while connecting";
        var (transport, error) = await TcpDial.ConnectAsync(address, options.HttpsPort, cancellationToken);
        if (transport is null)
        {
            return none with { Status = error == System.Net.Sockets.SocketError.TimedOut ? FetchStatus.TimedOut : FetchStatus.Unreachable, Detail = error.ToString() };
        }

        progress.Step = "in the TLS handshake";
        var session = await tls.HandshakeAsync(transport, none.Host, cancellationToken);
        progress.Certificate = session.Certificate;
        if (session.Stream is null)
        {
            return none with { Status = FetchStatus.TlsFailed, Certificate = session.Certificate, Detail = session.Problem };
        }

        await using var stream = session.Stream;
        if (session.Certificate is not { Chain: ChainStatus.Trusted, NameMatches: true })
        {
            return none with { Status = FetchStatus.CertificateRejected, Certificate = session.Certificate };
        }

        progress.Step = "waiting for the response";
        return await GetAsync(none with { Certificate = session.Certificate }, stream, progress, cancellationToken);
    }

    private static async Task<PolicyFetch> GetAsync(PolicyFetch fetch, Stream stream, Progress progress, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // rfc8461#3.3: HTTP 3xx redirects MUST NOT be followed
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MeterFactory = UnreadMeters.Instance,
            MaxResponseHeadersLength = HeaderKibibytesMax,
            MaxResponseDrainSize = 0,

            // The stream is connected and encrypted already; hence "http" below. Host and path are what a sender sends.
            ConnectCallback = (_, _) => ValueTask.FromResult(stream),
        };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{fetch.Host}/.well-known/mta-sts.txt")
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "mtasts");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? string.Join(", ", values) : null;
        fetch = fetch with { Status = FetchStatus.Responded, HttpStatus = (int)response.StatusCode, ContentType = type };

        progress.Step = "reading the body";
        var buffer = new byte[BodyBytesMax + 1];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > BodyBytesMax ? fetch with { Status = FetchStatus.TooLarge } : fetch with { Body = buffer.AsMemory(0, length).ToArray() };
    }

    /// <summary>How far a fetch came, for what a time-out says.</summary>
    private sealed class Progress
    {
        public string? Step { get; set; }

        public CertificateFacts? Certificate { get; set; }
    }
}
