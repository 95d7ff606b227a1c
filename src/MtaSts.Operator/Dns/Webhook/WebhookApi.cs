using System.Net;
using System.Text.Json;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Http;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>The four calls of the protocol.</summary>
internal sealed class WebhookApi(WebhookOptions options, HttpClient client, TimeProvider time)
{
    /// <summary>Sent and wanted letter by letter, as external-dns compares it.</summary>
    public const string MediaType = "application/external.dns.webhook+json;version=1";

    private const int BodyBytesMax = 1024 * 1024;
    private const int RecordsBytesMax = 64 * 1024 * 1024;

    private readonly ProviderHttp _http = new(client, options.Server, options.Timeout, time, options.Budget);

    public ProviderHttp Http => _http;

    public async Task<Outcome<WebhookDomainFilter>> FilterAsync(CancellationToken cancellationToken)
    {
        var (answer, fault, _) = await SendAsync(HttpMethod.Get, "", null, HttpStatusCode.OK, BodyBytesMax, cancellationToken);
        if (fault is not null)
            return new(null, fault);
        return WebhookDomainFilter.TryRead(answer!.Body, out var filter, out var problem)
            ? new(filter, null)
            : new(null, _http.Refused($"has a domain filter that is not understood: {problem}"));
    }

    public async Task<Outcome<WebhookRecords>> RecordsAsync(CancellationToken cancellationToken)
    {
        var (answer, fault, _) = await SendAsync(HttpMethod.Get, "records", null, HttpStatusCode.OK, RecordsBytesMax, cancellationToken);
        if (fault is not null)
            return new(null, fault);
        return Endpoints(answer!) is { } endpoints ? new(new WebhookRecords(endpoints), null) : new(null, NotTheProtocol("records"));
    }

    /// <summary>What the webhook would make of the endpoints.</summary>
    public async Task<Outcome<IReadOnlyList<WebhookEndpoint?>>> AdjustAsync(IReadOnlyList<WebhookEndpoint> wanted, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(wanted, WebhookJson.Options);
        var (answer, fault, _) = await SendAsync(HttpMethod.Post, "adjustendpoints", body, HttpStatusCode.OK, BodyBytesMax, cancellationToken);
        if (fault is not null)
            return new(null, fault);
        return Endpoints(answer!) is { } endpoints ? new(endpoints, null) : new(null, NotTheProtocol("adjusted endpoints"));
    }

    /// <summary>Writes. <c>IsLost</c>: it may have been done, in whole or in part.</summary>
    public async Task<(ProviderFault? Fault, bool IsLost)> WriteAsync(WebhookChanges changes, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(changes, WebhookJson.Options);
        var (_, fault, isLost) = await SendAsync(HttpMethod.Post, "records", body, HttpStatusCode.NoContent, BodyBytesMax, cancellationToken);
        return (fault, isLost);
    }

    private static WebhookEndpoint?[]? Endpoints(HttpAnswer answer)
    {
        try
        {
            return JsonSerializer.Deserialize<WebhookEndpoint?[]>(answer.Body, WebhookJson.Options) ?? []; // Go writes an empty list as null.
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ProviderFault NotTheProtocol(string what) => _http.Unavailable($"sends {what} that are no list of endpoints");

    private async Task<(HttpAnswer? Answer, ProviderFault? Fault, bool IsLost)> SendAsync(
        HttpMethod method, string path, byte[]? body, HttpStatusCode success, int bytesMax, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Address, path));
        // Without validation: the typed headers would put a blank behind the semicolon.
        request.Headers.TryAddWithoutValidation("Accept", MediaType);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", MediaType);
        }

        var (answer, fault, isLost) = await _http.SendAsync(request, bytesMax, cancellationToken);
        if (answer is null)
            return (null, fault, isLost);
        fault = OfStatus(answer, success, $"{method} /{path}");
        if (fault is null && success == HttpStatusCode.OK && answer.MediaType != MediaType)
            fault = _http.Refused($"answers with the media type {Excerpt.Of(answer.MediaType ?? "")} and not with {MediaType}; look at its version");
        return (answer, fault, fault is not null && (int)answer.Status is >= 500 or < 300);
    }

    // The protocol calls every 4xx final. 429 and 408 are not: with them the very same call succeeds later.
    private ProviderFault? OfStatus(HttpAnswer answer, HttpStatusCode success, string call) => answer.Status switch
    {
        var status when status == success => null,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(
            Reason.ProviderCredentialsRefused,
            $"{_http.Server} does not let us in ({(int)answer.Status} to {call}); see its log for whose credentials it means",
            Transient: false),
        _ => _http.OfStatus(answer) ?? _http.Refused($"answers {call} with {(int)answer.Status} and not with {(int)success}{ProviderHttp.Words(answer)}"),
    };
}
