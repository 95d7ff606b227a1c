using System.Collections.Immutable;
using MtaSts.Operator.Dns.Webhook;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Where a provider writes, read and checked.</summary>
public abstract record DnsBackend
{
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
        public override string Place => Url.Host;
    }

    /// <summary>Somebody's hands.</summary>
    public sealed record Manual : DnsBackend
    {
        /// <inheritdoc/>
        public override string Field => "manual";

        /// <inheritdoc/>
        public override string Place => "by hand";
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
