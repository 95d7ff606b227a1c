using System.Text;
using System.Text.RegularExpressions;

namespace MtaSts.Operator.Tests.Cli;

/// <summary>
/// Transcripts of whole runs, in Golden/: the first line is the command, the last what it exits with. With MTASTS_UPDATE_GOLDEN=1 they are written anew
/// instead of compared; read the difference before it is committed.
/// </summary>
public sealed partial class GoldenTranscriptTests
{
    private const string Prompt = "$ mtasts ";

    private static readonly string[] Folder = ["tests", "MtaSts.Operator.Tests", "Cli", "Golden"];

    public static TheoryData<string> Transcripts =>
        [.. Directory.GetFiles(Repository.PathOf(Folder), "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task A_run_says_what_its_transcript_says(string name)
    {
        var path = Repository.PathOf([.. Folder, name + ".txt"]);
        var expected = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var command = expected.Split('\n')[0];

        var run = await RunAsync(command);

        var actual = $"{command}\n{run.Out}{run.Error}exit {run.ExitCode}\n".Replace(Repository.Root + "/", "", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("MTASTS_UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(path, actual, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Every_manifest_of_the_documentation_is_valid()
    {
        var texts = Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md"));

        var blocks = texts.SelectMany(file => ManifestsOf(file).Select(yaml => (File: file, Yaml: yaml))).ToList();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block =>
        {
            var manifests = new Operator.Cli.Manifests.ManifestSet();
            manifests.Add(block.File, block.Yaml);
            Assert.Empty(new Operator.Cli.Manifests.Admissions(manifests, null, TimeSpan.FromDays(1)).Read().Problems.Select(p => p.ToString()));
        });
    }

    // "$ mtasts COMMAND ARGUMENTS", and perhaps "< FILE.md": then the manifests in it are standard input.
    private static Task<Transcript> RunAsync(string command)
    {
        Assert.StartsWith(Prompt, command, StringComparison.Ordinal);
        var halves = command[Prompt.Length..].Split(" < ");
        var stdin = halves.Length > 1 ? string.Join("---\n", ManifestsOf(Repository.PathOf(halves[1]))) : "";
        return Transcript.OfAsync(
            Encoding.UTF8.GetBytes(stdin), [.. halves[0].Split(' ').Select(word => word.EndsWith(".yaml", StringComparison.Ordinal) ? Repository.PathOf(word) : word)]);
    }

    private static IEnumerable<string> ManifestsOf(string markdown) =>
        Block().Matches(File.ReadAllText(markdown)).Select(m => m.Groups[1].Value).Where(yaml => yaml.Contains("apiVersion: mta-sts.dev/", StringComparison.Ordinal));

    [GeneratedRegex(@"^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
