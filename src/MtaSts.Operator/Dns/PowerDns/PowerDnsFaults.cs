using System.Net;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Http;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>What the API's codes mean to us, in words that say what to look at.</summary>
internal static class PowerDnsFaults
{
    private const int ShownCharsMax = 300;

    /// <summary>The fault of an answer that is not the one code that means success; null for success.</summary>
    /// <param name="http">The server.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="success">The code that means success.</param>
    /// <param name="notFound">What 404 means here.</param>
    public static ProviderFault? Of(ProviderHttp http, HttpAnswer answer, HttpStatusCode success, ProviderFault notFound) => answer.Status switch
    {
        var status when status == success => null,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(
            Reason.ProviderCredentialsRefused,
            $"{http.Server} does not accept the API key ({(int)answer.Status}); compare it with the server's api-key",
            Transient: false),
        HttpStatusCode.NotFound => notFound,
        _ => http.OfStatus(answer) ?? http.Refused($"refuses with {(int)answer.Status}{Words(answer)}"),
    };

    public static ProviderFault NoZone(ProviderHttp http, string zone) =>
        new(Reason.ZoneNotFound, $"{http.Server} has no zone {zone}", Transient: false);

    public static ProviderFault NoApi(ProviderHttp http, string serverId) =>
        http.Refused($"has no PowerDNS API for the server id {Excerpt.Of(serverId)} (404); look at the address, at api=yes and at the id");

    public static ProviderFault Conflict(object key) =>
        new(Reason.ProviderConflict, $"{key} is no longer as it was read", Transient: true);

    private static string Words(HttpAnswer answer) =>
        PowerDnsJson.Read<PowerDnsError>(answer.Body)?.Error is { Length: > 0 } error
            ? ": " + Excerpt.Plain(error, ShownCharsMax)
            : ProviderHttp.Words(answer);
}
