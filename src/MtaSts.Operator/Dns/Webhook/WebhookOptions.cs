using System.Collections.Immutable;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>How TXT targets are written. The protocol does not say, and webhooks differ.</summary>
public enum WebhookTxtForm
{
    /// <summary>As the webhook's own TXT records come; quoted where it has none.</summary>
    Auto,

    /// <summary>As in a zone file: in quotes, with escapes, strings of 255 octets.</summary>
    Quoted,

    /// <summary>The bare text. A text with quotes, backslashes or control characters is refused.</summary>
    Plain,
}

/// <summary>Where and how to reach a webhook of external-dns' protocol.</summary>
public sealed record WebhookOptions
{
    /// <summary>The address, e.g. <c>http://localhost:8888/</c>; it ends with a slash.</summary>
    public required Uri Address { get; init; }

    /// <summary>The zones to write in, lower case, without the final dot. None: the domains of the webhook's filter.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The time that one call may take, above zero.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long a read of everything serves all domains; default 10 s. A write ends it.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How TXT targets are written; default <see cref="WebhookTxtForm.Auto"/>.</summary>
    public WebhookTxtForm TxtForm { get; init; } = WebhookTxtForm.Auto;

    /// <summary>The limit that requests are kept to; null for none.</summary>
    public RequestBudget? Budget { get; init; }

    /// <summary>The address as messages show it.</summary>
    public string Server => Address.AbsoluteUri.TrimEnd('/');
}
