using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MtaSts.Operator.Tests.Resources.CrdGeneration;

/// <summary>Writes JSON as block-style YAML, always the same text for the same tree. Long sentences are folded.</summary>
internal static partial class YamlText
{
    private const int FoldColumn = 110;

    public static string Of(JsonNode node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode node, int indent)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    text.Append(' ', indent).Append(Scalar(key)).Append(':');
                    WriteValue(text, value!, indent);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    text.Append(' ', indent).Append('-');
                    if (item is JsonObject { Count: > 0 })
                    {
                        var inner = new StringBuilder();
                        Write(inner, item, indent + 2);
                        text.Append(' ').Append(inner.ToString()[(indent + 2)..]);
                    }
                    else
                    {
                        WriteValue(text, item!, indent);
                    }
                }

                break;
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: 0 }:
                text.Append(" {}\n");
                break;
            case JsonArray { Count: 0 }:
                text.Append(" []\n");
                break;
            case JsonObject:
                text.Append('\n');
                Write(text, value, indent + 2);
                break;
            case JsonArray:
                text.Append('\n');
                Write(text, value, indent);
                break;
            case JsonValue scalar when scalar.GetValueKind() == System.Text.Json.JsonValueKind.String:
                WriteString(text, scalar.GetValue<string>(), indent);
                break;
            default:
                text.Append(' ').Append(value.ToJsonString()).Append('\n');
                break;
        }
    }

    private static void WriteString(StringBuilder text, string value, int indent)
    {
        if (value.Length + indent < FoldColumn || !value.Contains(' '))
        {
            text.Append(' ').Append(Scalar(value)).Append('\n');
            return;
        }

        text.Append(" >-");
        var column = FoldColumn; // the first word begins a line
        foreach (var word in value.Split(' '))
        {
            if (column + 1 + word.Length > FoldColumn)
            {
                text.Append('\n').Append(' ', indent + 2);
                column = indent + 2;
            }
            else
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }

    private static string Scalar(string value) =>
        Plain().IsMatch(value) && !Special().IsMatch(value) ? value : "'" + value.Replace("'", "''") + "'";

    // Plain scalars that no YAML reader takes for anything else than the string.
    [GeneratedRegex(@"^[A-Za-z./][-A-Za-z0-9_./() ,;=""\[\]?@*+|]*$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(true|false|yes|no|on|off|null|y|n)$| $", RegexOptions.IgnoreCase)]
    private static partial Regex Special();
}
