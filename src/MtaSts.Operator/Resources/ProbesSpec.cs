using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How domains are observed.</summary>
public sealed record ProbesSpec
{
    /// <summary>
    /// Private and special networks that probes may connect to, in CIDR notation. Default: none, so that a manifest cannot make the operator
    /// knock at inner doors.
    /// </summary>
    [Schema(ItemsMax = 64, IsSet = true, CharsMin = 3, CharsMax = 64, Pattern = Patterns.Network)]
    [JsonPropertyName("allowedAddresses")]
    public IReadOnlyList<string>? AllowedAddresses { get; init; }
}
