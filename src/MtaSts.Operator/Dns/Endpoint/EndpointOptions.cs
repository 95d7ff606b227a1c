using System.Collections.Immutable;
using System.Net;
using MtaSts.Operator.Dns.Webhook;

namespace MtaSts.Operator.Dns.Endpoint;

/// <summary>Where DNSEndpoint objects are written, and how.</summary>
public sealed record EndpointOptions
{
    /// <summary>The namespace of the objects.</summary>
    public required string Namespace { get; init; }

    /// <summary>Labels of the objects beside our own.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The zones to write in, lower case, without the final dot; at least one, since nobody can be asked where a zone begins.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>How TXT targets are written; not <see cref="WebhookTxtForm.Auto"/>.</summary>
    public WebhookTxtForm TxtForm { get; init; } = WebhookTxtForm.Quoted;

    /// <summary>Private and special networks in which name servers may be asked.</summary>
    public ImmutableArray<IPNetwork> AllowedAddresses { get; init; } = [];

    /// <summary>How long a removal waits to see the records go from the DNS before it says that they are still there; default a second.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);
}
