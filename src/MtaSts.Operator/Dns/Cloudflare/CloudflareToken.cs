using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>An API token of Cloudflare (not the global key). It never shows itself.</summary>
public sealed class CloudflareToken
{
    private const int CharsMax = 512;

    private readonly string _value;

    private CloudflareToken(string value)
    {
        _value = value;
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(value)));
    }

    /// <summary>A digest that tells two tokens apart: 64 lower-case hexadecimal digits.</summary>
    internal string Id { get; }

    /// <summary>Reads a token; blanks and newlines around it are dropped. On failure <paramref name="problem"/> says what is wrong and shows nothing of it.</summary>
    public static bool TryCreate(string? text, [NotNullWhen(true)] out CloudflareToken? token, out string problem)
    {
        token = null;
        var value = text?.Trim() ?? "";
        problem = value switch
        {
            "" => "the API token is empty",
            { Length: > CharsMax } => $"the API token has more than {CharsMax} characters",
            // rfc6750#2.1: nothing else may stand in the header.
            _ when !value.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal)) =>
                "the API token has a character that no token has; give the token alone, without \"Bearer\" and without quotes",
            _ => "",
        };
        if (problem.Length == 0)
            token = new CloudflareToken(value);
        return token is not null;
    }

    /// <summary>The header's value.</summary>
    internal string ToHeader() => "Bearer " + _value;

    /// <summary>A text with the token taken out, should a server have echoed it.</summary>
    internal string Redact(string text) => text.Replace(_value, "(token)", StringComparison.Ordinal);

    /// <summary>Never the token.</summary>
    public override string ToString() => "an API token";
}
