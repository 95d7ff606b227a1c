using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A TSIG key (RFC 8945).</summary>
public sealed record TsigSpec
{
    /// <summary>The name of the key, as the server knows it.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax)]
    [JsonPropertyName("keyName")]
    public string KeyName { get; init; } = "";

    /// <summary>The algorithm.</summary>
    [Schema(Default = "\"hmac-sha256\"", OneOf = "hmac-sha256 hmac-sha384 hmac-sha512")]
    [JsonPropertyName("algorithm")]
    public string? Algorithm { get; init; }

    /// <summary>The Secret that holds the key in base64, as key files have it; in the operator's namespace.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("secretRef")]
    public SecretKeyReference SecretRef { get; init; } = new();
}
