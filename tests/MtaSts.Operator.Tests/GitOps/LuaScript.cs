using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MtaSts.TestBed.Processes;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>Runs a script as Argo CD does: Lua 5.1, the object in <c>obj</c>, a table as the answer.</summary>
internal static class LuaScript
{
    private const string Interpreter = "lua5.1";

    // What the script returned, as JSON.
    private const string Printer = """
        local function json(v)
          if type(v) == "table" then
            local parts = {}
            if #v > 0 then
              for _, e in ipairs(v) do parts[#parts + 1] = json(e) end
              return "[" .. table.concat(parts, ",") .. "]"
            end
            for k, e in pairs(v) do parts[#parts + 1] = string.format("%q", k) .. ":" .. json(e) end
            return "{" .. table.concat(parts, ",") .. "}"
          end
          if type(v) == "string" then return string.format("%q", v) end
          return tostring(v)
        end
        io.write(json(answer))
        """;

    /// <summary>What the script returns for an object. Skips the test where there is no Lua.</summary>
    public static async Task<JsonObject> RunAsync(string script, JsonObject subject, CancellationToken cancellationToken)
    {
        Assert.SkipWhen(Command.Find(Interpreter) is null, $"{Interpreter} is not there (Debian has it; script/bootstrap installs it)");
        var program = $"obj = {Literal(subject)}\nlocal function script()\n{script}\nend\nanswer = script()\n{Printer}";
        return JsonNode.Parse(await Command.OutputAsync(Interpreter, ["-"], program, cancellationToken: cancellationToken))!.AsObject();
    }

    private static string Literal(JsonNode? node) => node switch
    {
        null => "nil",
        JsonObject map => "{" + string.Join(", ", map.Select(p => $"[{Quoted(p.Key)}] = {Literal(p.Value)}")) + "}",
        JsonArray list => "{" + string.Join(", ", list.Select(Literal)) + "}",
        _ when node.GetValueKind() == JsonValueKind.String => Quoted(node.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    // Lua 5.1 knows decimal escapes of bytes.
    private static string Quoted(string text) => new StringBuilder("\"")
        .AppendJoin("", Encoding.UTF8.GetBytes(text).Select(b => b is >= 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\') ? ((char)b).ToString() : "\\" + b.ToString("000", CultureInfo.InvariantCulture)))
        .Append('"').ToString();
}
