using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>What every answer of the API is wrapped in.</summary>
internal sealed record Envelope<T>(
    bool Success, ImmutableArray<ApiError>? Errors = null, T? Result = default, ResultInfo? ResultInfo = null);

/// <summary>One of the reasons of a refusal; a chain says more.</summary>
internal sealed record ApiError(int Code, string? Message = null, ImmutableArray<ApiError>? ErrorChain = null);

/// <summary>Where in a list a page stands.</summary>
internal sealed record ResultInfo(int Page, int TotalPages = 1);

/// <summary>A zone as the token sees it.</summary>
internal sealed record ZoneEntry(string Id, string Name, string? Status = null);

/// <summary>A record. TXT content is in presentation form; names are in A-labels and without the final dot.</summary>
internal sealed record DnsEntry(string Id, string Name, string Type, string? Content = null, long Ttl = 1, bool? Proxied = null);

/// <summary>A record to make, or to change where there is an id. What is null is not sent, and stays as it is.</summary>
internal sealed record DnsWrite(string? Id, string? Name, string? Type, string Content, long Ttl, bool Proxied, string Comment);

/// <summary>A record to delete.</summary>
internal sealed record DnsDelete(string Id);

/// <summary>Changes that happen together or not at all, in this order.</summary>
internal sealed record DnsBatch(
    ImmutableArray<DnsDelete>? Deletes, ImmutableArray<DnsWrite>? Patches, ImmutableArray<DnsWrite>? Posts)
{
    public bool IsEmpty => Deletes is null && Patches is null && Posts is null;
}

/// <summary>The answer to a batch; which records came of it is read, not believed.</summary>
internal sealed record BatchResult;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Envelope<ZoneEntry[]>))]
[JsonSerializable(typeof(Envelope<DnsEntry[]>))]
[JsonSerializable(typeof(Envelope<BatchResult>))]
[JsonSerializable(typeof(DnsBatch))]
internal sealed partial class CloudflareJson : JsonSerializerContext;
