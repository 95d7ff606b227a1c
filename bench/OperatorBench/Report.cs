using System.Globalization;
using System.Text.Json.Nodes;

namespace MtaSts.Bench;

/// <summary>The figures of a bench: a table for people, and the same as one line of JSON for programs.</summary>
internal sealed class Report
{
    private readonly List<(string Name, string Value)> _rows = [];
    private readonly JsonObject _json = [];

    /// <param name="bench">Name of the bench.</param>
    public Report(string bench)
    {
        _json["bench"] = bench;
        _json["at"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Add("machine", "machine", ProcessFigures.Machine);
        Add("load at the start", "loadAtStart", ProcessFigures.Load);
    }

    /// <summary>A figure; the table has it with its unit, the JSON as a number.</summary>
    public void Add(string name, string key, double value, string unit = "", string format = "0.0#")
    {
        _rows.Add((name, $"{value.ToString(format, CultureInfo.InvariantCulture)}{(unit.Length > 0 ? " " + unit : "")}"));
        _json[key] = Math.Round(value, 3);
    }

    /// <summary>A figure in words.</summary>
    public void Add(string name, string key, string value)
    {
        _rows.Add((name, value));
        _json[key] = value;
    }

    /// <summary>A row that only the table has.</summary>
    public void Row(string name, string value) => _rows.Add((name, value));

    /// <summary>Something that only the JSON has.</summary>
    public void Detail(string key, JsonNode value) => _json[key] = value;

    /// <summary>Prints both to the output.</summary>
    public void Print()
    {
        Add("load at the end", "loadAtEnd", ProcessFigures.Load);
        var width = _rows.Max(r => r.Name.Length);
        foreach (var (name, value) in _rows)
        {
            Console.WriteLine($"{name.PadRight(width)}  {value}");
        }

        Console.WriteLine(_json.ToJsonString());
    }
}
