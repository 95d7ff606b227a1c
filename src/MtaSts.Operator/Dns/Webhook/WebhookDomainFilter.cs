using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using MtaSts.Core.Mail;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>The names that a webhook answers for. A filter that is not understood in full is refused: part of one would let through too much.</summary>
//
//   keys                          | a name passes when
//   ------------------------------+----------------------------------------------------------------------------
//   none, or empty                | always
//   include, exclude              | it is at or below an included domain (any, where none is named), and at or below no excluded one
//   regexInclude, regexExclude    | the first matches (any name, where it is empty) and the second does not
//   both kinds, or any other key  | refused
//
// ".example.com" stands for what is below example.com alone. "filters" is read as "include": the published description of the protocol
// has that key, and webhooks were written from it.
internal sealed class WebhookDomainFilter
{
    private const int RegexCharsMax = 4096;

    private readonly ImmutableArray<(DnsName Domain, bool BelowOnly)> _include;
    private readonly ImmutableArray<(DnsName Domain, bool BelowOnly)> _exclude;
    private readonly Regex? _regexInclude;
    private readonly Regex? _regexExclude;

    private WebhookDomainFilter(Keys keys)
    {
        (_include, _exclude) = (Domains(keys.Include), Domains(keys.Exclude));
        (_regexInclude, _regexExclude) = (Expression(keys.RegexInclude), Expression(keys.RegexExclude));
    }

    /// <summary>The domains that the filter names, as zones.</summary>
    public IEnumerable<DnsName> Zones => _include.Select(i => i.Domain);

    /// <summary>Reads the answer of <c>GET /</c>; on failure <paramref name="problem"/> says what is not understood.</summary>
    public static bool TryRead(byte[] body, [NotNullWhen(true)] out WebhookDomainFilter? filter, out string problem)
    {
        (filter, problem) = (null, "");
        try
        {
            var keys = new Keys([], [], "", "");
            using var json = JsonDocument.Parse(body);
            foreach (var member in json.RootElement.ValueKind == JsonValueKind.Null ? [] : json.RootElement.EnumerateObject().ToArray())
            {
                keys = member.Name switch
                {
                    "include" or "filters" => keys with { Include = [.. keys.Include, .. Strings(member.Value)] },
                    "exclude" => keys with { Exclude = Strings(member.Value) },
                    "regexInclude" => keys with { RegexInclude = member.Value.GetString() ?? "" },
                    "regexExclude" => keys with { RegexExclude = member.Value.GetString() ?? "" },
                    _ => throw new FormatException($"the key {Excerpt.Of(member.Name)}"),
                };
            }

            if (keys.Include.Length + keys.Exclude.Length > 0 && keys.RegexInclude.Length + keys.RegexExclude.Length > 0)
                throw new FormatException("domains and regular expressions together");
            filter = new WebhookDomainFilter(keys);
            return true;
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = "its JSON";
        }

        return false;
    }

    /// <summary>True when the webhook answers for the name.</summary>
    public bool Passes(DnsName name)
    {
        if (_regexInclude is not null || _regexExclude is not null)
            return _regexExclude?.IsMatch(name.ToString()) != true && _regexInclude?.IsMatch(name.ToString()) != false;
        return (_include.IsEmpty || _include.Any(d => Holds(d, name))) && !_exclude.Any(d => Holds(d, name));
    }

    private static bool Holds((DnsName Domain, bool BelowOnly) filter, DnsName name) =>
        name.IsAtOrBelow(filter.Domain) && !(filter.BelowOnly && name.Equals(filter.Domain));

    private static string[] Strings(JsonElement value) => value.ValueKind == JsonValueKind.Null
        ? []
        : [.. value.EnumerateArray().Select(v => v.GetString()?.Trim() ?? "").Where(v => v.Length > 0)];

    private static ImmutableArray<(DnsName, bool)> Domains(string[] texts) => [.. texts.Select(text =>
    {
        var plain = text.TrimStart('.');
        if (!System.Text.Ascii.IsValid(plain) && HostName.TryNormaliseAny(plain, out var ascii, out _))
            plain = ascii;
        return DnsName.TryParse(plain, out var name) && !name.IsRoot ? (name, text[0] == '.') : throw new FormatException($"the domain {Excerpt.Of(text)}");
    })];

    // Without backtracking, so that no expression takes long over a name; what that engine cannot do, Go's cannot do either.
    private static Regex? Expression(string text)
    {
        try
        {
            return text.Length == 0 ? null
                : text.Length > RegexCharsMax ? throw new FormatException("a regular expression of that length")
                : new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the regular expression {Excerpt.Of(text)}");
        }
    }

    private sealed record Keys(string[] Include, string[] Exclude, string RegexInclude, string RegexExclude);
}
