using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>The calls of the API that we make.</summary>
internal sealed class PowerDnsApi(PowerDnsOptions options, HttpClient client, TimeProvider time)
{
    private const int BodyBytesMax = 1024 * 1024;
    private const int ZoneBytesMax = 64 * 1024 * 1024;
    private const int MajorWithIncludeDisabled = 5; // Before it, a set that is asked for by name comes without its disabled records.

    private readonly ProviderHttp _http = new(client, options.Server, options.Timeout, time, options.Budget);

    public ProviderHttp Http => _http;

    private string Server => $"api/v1/servers/{Uri.EscapeDataString(options.ServerId)}";

    /// <summary>The zone of exactly this name; a zone without name: there is none.</summary>
    public async Task<Outcome<PowerDnsZone>> FindZoneAsync(DnsName name, CancellationToken cancellationToken)
    {
        var path = $"{Server}/zones?zone={Uri.EscapeDataString(name + ".")}&dnssec=false";
        var (answer, fault, _) = await SendAsync(HttpMethod.Get, path, null, BodyBytesMax, cancellationToken);
        if (fault is not null)
            return new(null, fault);
        if (answer!.Status == HttpStatusCode.UnprocessableEntity)
            return new(new PowerDnsZone(null, null, null, null), null); // A name that no zone can have.
        fault = PowerDnsFaults.Of(_http, answer, HttpStatusCode.OK, PowerDnsFaults.NoApi(_http, options.ServerId));
        if (fault is not null)
            return new(null, fault);
        if (PowerDnsJson.Read<PowerDnsZone[]>(answer.Body) is not { } zones)
            return new(null, NotPowerDns());
        return new(zones.FirstOrDefault(z => IsNamed(z.Name, name) && z.Id is not null) ?? new PowerDnsZone(null, null, null, null), null);
    }

    /// <summary>The sets of one name that are served: without disabled records, and without what a wildcard stands in for.</summary>
    public async Task<Outcome<IReadOnlyList<PowerDnsSet>>> ReadNameAsync(PowerDnsZone zone, DnsName name, CancellationToken cancellationToken) =>
        await ReadAsync(zone, $"?rrset_name={Uri.EscapeDataString(name + ".")}", BodyBytesMax, cancellationToken);

    /// <summary>The sets of some names with all that is in them, as a PATCH has to write them.</summary>
    public async Task<Outcome<IReadOnlyList<PowerDnsSet>>> ReadWholeAsync(
        PowerDnsZone zone, IReadOnlyCollection<DnsName> names, CancellationToken cancellationToken)
    {
        var (answer, fault, _) = await SendAsync(HttpMethod.Get, Server, null, BodyBytesMax, cancellationToken);
        fault ??= PowerDnsFaults.Of(_http, answer!, HttpStatusCode.OK, PowerDnsFaults.NoApi(_http, options.ServerId));
        if (fault is not null)
            return new(null, fault);
        var hasIncludeDisabled = Version.TryParse(PowerDnsJson.Read<PowerDnsServer>(answer!.Body)?.Version?.Split('-')[0], out var version)
            && version.Major >= MajorWithIncludeDisabled;
        if (!hasIncludeDisabled)
            return await ReadAsync(zone, "", ZoneBytesMax, cancellationToken);

        var all = new List<PowerDnsSet>();
        foreach (var name in names)
        {
            var path = $"?rrset_name={Uri.EscapeDataString(name + ".")}&include_disabled=true";
            var read = await ReadAsync(zone, path, BodyBytesMax, cancellationToken);
            if (read.Value is not { } sets)
                return read;
            all.AddRange(sets);
        }

        return new(all, null);
    }

    /// <summary>Changes sets, all or none. <c>IsLost</c>: it may have been done, and no answer came.</summary>
    public async Task<(ProviderFault? Fault, bool IsLost)> PatchAsync(PowerDnsZone zone, PowerDnsPatch patch, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(patch, PowerDnsJson.Options);
        var (answer, fault, isLost) = await SendAsync(HttpMethod.Patch, ZonePath(zone), body, BodyBytesMax, cancellationToken);
        return fault is not null
            ? (fault, isLost)
            : (PowerDnsFaults.Of(_http, answer!, HttpStatusCode.NoContent, PowerDnsFaults.NoZone(_http, zone.Name!)), (int)answer!.Status >= 500);
    }

    /// <summary>True when the API's name, with its final dot, is ours.</summary>
    public static bool IsNamed(string? text, DnsName name) => text is not null && DnsName.TryParse(text, out var parsed) && parsed.Equals(name);

    private async Task<Outcome<IReadOnlyList<PowerDnsSet>>> ReadAsync(
        PowerDnsZone zone, string query, int bytesMax, CancellationToken cancellationToken)
    {
        var (answer, fault, _) = await SendAsync(HttpMethod.Get, ZonePath(zone) + query, null, bytesMax, cancellationToken);
        fault ??= PowerDnsFaults.Of(_http, answer!, HttpStatusCode.OK, PowerDnsFaults.NoZone(_http, zone.Name!));
        if (fault is not null)
            return new(null, fault);
        return PowerDnsJson.Read<PowerDnsZone>(answer!.Body)?.Rrsets is { } sets ? new(sets, null) : new(null, NotPowerDns());
    }

    private string ZonePath(PowerDnsZone zone) => $"{Server}/zones/{Uri.EscapeDataString(zone.Id!)}";

    private ProviderFault NotPowerDns() => _http.Unavailable("answers with something else than PowerDNS does; look at what is in between");

    private async Task<(HttpAnswer? Answer, ProviderFault? Fault, bool IsLost)> SendAsync(
        HttpMethod method, string path, byte[]? body, int bytesMax, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Address, path));
        request.Headers.Add("X-API-Key", options.Key.Text);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await _http.SendAsync(request, bytesMax, cancellationToken);
    }
}
