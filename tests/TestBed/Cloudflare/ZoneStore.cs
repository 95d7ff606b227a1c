using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MtaSts.TestBed.Cloudflare;

/// <summary>Zones and records, with Cloudflare's rules. Not for several threads: its server takes one request after the other.</summary>
internal sealed class ZoneStore
{
    private const int RecordsPerBatchMax = 200; // The free plan's.
    private const int CommentCharsMax = 100; // The free plan's.
    private const int SetCharsMax = 8192;
    private static readonly string[] Types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "SSHFP", "TLSA", "TXT"];
    private static readonly string[] Addresses = ["A", "AAAA", "CNAME"];

    private readonly HashSet<(string Name, string Type)> _touched = [];
    private long _order;

    public List<CloudflareZone> Zones { get; } = [];

    public Dictionary<string, CloudflareRecord> Records { get; private set; } = [];

    /// <summary>Grows with every change of a record.</summary>
    public long Revision { get; private set; }

    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public CloudflareRecord Create(CloudflareZone zone, JsonObject body)
    {
        var record = Checked(zone, new CloudflareRecord(
            NewId(), zone.Id, NameIn(zone, Text(body, "name")), Text(body, "type").ToUpperInvariant(), ContentOf(body) ?? "", Ttl(body) ?? 1, Flag(body, "proxied") ?? false, Comment(body))
        { Order = ++_order });
        return Keep(record);
    }

    public CloudflareRecord Overwrite(CloudflareZone zone, string id, JsonObject body)
    {
        var old = Find(zone, id);
        return Keep(Checked(zone, old with
        {
            Name = NameIn(zone, Text(body, "name")),
            Type = Text(body, "type").ToUpperInvariant(),
            Content = ContentOf(body) ?? "",
            Ttl = Ttl(body) ?? 1,
            Proxied = Flag(body, "proxied") ?? false,
            Comment = Comment(body),
        }));
    }

    public CloudflareRecord Update(CloudflareZone zone, string id, JsonObject body)
    {
        var old = Find(zone, id);
        return Keep(Checked(zone, old with
        {
            Name = body.ContainsKey("name") ? NameIn(zone, Text(body, "name")) : old.Name,
            Type = body.ContainsKey("type") ? Text(body, "type").ToUpperInvariant() : old.Type,
            Content = ContentOf(body) ?? old.Content,
            Ttl = Ttl(body) ?? old.Ttl,
            Proxied = Flag(body, "proxied") ?? old.Proxied,
            Comment = body.ContainsKey("comment") ? Comment(body) : old.Comment,
        }));
    }

    public CloudflareRecord Delete(CloudflareZone zone, string id)
    {
        var record = Find(zone, id);
        Records.Remove(id);
        _touched.Add((record.Name, record.Type));
        Revision++;
        return record;
    }

    /// <summary>The sets that were changed since the last call.</summary>
    public IReadOnlyCollection<(string Name, string Type)> TakeTouched()
    {
        var touched = _touched.ToList();
        _touched.Clear();
        return touched;
    }

    /// <summary>Deletes, patches, puts, posts, each in the order given; all of it or nothing.</summary>
    public Dictionary<string, List<CloudflareRecord>> Batch(CloudflareZone zone, JsonObject body)
    {
        var (before, revision) = (new Dictionary<string, CloudflareRecord>(Records), Revision);
        try
        {
            if (new[] { "deletes", "patches", "puts", "posts" }.Sum(k => Items(body, k).Count) > RecordsPerBatchMax)
                throw new ApiRefusalException(400, 1004, "DNS Validation Error", (81070, $"A batch holds at most {RecordsPerBatchMax} changes."));
            return new Dictionary<string, List<CloudflareRecord>>
            {
                ["deletes"] = [.. Items(body, "deletes").Select(i => Delete(zone, Text(i, "id")))],
                ["patches"] = [.. Items(body, "patches").Select(i => Update(zone, Text(i, "id"), i))],
                ["puts"] = [.. Items(body, "puts").Select(i => Overwrite(zone, Text(i, "id"), i))],
                ["posts"] = [.. Items(body, "posts").Select(i => Create(zone, i))],
            };
        }
        catch
        {
            (Records, Revision) = (before, revision);
            throw;
        }
    }

    public CloudflareRecord Find(CloudflareZone zone, string id) =>
        Records.TryGetValue(id, out var record) && record.ZoneId == zone.Id
            ? record
            : throw new ApiRefusalException(404, 81044, "Record does not exist.");

    private static List<JsonObject> Items(JsonObject body, string key) => body[key] switch
    {
        null => [],
        JsonArray items when items.All(i => i is JsonObject) => [.. items.Select(i => i!.AsObject())],
        _ => throw Malformed(),
    };

    private static ApiRefusalException Malformed() => new(400, 9207, "Request body is invalid.");

    private static string Text(JsonObject body, string key) =>
        body[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Malformed();

    private static bool? Flag(JsonObject body, string key) => body[key]?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Malformed(),
    };

    private static long? Ttl(JsonObject body)
    {
        if (body["ttl"] is not JsonValue value)
            return null;
        if (value.GetValueKind() != JsonValueKind.Number)
            throw Malformed();
        var ttl = value.TryGetValue<long>(out var whole) ? whole : -1;
        return ttl is 1 or (>= 60 and <= 86400)
            ? ttl
            : throw Invalid(9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic.");
    }

    private static string? Comment(JsonObject body)
    {
        var comment = body["comment"] is null ? null : Text(body, "comment");
        return comment is { Length: > CommentCharsMax } ? throw Invalid(9234, "Comment is too long.") : comment;
    }

    private static ApiRefusalException Invalid(int code, string message) => new(400, 1004, "DNS Validation Error", (code, message));

    private static string? ContentOf(JsonObject body)
    {
        if (body["data"] is JsonObject data && body["type"]?.GetValue<string>() == "CAA")
            return $"{data["flags"]} {data["tag"]} \"{data["value"]}\"";
        return body["content"] is null ? null : Text(body, "content");
    }

    // A name that is not in the zone is taken to be a part of one.
    private static string NameIn(CloudflareZone zone, string name)
    {
        var lower = name.TrimEnd('.').ToLowerInvariant();
        if (lower is "@" or "")
            return zone.Name;
        var full = lower == zone.Name || lower.EndsWith("." + zone.Name, StringComparison.Ordinal) ? lower : $"{lower}.{zone.Name}";
        var isName = full.Length <= 253 && full.Split('.').All(l => l.Length is > 0 and <= 63 && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '*'));
        return isName ? full : throw Invalid(9000, "DNS name is invalid.");
    }

    private static bool IsAddress(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family && (family != AddressFamily.InterNetwork || text.Count(c => c == '.') == 3);

    private CloudflareRecord Checked(CloudflareZone zone, CloudflareRecord record)
    {
        if (!Types.Contains(record.Type))
            throw Invalid(9004, "DNS record type is invalid.");
        switch (record.Type)
        {
            case "A" when !IsAddress(record.Content, AddressFamily.InterNetwork):
                throw Invalid(9005, "Content for A record must be a valid IPv4 address.");
            case "AAAA" when !IsAddress(record.Content, AddressFamily.InterNetworkV6):
                throw Invalid(9006, "Content for AAAA record must be a valid IPv6 address.");
            case "CNAME" when record.Content.Length is 0 or > 253 || record.Content.Any(c => c is <= ' ' or > '~'):
                throw Invalid(9007, "Content for CNAME record is invalid.");
            case "TXT" when !TxtContent.TryParse(record.Content, out var bytes) || bytes.Length is 0 or > 4096:
                throw Invalid(9208, "Content for TXT record is invalid.");
        }

        if (record.Proxied && !Addresses.Contains(record.Type))
            throw Invalid(9041, "This DNS record cannot be proxied.");
        var beside = Records.Values.Where(r => r.ZoneId == zone.Id && r.Name == record.Name && r.Id != record.Id).ToArray();
        if (beside.Any(r => r.Type == record.Type && r.Content == record.Content))
            throw new ApiRefusalException(400, 81058, "An identical record already exists.");
        if (record.Type == "CNAME" && beside.Any(r => Addresses.Contains(r.Type)))
            throw new ApiRefusalException(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
        if (record.Type is "A" or "AAAA" && beside.Any(r => r.Type == "CNAME"))
            throw new ApiRefusalException(400, 81054, "A CNAME record with that host already exists.");
        if (beside.Where(r => r.Type == record.Type).Sum(r => r.Content.Length) + record.Content.Length > SetCharsMax)
            throw Invalid(9212, string.Create(CultureInfo.InvariantCulture, $"The contents of the records of one name and type exceed {SetCharsMax} characters."));
        return record;
    }

    private CloudflareRecord Keep(CloudflareRecord record)
    {
        if (Records.TryGetValue(record.Id, out var old))
            _touched.Add((old.Name, old.Type));
        Records[record.Id] = record;
        _touched.Add((record.Name, record.Type));
        Revision++;
        return record;
    }
}
