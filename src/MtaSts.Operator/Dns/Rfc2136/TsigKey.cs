using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>The algorithm of a TSIG key.</summary>
public enum TsigAlgorithm
{
    /// <summary>hmac-sha256</summary>
    HmacSha256,

    /// <summary>hmac-sha384</summary>
    HmacSha384,

    /// <summary>hmac-sha512</summary>
    HmacSha512,
}

/// <summary>A key that client and server share (rfc8945). Its text never shows the secret.</summary>
public sealed class TsigKey
{
    private readonly byte[] _secret;

    private TsigKey(DnsName name, TsigAlgorithm algorithm, byte[] secret) => (Name, Algorithm, _secret) = (name, algorithm, secret);

    /// <summary>The algorithm.</summary>
    public TsigAlgorithm Algorithm { get; }

    internal DnsName Name { get; }

    // rfc8945#6: the names of the algorithms on the wire.
    internal DnsName AlgorithmName => DnsName.Parse(Algorithm switch
    {
        TsigAlgorithm.HmacSha256 => "hmac-sha256",
        TsigAlgorithm.HmacSha384 => "hmac-sha384",
        _ => "hmac-sha512",
    });

    /// <summary>Reads a key. On failure <paramref name="problem"/> names the field and never shows the secret.</summary>
    /// <param name="name">The key's name as the server knows it.</param>
    /// <param name="algorithm">hmac-sha256, hmac-sha384 or hmac-sha512; case does not count.</param>
    /// <param name="secret">Base64; blanks around it do not count, since Secrets often end in a newline.</param>
    /// <param name="key">The key.</param>
    /// <param name="problem">What is wrong.</param>
    public static bool TryCreate(string? name, string? algorithm, string? secret, [NotNullWhen(true)] out TsigKey? key, out string problem)
    {
        key = null;
        if (string.IsNullOrEmpty(name) || !DnsName.TryParse(name, out var keyName))
        {
            problem = $"tsigKeyName: \"{name}\" is not a DNS name";
            return false;
        }

        TsigAlgorithm? kind = algorithm?.TrimEnd('.').ToLowerInvariant() switch
        {
            "hmac-sha256" => TsigAlgorithm.HmacSha256,
            "hmac-sha384" => TsigAlgorithm.HmacSha384,
            "hmac-sha512" => TsigAlgorithm.HmacSha512,
            _ => null,
        };
        if (kind is null)
        {
            problem = $"tsigAlgorithm: \"{algorithm}\" is not hmac-sha256, hmac-sha384 or hmac-sha512";
            return false;
        }

        var text = secret?.Trim() ?? "";
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length == 0)
        {
            problem = text.Length == 0 ? "tsigSecretRef: the secret is empty" : "tsigSecretRef: the secret is not base64";
            return false;
        }

        key = new TsigKey(keyName, kind.Value, bytes[..length]);
        problem = "";
        return true;
    }

    /// <summary>Name and algorithm.</summary>
    public override string ToString() => $"{Name} ({AlgorithmName})";

    internal byte[] Mac(ReadOnlySpan<byte> data) => Algorithm switch
    {
        TsigAlgorithm.HmacSha256 => HMACSHA256.HashData(_secret, data),
        TsigAlgorithm.HmacSha384 => HMACSHA384.HashData(_secret, data),
        _ => HMACSHA512.HashData(_secret, data),
    };
}
