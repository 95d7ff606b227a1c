namespace MtaSts.Core.Tests.Rollout;

public class GoldenTests
{
    public static TheoryData<string> Names => [.. Directory.GetDirectories(GoldenCase.Root).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_decision_is_as_the_folder_says(string name)
    {
        var golden = GoldenCase.Load(name);
        var decided = golden.Decide();

        Assert.True(golden.Expected == decided, $"Golden/{name} ('-' the folder, '+' the engine):\n{Diff(golden.Expected.Split('\n'), decided.Split('\n'))}");
    }

    [Fact]
    public void No_folder_went_missing() => Assert.True(Names.Count >= 53, "the folders are copied beside the test program");

    // Keys come in one order, so that a line that only one side has stands where it belongs.
    private static string Diff(string[] expected, string[] decided)
    {
        static string Key(string line) => line.Split(':')[0];
        var lines = expected.SelectMany(line => decided.Contains(line) ? [$"  {line}"] : decided.Where(d => Key(d) == Key(line)).Select(d => $"+ {d}").Prepend($"- {line}"));
        var added = decided.Where(d => expected.All(e => Key(e) != Key(d))).Select(d => $"+ {d}");
        return string.Join('\n', lines.Concat(added));
    }
}
