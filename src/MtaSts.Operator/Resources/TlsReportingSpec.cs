using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Where senders report on TLS (RFC 8460).</summary>
public sealed record TlsReportingSpec
{
    /// <summary>Addresses that take the reports: mailto: and https: URIs.</summary>
    [Schema(Required = true, ItemsMin = 1, ItemsMax = 8, IsSet = true, CharsMax = Patterns.ReportUriCharsMax, Pattern = Patterns.ReportUri)]
    [JsonPropertyName("rua")]
    public IReadOnlyList<string> Rua { get; init; } = [];
}
