using System.Collections.Immutable;
using System.Net;
using MtaSts.Operator.Dns.Cloudflare;
using MtaSts.Operator.Dns.Webhook;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Where a provider writes, read and checked.</summary>
public abstract record DnsBackend
{
    private const int RequestsMaxOfAnApi = 1_000_000;

    private DnsBackend()
    {
    }

    /// <summary>The fields that a DnsProvider of a namespace can name.</summary>
    public static readonly ImmutableArray<string> OfNamespaces = ["rfc2136", "cloudflare", "powerDns", "externalDnsWebhook", "manual"];

    /// <summary>The name of its field in the resource's spec.</summary>
    public abstract string Field { get; }

    /// <summary>Where it is, as people know it: a server, the host of an API.</summary>
    public abstract string Place { get; }

    /// <summary>The entry of a Secret that it needs, or null.</summary>
    public virtual SecretEntry? Credential => null;

    /// <summary>The highest limit on requests in five minutes that it can be given; null where it makes none that are counted.</summary>
    public virtual int? RequestsMax => null;

    /// <summary>What whoever reads the provider's status should know of it, or null.</summary>
    public virtual string? Note => null;

    /// <summary>A name server that takes dynamic updates.</summary>
    /// <param name="Host">The server's host name in ASCII, or its address without brackets.</param>
    /// <param name="Port">The server's port.</param>
    /// <param name="Timeout">How long one exchange may take, a second to a minute.</param>
    /// <param name="Tsig">The key that signs updates, or null.</param>
    public sealed record Rfc2136(string Host, int Port, TimeSpan Timeout, TsigSettings? Tsig) : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "rfc2136";

        /// <inheritdoc/>
        public override string Place => Host;

        /// <inheritdoc/>
        public override SecretEntry? Credential => Tsig?.Secret;
    }

    /// <summary>Cloudflare.</summary>
    /// <param name="Url">The address of its API; null for Cloudflare's own.</param>
    /// <param name="Token">Where the API token is.</param>
    /// <param name="Timeout">How long one call may take, a second to a minute.</param>
    public sealed record Cloudflare(Uri? Url, SecretEntry Token, TimeSpan Timeout) : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "cloudflare";

        /// <inheritdoc/>
        public override string Place => Url?.Host ?? "Cloudflare";

        /// <inheritdoc/>
        public override int? RequestsMax => CloudflareOptions.RequestsPerWindowMax;

        /// <inheritdoc/>
        public override SecretEntry? Credential => Token;
    }

    /// <summary>A PowerDNS authoritative server.</summary>
    /// <param name="Url">The address of its web server.</param>
    /// <param name="Server">The server, as paths name it.</param>
    /// <param name="ApiKey">Where the API key is.</param>
    /// <param name="Timeout">How long one call may take, a second to a minute.</param>
    public sealed record PowerDns(Uri Url, string Server, SecretEntry ApiKey, TimeSpan Timeout) : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "powerDns";

        /// <inheritdoc/>
        public override int? RequestsMax => RequestsMaxOfAnApi;

        /// <inheritdoc/>
        public override string Place => Url.Host;

        /// <inheritdoc/>
        public override SecretEntry? Credential => ApiKey;
    }

    /// <summary>A webhook of external-dns.</summary>
    /// <param name="Url">Its address.</param>
    /// <param name="Timeout">How long one call may take, a second to a minute.</param>
    /// <param name="TxtForm">How it wants texts.</param>
    public sealed record Webhook(Uri Url, TimeSpan Timeout, WebhookTxtForm TxtForm) : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "externalDnsWebhook";

        /// <inheritdoc/>
        public override int? RequestsMax => RequestsMaxOfAnApi;

        /// <inheritdoc/>
        public override string Place => Url.Host;
    }

    /// <summary>An external-dns in the cluster, by DNSEndpoint objects.</summary>
    /// <param name="Namespace">Where they are; null for the operator's namespace.</param>
    /// <param name="Labels">Their labels beside our own.</param>
    /// <param name="TxtForm">How the provider behind it wants texts.</param>
    /// <param name="AllowedAddresses">Private and special networks in which the zones' name servers may be asked.</param>
    public sealed record Endpoint(
        string? Namespace, ImmutableSortedDictionary<string, string> Labels, WebhookTxtForm TxtForm, ImmutableArray<IPNetwork> AllowedAddresses) : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "externalDnsEndpoint";

        /// <inheritdoc/>
        public override string Place => Namespace is null ? "DNSEndpoints" : $"DNSEndpoints in {Namespace}";

        /// <inheritdoc/>
        public override string Note =>
            "external-dns must be version 0.22 or later and run with --source=crd and --managed-record-types=TXT beside A, AAAA and CNAME; an earlier one never changes nor removes a TXT record";

        /// <inheritdoc/>
        public bool Equals(Endpoint? other) =>
            other is not null && Namespace == other.Namespace && TxtForm == other.TxtForm && Labels.SequenceEqual(other.Labels)
            && AllowedAddresses.SequenceEqual(other.AllowedAddresses);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Namespace, Labels.Count, TxtForm, AllowedAddresses.Length);
    }

    /// <summary>Somebody's hands.</summary>
    public sealed record Manual : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "manual";

        /// <inheritdoc/>
        public override string Place => "by hand";

        /// <inheritdoc/>
        public override string Note => "records are written by hand";
    }
}

/// <summary>One entry of a Secret in the provider's namespace: a DnsProvider's own, a ClusterDnsProvider's the operator's.</summary>
/// <param name="Name">The Secret.</param>
/// <param name="Key">The entry of it.</param>
public sealed record SecretEntry(string Name, string Key);

/// <summary>A TSIG key, without its secret.</summary>
/// <param name="KeyName">The key's name, lower case, without the final dot.</param>
/// <param name="Algorithm">hmac-sha256, hmac-sha384 or hmac-sha512.</param>
/// <param name="Secret">Where its secret is.</param>
public sealed record TsigSettings(string KeyName, string Algorithm, SecretEntry Secret);
