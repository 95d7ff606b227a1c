using System.Text.RegularExpressions;

namespace MtaSts.Operator.Tests.Release;

/// <summary>What can be said of the Dockerfile without an engine that builds all of it.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = ReadInstructions();
    private static readonly Dictionary<string, List<string>> Stages = ReadStages();

    [Theory]
    [InlineData("operator", "mcr.microsoft.com/dotnet/aspnet:${DOTNET}-${BASE}-chiseled-extra", "/mtasts")]
    [InlineData("policy-server", "scratch", "/policy-server")]
    public void An_image_has_no_shell_runs_as_a_numbered_user_and_is_made_of_one_folder(string stage, string from, string program)
    {
        Assert.Equal(
            [$"FROM {from} AS {stage}", $"COPY --from={stage}-build /image-files/ /", "USER 65532:65532", $"ENTRYPOINT [\"{program}\"]"],
            Stages[stage].Where(static line => !line.StartsWith("EXPOSE ", StringComparison.Ordinal) && !line.StartsWith("CMD ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_last_stage_is_the_one_that_needs_no_registry() => Assert.Equal("policy-server", Stages.Keys.Last());

    [Fact]
    public void Every_base_image_is_of_one_pinned_release()
    {
        Assert.Contains("ARG DOTNET=10.0", Lines);
        Assert.Contains("ARG BASE=noble", Lines);
        Assert.All(
            Lines.Where(static line => line.StartsWith("FROM ", StringComparison.Ordinal)).Select(static line => From().Match(line).Groups[1].Value),
            static image => Assert.True(
                image == "scratch" || Stages.ContainsKey(image) || image.Contains(":${DOTNET}-${BASE}", StringComparison.Ordinal), image));
    }

    [Fact]
    public void What_compiles_runs_on_the_builder_and_for_the_architecture_that_the_builder_says()
    {
        Assert.All(
            Stages.Values.Where(static stage => stage.Any(static line => line.StartsWith("RUN ", StringComparison.Ordinal))),
            static stage => Assert.Matches("^FROM (--platform=\\$BUILDPLATFORM |source )", stage[0]));
        // With a default, every image would have that architecture's program, whatever its platform.
        Assert.Single(Lines, static line => line == "ARG TARGETARCH");
        Assert.DoesNotContain(Lines, static line => line.StartsWith("ARG TARGETARCH=", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_comes_from_elsewhere_than_the_repository_and_what_it_copies_is_there()
    {
        Assert.DoesNotContain(Lines, static line => line.StartsWith("ADD ", StringComparison.Ordinal));
        var allowed = File.ReadAllLines(Repository.PathOf(".dockerignore"));

        var copied = Lines
            .Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(static line => line.Split(' ')[1..^1])
            .Select(static path => path.TrimEnd('/'))
            .ToList();

        Assert.NotEmpty(copied);
        Assert.All(copied, path =>
        {
            Assert.True(Path.Exists(Repository.PathOf(path)), $"{path} is not there");
            Assert.True(allowed.Contains("!" + path), $".dockerignore keeps {path} away from the builder");
        });
    }

    [Fact]
    public void Every_stage_that_is_named_is_there()
    {
        var named = Lines.SelectMany(static line => Named().Matches(line)).Select(static match => match.Groups[1].Value);

        Assert.All(named, static stage => Assert.True(Stages.ContainsKey(stage), stage));
    }

    private static string[] ReadInstructions() =>
        File.ReadAllText(Repository.PathOf("Dockerfile"))
            .Replace("\\\n", "", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => line[0] != '#')
            .ToArray();

    private static Dictionary<string, List<string>> ReadStages()
    {
        var stages = new Dictionary<string, List<string>>();
        List<string>? stage = null;
        foreach (var line in Lines)
        {
            if (From().Match(line) is { Success: true } from) stages.Add(from.Groups[2].Value, stage = []);
            stage?.Add(line);
        }

        return stages;
    }

    [GeneratedRegex("^FROM (?:--platform=[^ ]+ )?([^ ]+) AS ([^ ]+)$")]
    private static partial Regex From();

    [GeneratedRegex("(?:--from=|[,]from=)([a-z-]+)")]
    private static partial Regex Named();
}
