using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using MtaSts.Core.Mail;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Webhook;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads where a provider writes.</summary>
internal static class BackendReader
{
    private const int DnsPort = 53;
    private const string SecretKeyDefault = "secret";

    private static readonly TimeSpan DnsTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ApiTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeoutMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(1);

    /// <summary>The one place that the spec names; null with a problem where it names none or several.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="isNamespaced">True for a DnsProvider, which may say less than a cluster's.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static DnsBackend? Read(DnsProviderSpec spec, bool isNamespaced, Problems problems)
    {
        DnsBackend?[] named =
        [
            spec.Rfc2136 is { } rfc2136 ? Read(rfc2136, problems) : null,
            spec.Cloudflare is { } cloudflare ? Read(cloudflare, problems) : null,
            spec.PowerDns is { } powerDns ? Read(powerDns, problems) : null,
            spec.ExternalDnsWebhook is { } webhook ? Read(webhook, problems) : null,
            spec.ExternalDnsEndpoint is { } endpoint ? Read(endpoint, spec.Zones, problems) : null,
            spec.Manual is not null ? new DnsBackend.Manual() : null,
        ];
        DnsBackend[] found = [.. named.OfType<DnsBackend>()];
        if (found.Length != 1)
        {
            problems.Add(
                "spec",
                found.Length == 0 ? "does not say where records are written" : $"names {string.Join(" and ", found.Select(f => f.Field))}",
                "name exactly one of rfc2136, cloudflare, powerDns, externalDnsWebhook, externalDnsEndpoint and manual");
            return null;
        }

        // What a team may not create itself the operator does not create for it.
        if (isNamespaced && !DnsBackend.OfNamespaces.Contains(found[0].Field))
        {
            problems.Add($"spec.{found[0].Field}", "is set", $"only a ClusterDnsProvider can have it; name one of {string.Join(", ", DnsBackend.OfNamespaces)}");
        }

        // Its token goes to Cloudflare and to nobody else; who stands in for Cloudflare is the platform's business.
        if (isNamespaced && found[0] is DnsBackend.Cloudflare { Url: not null })
        {
            problems.Add("spec.cloudflare.url", "is set", "remove it; only a ClusterDnsProvider can name another address than Cloudflare's own");
        }

        return found[0];
    }

    private static DnsBackend.Rfc2136 Read(Rfc2136Spec spec, Problems problems)
    {
        var (host, port) = Server("spec.rfc2136.server", spec.Server ?? "", problems);
        var tsig = Tsig("spec.rfc2136.tsig", spec.Tsig, problems);
        return new DnsBackend.Rfc2136(host, port, Timeout("spec.rfc2136", spec.Timeout, DnsTimeout, problems), tsig);
    }

    private static DnsBackend.Cloudflare Read(CloudflareSpec spec, Problems problems)
    {
        var url = spec.Url is { } text ? Url("spec.cloudflare.url", text, problems) : null;
        if (url is { Scheme: "http", IsLoopback: false })
        {
            problems.Add("spec.cloudflare.url", $"is {Problems.Show(spec.Url)}, which sends the token in the clear", "write https://, or http:// to this machine itself");
        }

        return new DnsBackend.Cloudflare(
            url, Secret("spec.cloudflare.tokenSecretRef", spec.TokenSecretRef, problems), Timeout("spec.cloudflare", spec.Timeout, ApiTimeout, problems));
    }

    private static DnsBackend.PowerDns Read(PowerDnsSpec spec, Problems problems)
    {
        var server = spec.Server ?? "localhost";
        if (server.Length is 0 or > Schema.Patterns.LabelCharsMax || !server.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') || server is "." or "..")
        {
            problems.Add("spec.powerDns.server", $"is {Problems.Show(server)}", "write the server as the API's paths name it; localhost nearly always");
        }

        return new DnsBackend.PowerDns(
            Url("spec.powerDns.url", spec.Url, problems),
            server,
            Secret("spec.powerDns.apiKeySecretRef", spec.ApiKeySecretRef, problems),
            Timeout("spec.powerDns", spec.Timeout, ApiTimeout, problems));
    }

    private static DnsBackend.Webhook Read(ExternalDnsWebhookSpec spec, Problems problems) => new(
        Url("spec.externalDnsWebhook.url", spec.Url, problems),
        Timeout("spec.externalDnsWebhook", spec.Timeout, WebhookTimeout, problems),
        problems.OneOf(
            "spec.externalDnsWebhook.txtForm", spec.TxtForm, WebhookTxtForm.Auto,
            ("Auto", WebhookTxtForm.Auto), ("Quoted", WebhookTxtForm.Quoted), ("Plain", WebhookTxtForm.Plain)));

    private static DnsBackend.Endpoint Read(ExternalDnsEndpointSpec spec, IReadOnlyList<string>? zones, Problems problems)
    {
        if (zones is not { Count: > 0 })
        {
            problems.Add("spec.zones", "is empty, and with externalDnsEndpoint nobody can be asked where a zone begins", "list the zones that external-dns writes to");
        }

        if (spec.Namespace is not null)
        {
            problems.ObjectName("spec.externalDnsEndpoint.namespace", spec.Namespace, dots: false, Schema.Patterns.LabelCharsMax);
        }

        var labels = spec.Labels ?? ImmutableDictionary<string, string>.Empty;
        foreach (var (key, _) in labels.Where(l => !LabelText.IsKey(l.Key) || !LabelText.IsValue(l.Value)))
        {
            problems.Add($"spec.externalDnsEndpoint.labels[{Problems.Show(key)}]", "is no label", "write a key and a value as Kubernetes has them");
        }

        return new DnsBackend.Endpoint(
            spec.Namespace,
            labels.ToImmutableSortedDictionary(StringComparer.Ordinal),
            problems.OneOf("spec.externalDnsEndpoint.txtForm", spec.TxtForm, WebhookTxtForm.Quoted, ("Quoted", WebhookTxtForm.Quoted), ("Plain", WebhookTxtForm.Plain)),
            problems.Networks("spec.externalDnsEndpoint.allowedAddresses", spec.AllowedAddresses ?? []));
    }

    private static TimeSpan Timeout(string path, string? value, TimeSpan absent, Problems problems) =>
        problems.Duration($"{path}.timeout", value, absent, TimeoutMin, TimeoutMax);

    private static SecretEntry Secret(string path, SecretKeyReference? reference, Problems problems)
    {
        problems.ObjectName($"{path}.name", reference?.Name, dots: true, Schema.Patterns.NameCharsMax);
        return new SecretEntry(reference?.Name ?? "", reference?.Key ?? SecretKeyDefault);
    }

    // Whoever writes a name and a password into it would have them in logs and statuses.
    private static Uri Url(string path, string? value, Problems problems)
    {
        if (ApiAddress.TryParse(value, out var url))
        {
            return url;
        }

        problems.Add(path, string.IsNullOrEmpty(value) ? "is empty" : $"is {Problems.Show(value)}", ApiAddress.Fix);
        return new Uri("https://invalid."); // not used: the resource is refused
    }

    private static TsigSettings? Tsig(string path, TsigSpec? spec, Problems problems)
    {
        if (spec is null)
        {
            return null;
        }

        var keyName = spec.KeyName?.TrimEnd('.').ToLowerInvariant() ?? "";
        if (keyName.Length is 0 or > Schema.Patterns.NameCharsMax || keyName.Split('.').Any(l => l.Length is 0 or > Schema.Patterns.LabelCharsMax)
            || keyName.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
        {
            problems.Add($"{path}.keyName", $"is {Problems.Show(spec.KeyName)}", "write the name of the key as the server knows it");
        }

        var algorithm = problems.OneOf(
            $"{path}.algorithm",
            spec.Algorithm,
            "hmac-sha256",
            ("hmac-sha256", "hmac-sha256"),
            ("hmac-sha384", "hmac-sha384"),
            ("hmac-sha512", "hmac-sha512"));
        return new TsigSettings(keyName, algorithm, Secret($"{path}.secretRef", spec.SecretRef, problems));
    }

    private static (string Host, int Port) Server(string path, string value, Problems problems)
    {
        if (TrySplit(value, out var host, out var port) && (IPAddress.TryParse(host, out _) || IsHostName(host)))
        {
            return (host, port);
        }

        problems.Add(path, value.Length == 0 ? "is empty" : $"is {Problems.Show(value)}", "write a host name or an address, such as ns.example.net, 192.0.2.53:5353 or [2001:db8::53]:53");
        return ("", 0);
    }

    // The name goes to the resolver as it is, which knows no U-labels; a final dot keeps it from search lists.
    private static bool IsHostName(string host) => Ascii.IsValid(host) && HostName.TryNormaliseAny(host, out _, out _);

    private static bool TrySplit(string value, out string host, out int port)
    {
        port = DnsPort;
        host = value;
        if (value.StartsWith('['))
        {
            var end = value.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !IPAddress.TryParse(value.AsSpan(1, end - 1), out _))
            {
                return false;
            }

            host = value[1..end];
            return end == value.Length - 1 || (value[end + 1] == ':' && TryPort(value[(end + 2)..], out port));
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || colon != value.LastIndexOf(':'))
        {
            return true; // no port, or a bare IPv6 address
        }

        host = value[..colon];
        return TryPort(value[(colon + 1)..], out port);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
