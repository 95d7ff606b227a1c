namespace MtaSts.Operator.Resources.Reading;

/// <summary>The keys and values of labels, as Kubernetes takes them.</summary>
internal static class LabelText
{
    private const int PartCharsMax = 63;

    /// <summary>True for a key: a name, with or without the prefix of a DNS name and a slash.</summary>
    public static bool IsKey(string key) => key.Split('/') switch
    {
        [var name] => IsPart(name),
        [var prefix, var name] => prefix.Length is > 0 and <= Schema.Patterns.NameCharsMax
            && prefix.Split('.').All(l => l.Length > 0 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            && IsPart(name),
        _ => false,
    };

    /// <summary>True for a value; it may be empty.</summary>
    public static bool IsValue(string? value) => value is not null && (value.Length == 0 || IsPart(value));

    private static bool IsPart(string text) => text.Length is > 0 and <= PartCharsMax
        && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
