using System.Buffers;
using MtaSts.Core.Mail;

namespace MtaSts.Core.TlsRpt;

/// <summary>What a URI is to a TLSRPT record.</summary>
internal enum ReportUriKind
{
    /// <summary>A <c>mailto:</c> or <c>https:</c> URI that reports can go to.</summary>
    Usable,

    /// <summary>A URI of another scheme; rfc8460#3 knows mailto and https.</summary>
    OtherScheme,

    /// <summary>A URI of a scheme that is known, without an address or host that reports could go to.</summary>
    Unusable,

    /// <summary>No URI by the grammar of rfc3986 and rfc8460#3.</summary>
    NoUri,
}

/// <summary>Judges the URIs of a <c>rua</c> (rfc8460#3, <c>tlsrpt-uri</c>).</summary>
internal static class ReportUri
{
    private static readonly SearchValues<char> NoneOfLocalPart = SearchValues.Create("@:/()[]");

    /// <summary>What the text is; for all but <see cref="ReportUriKind.Usable"/> <paramref name="problem"/> says why.</summary>
    public static ReportUriKind Judge(string text, out string problem)
    {
        problem = SyntaxProblem(text) is { } wrong ? $"{Excerpt.Of(text)} {wrong}" : "";
        if (problem.Length > 0)
        {
            return ReportUriKind.NoUri;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var rest = text[(colon + 1)..];
        switch (text[..colon].ToLowerInvariant()) // rfc3986#3.1: schemes are case-insensitive
        {
            case "mailto":
                problem = MailtoProblem(rest) is { } noAddress ? $"{Excerpt.Of(text)} {noAddress}" : "";
                break;
            case "https":
                problem = HttpsProblem(rest) is { } noHost ? $"{Excerpt.Of(text)} {noHost}" : "";
                break;
            default:
                problem = $"{Excerpt.Of(text)} is neither mailto: nor https:";
                return ReportUriKind.OtherScheme;
        }

        return problem.Length == 0 ? ReportUriKind.Usable : ReportUriKind.Unusable;
    }

    /// <summary>The URI with the three characters percent-encoded that a record may not hold in it (rfc8460#3).</summary>
    public static string Escape(string uri) =>
        uri.Replace("!", "%21", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);

    private static string? SyntaxProblem(string text)
    {
        // rfc3986#3.1: scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !char.IsAsciiLetter(text[0]) || !text.AsSpan(0, colon).ToArray().All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
        {
            return "is no URI: it does not begin with a scheme and a colon";
        }

        for (var i = colon + 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '!' or ',' or ';':
                    return $"has a \"{text[i]}\", which is to be written {Escape(text[i].ToString())}";
                case '%' when i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]):
                    return "has a \"%\" without two hexadecimal digits after it";
                case '#' when text.IndexOf('#', StringComparison.Ordinal) < i:
                    return "has more than one \"#\"";
                case '[' or ']' when !InIpLiteral(text, colon, i):
                    return $"has a \"{text[i]}\" that belongs to no IPv6 address";
                case var c when !char.IsAsciiLetterOrDigit(c) && !"%-._~:/?#[]@$&'()*+=".Contains(c, StringComparison.Ordinal):
                    return $"has the character {Excerpt.Of(c.ToString())}, which no URI has unencoded";
            }
        }

        return null;
    }

    // rfc3986#3.2.2: brackets stand around an IP literal in the authority and nowhere else.
    private static bool InIpLiteral(string text, int colon, int at)
    {
        var rest = text.AsSpan(colon + 1);
        if (!rest.StartsWith("//"))
        {
            return false;
        }

        var authority = Authority(rest);
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var hostStart = colon + 1 + 2 + authority.Length - host.Length;
        var close = host.IndexOf(']');
        return host.StartsWith('[') && close > 0 && (at == hostStart || at == hostStart + close);
    }

    private static ReadOnlySpan<char> Authority(ReadOnlySpan<char> afterScheme)
    {
        var authority = afterScheme[2..];
        var end = authority.IndexOfAny('/', '?', '#');
        return end < 0 ? authority : authority[..end];
    }

    // rfc6068#2: "mailto:" addr-spec. A query (subject and the like) may follow.
    private static string? MailtoProblem(string rest)
    {
        var end = rest.AsSpan().IndexOfAny('?', '#');
        var address = end < 0 ? rest : rest[..end];
        var at = address.LastIndexOf('@');
        var local = at < 0 ? "" : address[..at];
        if (local.Length == 0)
        {
            return "names no mailbox; write mailto:local-part@domain";
        }

        // rfc5322#3.2.3: a dot-atom; what else a local part may hold is percent-encoded here.
        if (local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal) || local.AsSpan().ContainsAny(NoneOfLocalPart))
        {
            return $"has the local part {Excerpt.Of(local)}, which is none";
        }

        return HostName.TryNormaliseAny(address[(at + 1)..], out _, out var problem) ? null : $"has no usable domain: {problem}";
    }

    private static string? HttpsProblem(string rest)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return "names no host; write https://host/path";
        }

        var authority = Authority(rest).ToString();
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var portAt = host.StartsWith('[') ? host.IndexOf("]:", StringComparison.Ordinal) + 1 : host.IndexOf(':', StringComparison.Ordinal);
        if (portAt > 0)
        {
            var port = host[(portAt + 1)..];
            host = host[..portAt];
            if (port.Length > 0 && (port.Length > 5 || !port.All(char.IsAsciiDigit) || int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) is 0 or > 65535))
            {
                return $"has the port {Excerpt.Of(port)}, which is not 1 to 65535";
            }
        }

        var isAddress = host.StartsWith('[')
            ? host.EndsWith(']') && System.Net.IPAddress.TryParse(host[1..^1], out _)
            : System.Net.IPAddress.TryParse(host, out _) && host.Count(c => c == '.') == 3;
        return isAddress || HostName.TryNormaliseAny(host, out _, out var problem) ? null : $"has no usable host: {problem}";
    }
}
