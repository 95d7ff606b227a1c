using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtaSts.Operator.Dns.PowerDns;

// The parts of the API's objects that we use, under the API's own names.

/// <summary>A server; its version is "4.7.3" or the like.</summary>
internal sealed record PowerDnsServer(string? Version);

/// <summary>A zone. The kind tells a primary from a copy; record sets are there where they were asked for.</summary>
internal sealed record PowerDnsZone(string? Id, string? Name, string? Kind, IReadOnlyList<PowerDnsSet>? Rrsets);

/// <summary>A record set; records may be none where only comments are left.</summary>
internal sealed record PowerDnsSet(string? Name, string? Type, long Ttl, IReadOnlyList<PowerDnsRecord>? Records);

/// <summary>A record: its data as in a zone file. A disabled one is kept and not served.</summary>
internal sealed record PowerDnsRecord(string Content, bool Disabled);

/// <summary>The change of a set: REPLACE with TTL and all records, or DELETE with neither. Comments that are not named stay.</summary>
internal sealed record PowerDnsChange(string Name, string Type, string Changetype, long? Ttl, IReadOnlyList<PowerDnsRecord>? Records);

/// <summary>What PATCH takes.</summary>
internal sealed record PowerDnsPatch(IReadOnlyList<PowerDnsChange> Rrsets);

/// <summary>What an error's body says.</summary>
internal sealed record PowerDnsError(string? Error);

internal static class PowerDnsJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The object of a body; null when it is none.</summary>
    public static T? Read<T>(byte[] body)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
