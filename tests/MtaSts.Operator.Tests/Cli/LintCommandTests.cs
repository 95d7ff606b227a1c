using System.Text;
using System.Text.Json;

namespace MtaSts.Operator.Tests.Cli;

public sealed class LintCommandTests
{
    private const string Fine = "version: STSv1\nmode: enforce\nmx: a.example\nmx: *.B.example\nmax_age: 86400\n";

    [Fact]
    public async Task A_fine_record_is_accepted_in_one_line()
    {
        var run = await Transcript.OfAsync("lint", "txt", "v=STSv1; id=20160831085700Z;");
        Assert.Equal(new(0, "txt: accepted by senders that follow the RFC (0 errors, 0 warnings)\n", ""), run);
    }

    [Fact]
    public async Task A_bad_record_is_a_finding_with_place_and_reason()
    {
        var run = await Transcript.OfAsync("lint", "txt", "v=STSv1; id=a-b");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "txt:1: error IdInvalid: the id is \"a-b\"; it has to be 1 to 32 letters and digits\n"
            + "txt: not accepted by senders that follow the RFC (1 error, 0 warnings)\n",
            run.Out);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("@file")]
    [InlineData("-")]
    public async Task Odd_texts_are_findings_and_no_wrong_usage(string txt)
    {
        var run = await Transcript.OfAsync("lint", "txt", txt);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("VersionMissing", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_texts_are_the_records_at_one_name()
    {
        Assert.Equal(0, (await Transcript.OfAsync("lint", "txt", "v=spf1 -all", "v=STSv1; id=a")).ExitCode);
        var two = await Transcript.OfAsync("lint", "txt", "v=STSv1; id=a", "v=STSv1; id=b");
        Assert.Equal(1, two.ExitCode);
        Assert.StartsWith("txt: error RecordDuplicate: ", two.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_count_only_with_strict()
    {
        string[] args = ["lint", "txt", "v=STSv1; id=a; x=1"];
        var lenient = await Transcript.OfAsync(args);
        Assert.Equal(0, lenient.ExitCode);
        Assert.Contains("txt:1: warning FieldUnknown: ", lenient.Out, StringComparison.Ordinal);
        var strict = await Transcript.OfAsync([.. args, "--strict"]);
        Assert.Equal(1, strict.ExitCode);
        Assert.EndsWith("txt: not accepted by strict senders (0 errors, 1 warning)\n", strict.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_read_from_standard_input_and_printed_as_JSON()
    {
        var run = await Transcript.OfAsync(Encoding.ASCII.GetBytes(Fine), ["lint", "policy", "-", "-o", "json"]);
        Assert.Equal(
            new(0, """{"valid":true,"policy":{"version":"STSv1","mode":"enforce","mx":["a.example","*.b.example"],"maxAge":86400},"findings":[]}""" + "\n", ""), run);
    }

    [Fact]
    public async Task Findings_are_in_the_JSON_and_strict_makes_them_count()
    {
        var stdin = Encoding.ASCII.GetBytes(Fine + "\n");
        const string policy = """{"version":"STSv1","mode":"enforce","mx":["a.example","*.b.example"],"maxAge":86400}""";
        const string findings = """[{"severity":"warning","reason":"BlankLine","message":"the line is blank","line":6}]""";
        var lenient = await Transcript.OfAsync(stdin, ["lint", "policy", "-", "--output", "json"]);
        Assert.Equal(new(0, $"{{\"valid\":true,\"policy\":{policy},\"findings\":{findings}}}\n", ""), lenient);
        var strict = await Transcript.OfAsync(stdin, ["lint", "policy", "-", "--output", "json", "--strict"]);
        Assert.Equal(new(1, $"{{\"valid\":false,\"policy\":{policy},\"findings\":{findings}}}\n", ""), strict);
    }

    [Fact]
    public async Task Where_nothing_is_accepted_the_policy_is_null()
    {
        var run = await Transcript.OfAsync("mode: enforce\n"u8.ToArray(), ["lint", "policy", "-o", "json", "-"]);
        Assert.Equal(1, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out);
        Assert.False(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("policy").ValueKind);
        Assert.Equal(
            ["warning VersionNotFirst 1", "error VersionMissing 0", "error MaxAgeInvalid 0", "error MxLineMissing 0"],
            json.RootElement.GetProperty("findings").EnumerateArray().Select(f => $"{f.GetProperty("severity")} {f.GetProperty("reason")} {f.GetProperty("line")}"));
    }

    [Fact]
    public async Task Records_have_a_record_in_their_JSON()
    {
        var txt = await Transcript.OfAsync("lint", "txt", "v=STSv1; id=a", "-o", "json");
        Assert.Equal("""{"valid":true,"policy":null,"record":{"version":"STSv1","id":"a"},"findings":[]}""" + "\n", txt.Out);
        var tlsrpt = await Transcript.OfAsync("lint", "tlsrpt", "v=TLSRPTv1; rua=mailto:a@x.example,https://y.example/z", "-o", "json");
        Assert.Equal("""{"valid":true,"policy":null,"record":{"version":"TLSRPTv1","rua":["mailto:a@x.example","https://y.example/z"]},"findings":[]}""" + "\n", tlsrpt.Out);
        var bad = await Transcript.OfAsync("lint", "tlsrpt", "v=TLSRPTv1; rua=\"x\"", "-o", "json");
        Assert.Equal(1, bad.ExitCode);
        Assert.StartsWith("""{"valid":false,"policy":null,"record":null,"findings":[{"severity":"error","reason":"RuaInvalid","message":"\"\"x\"\" """, bad.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_read_from_a_file_and_the_findings_name_it()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Fine + "mode: none\n", TestContext.Current.CancellationToken);
            var run = await Transcript.OfAsync("lint", "policy", file);
            Assert.Equal(0, run.ExitCode);
            Assert.StartsWith($"{file}:6: warning FieldDuplicate: ", run.Out, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task What_cannot_be_read_is_wrong_usage()
    {
        var missing = await Transcript.OfAsync("lint", "policy", "/no/such/file");
        Assert.Equal(new(2, "", "mtasts lint policy: cannot read \"/no/such/file\": there is no such file\nTry 'mtasts lint policy --help'.\n"), missing);
        var directory = await Transcript.OfAsync("lint", "policy", Path.GetTempPath());
        Assert.Equal(2, directory.ExitCode);
        Assert.Contains("it is a directory", directory.Error, StringComparison.Ordinal);
        var empty = await Transcript.OfAsync("lint", "policy", "");
        Assert.Equal(2, empty.ExitCode);
    }

    [Fact]
    public async Task Endless_and_binary_input_are_findings()
    {
        var endless = await Transcript.OfAsync(new EndlessZeros(), ["lint", "policy", "-"]);
        Assert.Equal(1, endless.ExitCode);
        Assert.StartsWith("-: error DocumentTooLarge: ", endless.Out, StringComparison.Ordinal);
        var binary = await Transcript.OfAsync([0, 1, 2, 0xFF, 0xFE, (byte)'\n', 0x1B, (byte)'[', (byte)'2', (byte)'J', (byte)':'], ["lint", "policy", "-"]);
        Assert.Equal(1, binary.ExitCode);
        Assert.All(binary.Out, c => Assert.True(c is '\n' or (>= ' ' and <= '~')));
    }

    [Theory]
    [InlineData("lint")]
    [InlineData("lint", "txt")]
    [InlineData("lint", "policy")]
    [InlineData("lint", "policy", "a", "b")]
    [InlineData("lint", "nonsense", "x")]
    [InlineData("lint", "txt", "v=STSv1; id=a", "-o", "yaml")]
    [InlineData("lint", "txt", "--loose", "v=STSv1; id=a", "-o")]
    public async Task Wrong_usage_is_one_line_and_a_hint_on_standard_error(params string[] args)
    {
        var run = await Transcript.OfAsync(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Matches("\\Amtasts[a-z ]*: .+\nTry 'mtasts[a-z ]* --help'\\.\n\\z", run.Error);
    }

    private sealed class EndlessZeros : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Clear();
            return buffer.Length;
        }
    }
}
