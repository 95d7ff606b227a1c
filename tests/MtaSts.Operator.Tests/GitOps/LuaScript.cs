using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>Runs a script as Argo CD does: Lua 5.1, the object in <c>obj</c>, a table as the answer.</summary>
internal static class LuaScript
{
    private const string Interpreter = "/usr/bin/lua5.1";

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
        Assert.SkipUnless(File.Exists(Interpreter), $"{Interpreter} is not there (Debian's lua5.1; script/bootstrap installs it)");
        var program = $"obj = {Literal(subject)}\nlocal function script()\n{script}\nend\nanswer = script()\n{Printer}";
        using var process = Process.Start(new ProcessStartInfo(Interpreter, ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(program.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return JsonNode.Parse(await output)!.AsObject();
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
