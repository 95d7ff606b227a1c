using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using k8s;

namespace MtaSts.Kubernetes;

/// <summary>
/// Plain requests to the API server with the connection and the credentials of the official client. The typed calls of that client
/// read a list as a whole, so that one odd object hides all others, and they write times that older servers refuse; the runtime
/// therefore reads and writes JSON itself. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Requests use HTTP/1.1: a request that is given up closes its connection, so that the next one does not wait on the
/// same dead connection, as it would when everything shares one HTTP/2 connection.
/// </remarks>
public sealed class ApiClient
{
    /// <summary>How long one request may take when the caller does not say: 30 seconds.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private const int ErrorBodyBytesMax = 64 * 1024;
    private readonly k8s.Kubernetes _client;
    private readonly TimeProvider _time;

    /// <summary>Wraps an official client; does not own it.</summary>
    /// <param name="client">A <see cref="k8s.Kubernetes"/>.</param>
    /// <param name="time">The clock of the time-outs; the system's when null.</param>
    /// <exception cref="ArgumentException">The client is another implementation, which has no connection to share.</exception>
    public ApiClient(IKubernetes client, TimeProvider? time = null)
    {
        _client = client as k8s.Kubernetes
            ?? throw new ArgumentException("The client must be a k8s.Kubernetes.", nameof(client));
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The official client beneath.</summary>
    public IKubernetes Kubernetes => _client;

    /// <summary>GET.</summary>
    public Task<ApiReply> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, null, null, cancellationToken);

    /// <summary>One request and its whole answer.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Path and query below the server's root, without a leading slash.</param>
    /// <param name="body">What to send, or null.</param>
    /// <param name="mediaType">The type of the body; application/json when null.</param>
    /// <param name="timeout">The limit for the whole exchange; <see cref="DefaultTimeout"/> when null.</param>
    /// <param name="cancellationToken">The caller's; its cancellation is thrown, a time-out is not.</param>
    public async Task<ApiReply> SendAsync(
        HttpMethod method, string path, JsonNode? body, string? mediaType, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? DefaultTimeout;
        using var deadline = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = Request(method, path, body, mediaType);
            using var response = await OpenAsync(request, both.Token).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return Reply(response, bytes);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ApiReply(0, default, $"no answer within {limit.TotalSeconds:0.#} s", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new ApiReply(0, default, Innermost(e), null);
        }
    }

    /// <summary>Opens a response that goes on, as a watch does. An error answer is read and closed.</summary>
    /// <returns>The open response, which the caller disposes, or the error.</returns>
    internal async Task<(HttpResponseMessage? Stream, ApiReply? Error)> OpenStreamAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request(HttpMethod.Get, path, null, null);
            var response = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return (response, null);
            using (response)
            {
                var bytes = await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
                return (null, Reply(response, bytes));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, new ApiReply(0, default, Innermost(e), null));
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body, string? mediaType)
    {
        var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonText.Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType ?? "application/json");
        }
        return request;
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
    }

    private ApiReply Reply(HttpResponseMessage response, byte[] bytes)
    {
        var reply = new ApiReply((int)response.StatusCode, bytes, "", RetryAfter(response));
        return reply.IsSuccess ? reply : reply with { Message = ErrorText(reply, response) };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - _time.GetUtcNow());
        return wait is { } span && span > TimeSpan.Zero ? span : null;
    }

    private static string ErrorText(ApiReply reply, HttpResponseMessage response)
    {
        if (reply.Json() is JsonObject status && JsonText.TextOf(status["message"]) is { Length: > 0 } message)
            return message;
        var text = System.Text.Encoding.UTF8.GetString(reply.Body.Span[..Math.Min(reply.Body.Length, 512)]).Trim();
        return text.Length > 0
            ? text
            : response.ReasonPhrase ?? ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<byte[]> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[ErrorBodyBytesMax];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, false, cancellationToken).ConfigureAwait(false);
            return buffer[..length];
        }
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }
}
