using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes;

/// <summary>What the API server answered, or that it did not. An error answer is a value, not an exception.</summary>
/// <param name="Code">The HTTP status; 0 when no answer came (refused, reset, timed out).</param>
/// <param name="Body">The bytes of the body; empty when there was none.</param>
/// <param name="Message">What went wrong, for people; "" on success.</param>
/// <param name="RetryAfter">How long the server asks to wait before the next try, if it says so.</param>
public sealed record ApiReply(int Code, ReadOnlyMemory<byte> Body, string Message, TimeSpan? RetryAfter)
{
    /// <summary>A 2xx answer.</summary>
    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>No answer, 408, 429 or 5xx: the same request may succeed later.</summary>
    public bool IsTransient => Code is 0 or (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or >= 500;

    /// <summary>
    /// A 404 that speaks of the resource type rather than of an object or of its namespace: this server does not have the API.
    /// An unknown path is answered in plain text; a missing object by a Status that names it.
    /// </summary>
    public bool IsApiMissing => Code == 404 && StatusDetail("name") is null;

    /// <summary>The body as JSON; null when it is empty or no JSON.</summary>
    public JsonNode? Json()
    {
        if (Body.IsEmpty)
            return null;
        try
        {
            return JsonNode.Parse(Body.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text of a failure with its code, for logs and status.</summary>
    public override string ToString() => Code == 0 ? Message : $"{Code} {Message}".TrimEnd();

    private string? StatusDetail(string field) =>
        Json() is JsonObject body && body["details"] is JsonObject details ? JsonText.TextOf(details[field]) : null;
}
