using System.Globalization;
using System.Text.Json.Nodes;

namespace MtaSts.TestBed.Webhook;

/// <summary>The records behind a webhook, and their form as endpoints.</summary>
internal sealed class WebhookZone(WebhookStyle style)
{
    private readonly List<Row> _rows = [];

    public int Revision { get; private set; }

    /// <summary>Adds a record in zone-file form: "name ttl type data".</summary>
    public void Seed(string record)
    {
        var parts = record.Split(' ', 4);
        var data = parts[2] == "TXT" ? WebhookText.Unquote(parts[3]) : parts[3].TrimEnd('.');
        Add(new Row(parts[0], parts[2], data, long.Parse(parts[1], CultureInfo.InvariantCulture)));
        Revision++;
    }

    public void Remove(string name, string type) => Revision += _rows.RemoveAll(r => r.Name == name && r.Type == type);

    /// <summary>The records in zone-file form; a wildcard stands in for a name that is not there.</summary>
    public string[] Look(string name, string type)
    {
        var at = name;
        for (var above = Parent(name); above.Length > 0 && !_rows.Exists(r => r.Name == at); above = Parent(above))
            at = "*." + above;
        return [.. _rows.Where(r => r.Name == at && r.Type == type)
            .Select(r => $"{r.Ttl} {(type == "TXT" ? WebhookText.Quote(r.Data) : type == "CNAME" ? r.Data + "." : r.Data)}").Order(StringComparer.Ordinal)];
    }

    public JsonArray Endpoints() => new([.. _rows.GroupBy(r => (r.Name, r.Type, Each: style.OneTargetEach ? r.Data : "")).Select(g => (JsonNode)new JsonObject
    {
        ["dnsName"] = g.Key.Name,
        ["recordType"] = g.Key.Type,
        ["recordTTL"] = style.TellsTtl ? g.First().Ttl : 0,
        ["targets"] = new JsonArray([.. g.Select(r => (JsonNode)Target(r))]),
        ["labels"] = new JsonObject { ["id"] = $"{g.Key.Name}/{g.Key.Type}" },
        ["providerSpecific"] = new JsonArray(new JsonObject { ["name"] = "zone/comment", ["value"] = "kept" }),
    })]);

    /// <summary>Does a write, or the first half of it; throws on what no provider would take.</summary>
    public void Apply(JsonObject changes, bool half)
    {
        var (old, @new) = (List(changes, "updateOld"), List(changes, "updateNew"));
        if (old.Length != @new.Length)
            throw new FormatException("updateOld and updateNew are of different lengths");
        foreach (var (before, after) in old.Zip(@new))
        {
            if (Identity(before) != Identity(after) || !JsonNode.DeepEquals(before["labels"], after["labels"]) || !JsonNode.DeepEquals(before["providerSpecific"], after["providerSpecific"]))
                throw new FormatException("a pair is of two different endpoints");
        }

        Action[] steps =
        [
            .. List(changes, "delete").Select(e => (Action)(() => Take(e))),
            .. old.Zip(@new).Select(p => (Action)(() =>
            {
                Take(p.First);
                Put(p.Second);
            })),
            .. List(changes, "create").Select(e => (Action)(() => Put(e))),
        ];
        foreach (var step in half ? steps[..((steps.Length + 1) / 2)] : steps)
            step();
        Revision++;
    }

    private static string Parent(string name) => name.Contains('.', StringComparison.Ordinal) ? name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] : "";

    private static (string, string) Identity(JsonObject endpoint) => ((string)endpoint["dnsName"]!, (string)endpoint["recordType"]!);

    private static JsonObject[] List(JsonObject changes, string key) => [.. (changes[key]?.AsArray() ?? []).Select(e => e!.AsObject())];

    private string Target(Row row) => row.Type != "TXT" ? row.Data : style.QuotesTxt ? WebhookText.Quote(row.Data) : WebhookText.ToPlain(row.Data);

    private IEnumerable<Row> Rows(JsonObject endpoint)
    {
        var (name, type) = Identity(endpoint);
        var ttl = (long?)endpoint["recordTTL"] ?? 0;
        return endpoint["targets"]!.AsArray().Select(t => (string)t!).Select(t =>
            new Row(name, type, type != "TXT" ? t : style.QuotesTxt ? WebhookText.Unquote(t) : WebhookText.FromPlain(t), ttl == 0 ? 300 : ttl));
    }

    private void Take(JsonObject endpoint)
    {
        foreach (var row in Rows(endpoint))
        {
            if (_rows.RemoveAll(r => r.Name == row.Name && r.Type == row.Type && r.Data == row.Data) == 0)
                throw new FormatException($"there is no {row.Type} {row.Data} at {row.Name}");
        }
    }

    private void Put(JsonObject endpoint)
    {
        foreach (var row in Rows(endpoint))
            Add(row);
    }

    private void Add(Row row)
    {
        var atName = _rows.Where(r => r.Name == row.Name).ToArray();
        if (atName.Any(r => r.Type == row.Type && r.Data == row.Data))
            throw new FormatException($"{row.Type} {row.Data} is at {row.Name} already");
        if (atName.Any(r => (r.Type == "CNAME") != (row.Type == "CNAME")))
            throw new FormatException($"a CNAME stands alone at {row.Name}");
        _rows.Add(row);
    }

    private sealed record Row(string Name, string Type, string Data, long Ttl);
}
