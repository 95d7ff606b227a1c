using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>A key of the HTTP API. It never shows itself.</summary>
public sealed class PowerDnsKey
{
    private const int CharsMax = 1024;

    private PowerDnsKey(string text) => Text = text;

    internal string Text { get; }

    /// <summary>Reads a key as a Secret holds it; white space at its end is taken off. On failure <paramref name="problem"/> says what is wrong, without the key.</summary>
    public static bool TryCreate(string? text, [NotNullWhen(true)] out PowerDnsKey? key, out string problem)
    {
        var trimmed = text?.TrimEnd() ?? "";
        var isValid = trimmed.Length is > 0 and <= CharsMax && trimmed.All(c => c is > ' ' and <= '~');
        key = isValid ? new PowerDnsKey(trimmed) : null;
        problem = isValid ? "" : $"apiKeySecretRef: the key is not 1 to {CharsMax} printable ASCII characters without blanks";
        return isValid;
    }

    /// <summary>A placeholder.</summary>
    public override string ToString() => "(key)";
}
