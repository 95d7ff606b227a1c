using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>Everything that the webhook has, by name. A set is one endpoint with several targets, or several endpoints.</summary>
internal sealed class WebhookRecords
{
    private readonly Dictionary<string, List<WebhookEndpoint>> _byName = new(StringComparer.Ordinal);

    public WebhookRecords(IEnumerable<WebhookEndpoint?> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint?.DnsName is null || endpoint.RecordType is null || !DnsName.TryParse(endpoint.DnsName, out var name))
                continue; // No name of ours reads like that.
            if (!_byName.TryGetValue(name.ToString(), out var atName))
                _byName[name.ToString()] = atName = [];
            atName.Add(endpoint);
            if (TypeIs(endpoint, RecordType.Txt) && endpoint.Targets is { Count: > 0 } targets)
                (HasQuotedTxt, HasPlainTxt) = (HasQuotedTxt || targets.Any(WebhookTarget.IsQuoted), HasPlainTxt || !targets.All(WebhookTarget.IsQuoted));
        }
    }

    /// <summary>True when a TXT target came in quotes.</summary>
    public bool HasQuotedTxt { get; }

    /// <summary>True when a TXT target came without.</summary>
    public bool HasPlainTxt { get; }

    /// <summary>The endpoints of a set.</summary>
    public ImmutableArray<WebhookEndpoint> Of(RecordKey key) => [.. At(key.Name).Where(e => TypeIs(e, key.Type))];

    /// <summary>The types of a name's records, upper case.</summary>
    public IEnumerable<string> Types(string name) => At(name).Select(e => e.RecordType!.ToUpperInvariant()).Distinct();

    private static bool TypeIs(WebhookEndpoint endpoint, RecordType type) =>
        string.Equals(endpoint.RecordType, PresentationForm.Name(type), StringComparison.OrdinalIgnoreCase);

    private List<WebhookEndpoint> At(string name) => _byName.GetValueOrDefault(DnsName.Parse(name).ToString()) ?? [];
}
