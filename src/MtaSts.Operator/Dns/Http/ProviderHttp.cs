using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns.Http;

/// <summary>An answer in full, within its limit.</summary>
/// <param name="Status">The status code, of whatever class.</param>
/// <param name="MediaType">The Content-Type as it was sent, or null.</param>
/// <param name="Body">The whole body.</param>
/// <param name="RetryAfter">What Retry-After asks for, where it is there; from zero to an hour.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string? MediaType, byte[] Body, TimeSpan? RetryAfter);

/// <summary>
/// Calls of a provider's HTTP API: each has a deadline that also covers the body, a body has a limit, a redirect is not an answer, and every
/// failure but the caller's cancellation is a value.
/// </summary>
/// <param name="client">Its handler is one of <see cref="NewHandler"/>.</param>
/// <param name="server">The server, as messages show it.</param>
/// <param name="timeout">The time that one call may take.</param>
/// <param name="time">The clock of the deadlines.</param>
/// <param name="budget">The limit that requests are kept to, or null.</param>
internal sealed class ProviderHttp(HttpClient client, string server, TimeSpan timeout, TimeProvider time, RequestBudget? budget = null)
{
    private const int ShownCharsMax = 300;
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    public string Server => server;

    /// <summary>
    /// A handler fit for providers: it follows no redirect (which would carry the key elsewhere), keeps no cookies, inflates nothing, and connects to no address
    /// out of reach. With a limited reach it knows no proxy, which would connect on our behalf.
    /// </summary>
    public static SocketsHttpHandler NewHandler(Reach reach) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = reach == Reach.Anywhere,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // So that a moved server is found again.
        ConnectCallback = async (context, cancellationToken) =>
            new NetworkStream(await ProviderDial.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, reach, cancellationToken), ownsSocket: true),
    };

    /// <summary>Sends a request. The fault is of the transport alone; <c>IsLost</c>: it may have gone out, and no answer came.</summary>
    public async Task<(HttpAnswer? Answer, ProviderFault? Fault, bool IsLost)> SendAsync(
        HttpRequestMessage request, int bodyBytesMax, CancellationToken cancellationToken)
    {
        var waitMax = request.Method == HttpMethod.Get ? RequestBudget.NewWorkWaitMax : RequestBudget.BegunWorkWaitMax;
        if (budget is not null && await budget.TakeAsync(waitMax, cancellationToken) is { } later)
            return (null, ProviderFault.NoRoom(later, isTurn: true), false);

        var address = request.RequestUri;
        using var deadline = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.RequestMessage?.RequestUri != address)
                return (null, Redirected(response.RequestMessage?.RequestUri?.OriginalString), false);
            var body = await ReadAsync(response.Content, bodyBytesMax, both.Token);
            if (body is null)
                return (null, Unavailable($"sends more than {bodyBytesMax / 1024} KiB in answer to {request.Method} {address!.AbsolutePath}"), true);
            var mediaType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
            return (new HttpAnswer(response.StatusCode, mediaType, body, RetryAfterOf(response)), null, false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Unavailable(string.Create(CultureInfo.InvariantCulture, $"does not answer within {timeout.TotalSeconds:0.###} s")), true);
        }
        catch (HttpRequestException e) when (e.InnerException is OutOfReachException refused)
        {
            return (null, refused.Fault, false);
        }
        catch (HttpRequestException e)
        {
            var isNotSent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            return (null, Unavailable(isNotSent ? $"cannot be reached: {Excerpt.Plain(e.Message, ShownCharsMax)}" : "broke off before its answer was complete"), !isNotSent);
        }
        catch (IOException)
        {
            return (null, Unavailable("broke off before its answer was complete"), true);
        }
    }

    /// <summary>What every API means by a code: 429 is a rate limit, 5xx and 408 are an outage, 3xx leads elsewhere. Null for all others.</summary>
    public ProviderFault? OfStatus(HttpAnswer answer) => (int)answer.Status switch
    {
        429 => new(Reason.ProviderRateLimited, $"{server} asks us to slow down (429)", Transient: true, answer.RetryAfter),
        >= 500 or 408 => Unavailable($"fails with {(int)answer.Status}{Words(answer)}") with { RetryAfter = answer.RetryAfter },
        >= 300 and < 400 => Redirected(null),
        _ => null,
    };

    public ProviderFault Unavailable(string why) => new(Reason.ProviderUnavailable, $"{server} {why}", Transient: true);

    public ProviderFault Refused(string why) => new(Reason.ProviderRefused, $"{server} {why}", Transient: false);

    /// <summary>": " and the beginning of the body, fit to be shown; empty where there is none.</summary>
    public static string Words(HttpAnswer answer)
    {
        var text = System.Text.Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 4 * ShownCharsMax))).Trim();
        return text.Length == 0 ? "" : ": " + Excerpt.Plain(text, ShownCharsMax);
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, int bytesMax, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > bytesMax)
            return null;
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                if (body.Length + read > bytesMax)
                    return null;
                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - time.GetUtcNow());
        return wait is { } w ? TimeSpan.FromTicks(Math.Clamp(w.Ticks, 0, RetryAfterMax.Ticks)) : null;
    }

    private ProviderFault Redirected(string? to) =>
        Refused(to is null ? "answers with a redirect, which is not followed; give the address that it leads to" : $"redirects to {Excerpt.Of(to)}; give that address");
}
