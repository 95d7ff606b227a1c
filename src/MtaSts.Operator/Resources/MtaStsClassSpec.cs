using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What a class offers.</summary>
public sealed record MtaStsClassSpec
{
    /// <summary>Who writes the DNS records.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("dnsProviderRef")]
    public DnsProviderReference DnsProviderRef { get; init; } = new();

    /// <summary>Where senders report on TLS, for policies that do not say it themselves. Default: no TLSRPT record.</summary>
    [JsonPropertyName("tlsReporting")]
    public TlsReportingSpec? TlsReporting { get; init; }

    /// <summary>The namespaces whose policies may use the class, by their labels. Default: every namespace.</summary>
    [JsonPropertyName("allowedNamespaces")]
    public LabelSelectorSpec? AllowedNamespaces { get; init; }

    /// <summary>The domains that policies may name: a name stands for itself, *.NAME for all names below NAME at any depth. Default: every domain.</summary>
    [Schema(ItemsMin = 1, ItemsMax = 1000, IsSet = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.DomainRule)]
    [JsonPropertyName("allowedDomains")]
    public IReadOnlyList<string>? AllowedDomains { get; init; }

    /// <summary>
    /// Whether a policy may be for a domain below one that another namespace has: Allow, or Forbid. Forbid looks at older policies whose records have been seen in
    /// the DNS, so that nobody can block a suffix by a policy for a domain that is not his.
    /// </summary>
    [Schema(Default = "\"Allow\"", OneOf = "Allow Forbid")]
    [JsonPropertyName("subdomainsOfOthers")]
    public string? SubdomainsOfOthers { get; init; }

    /// <summary>Lets policies name a DnsProvider of their own namespace. Default: they may not.</summary>
    [JsonPropertyName("namespacedProviders")]
    public NamespacedProvidersSpec? NamespacedProviders { get; init; }

    /// <summary>How policies are served.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("serving")]
    public ServingSpec Serving { get; init; } = new();

    /// <summary>How a domain goes from testing to enforce.</summary>
    [JsonPropertyName("rollout")]
    public RolloutSpec? Rollout { get; init; }

    /// <summary>How domains are observed.</summary>
    [JsonPropertyName("probes")]
    public ProbesSpec? Probes { get; init; }
}
