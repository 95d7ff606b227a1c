using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Operator.Dns.Http;

/// <summary>The address of an HTTP API: http or https, with a host, without user, query or fragment.</summary>
internal static class ApiAddress
{
    /// <summary>What to write instead of one that is none.</summary>
    public const string Fix = "write http:// or https://, a host, and a port and a path where they are needed; no user, query or fragment";

    /// <summary>Reads one. A path in front of what is asked for is kept, and ends with a slash.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? address)
    {
        address = Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri is { Host.Length: > 0, UserInfo: "", Query: "", Fragment: "" } && !text.AsSpan().ContainsAny('?', '#', '@')
                ? uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/")
                : null;
        return address is not null;
    }
}
