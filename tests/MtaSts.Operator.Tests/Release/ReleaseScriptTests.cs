using MtaSts.TestBed.Processes;

namespace MtaSts.Operator.Tests.Release;

/// <summary><c>script/release</c> as far as it goes without a registry: its dry run, in a small repository made for it.</summary>
public sealed class ReleaseScriptTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mtasts-release-");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Command.Find("git") is not null, "git is not on PATH");
        Directory.CreateDirectory(PathOf("script"));
        File.Copy(Repository.PathOf("script", "release"), PathOf("script/release"));
        Write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-11-28\n\n- The first.\n");
        Write("Directory.Build.props", "<Project><PropertyGroup><Version>0.1.0</Version></PropertyGroup></Project>\n");
        Write("charts/mta-sts-operator/Chart.yaml", "apiVersion: v2\nname: mta-sts-operator\nversion: 0.1.0\nappVersion: 0.1.0\n");
        await GitAsync("init", "--quiet");
        await CommitAsync();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_dry_run_prints_the_steps_and_does_none()
    {
        var result = await ReleaseAsync("--dry-run", "--version", "0.1.0", "--registry", "registry.test/mail");

        Assert.True(result.Succeeded, result.Error);
        var steps = result.Output.Split('\n').Where(static line => line.StartsWith("release: + ", StringComparison.Ordinal)).ToList();
        Assert.Equal("release: + script/test", steps[0]);
        foreach (var (target, name) in (ReadOnlySpan<(string, string)>)[("operator", "mta-sts-operator"), ("policy-server", "mta-sts-policy-server")])
        {
            var image = Assert.Single(steps, step => step.Contains($"--tag registry.test/mail/{name}:0.1.0 --push .", StringComparison.Ordinal));
            Assert.Contains($"docker buildx build --platform linux/amd64,linux/arm64 --target {target} ", image.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains(" --sbom=true --provenance=mode=max ", image, StringComparison.Ordinal);
        }

        Assert.Single(steps, static step => step.EndsWith("--output artifacts/release/0.1.0 --filename mtasts.cdx.json", StringComparison.Ordinal));
        Assert.Single(steps, static step => step.EndsWith("--output artifacts/release/0.1.0 --filename policy-server.cdx.json", StringComparison.Ordinal));
        Assert.Equal("release: + git tag --annotate --message 0.1.0 v0.1.0", steps[^1]);
        Assert.False(Directory.Exists(PathOf("artifacts")), "a dry run writes nothing");
        Assert.Equal("", await GitAsync("tag"));
    }

    [Fact]
    public async Task A_tree_with_changes_is_refused()
    {
        Write("README.md", "new\n");

        await RefusesAsync("0.1.0", "the tree has changes that are not committed");
    }

    [Theory]
    [InlineData("CHANGELOG.md", "## 0.1.0 - ", "## 0.1.01 - ", "CHANGELOG.md has no heading '## 0.1.0'")]
    [InlineData("Directory.Build.props", "0.1.0", "0.2.0", "Directory.Build.props has another <Version> than 0.1.0")]
    [InlineData("charts/mta-sts-operator/Chart.yaml", "\nversion: 0.1.0", "\nversion: 0x1.0", "Chart.yaml has another version than 0.1.0")]
    [InlineData("charts/mta-sts-operator/Chart.yaml", "appVersion: 0.1.0", "appVersion: 0.1.0-1", "Chart.yaml has another appVersion than 0.1.0")]
    public async Task A_file_that_does_not_say_the_version_is_refused(string file, string says, string instead, string message)
    {
        Write(file, (await File.ReadAllTextAsync(PathOf(file))).Replace(says, instead, StringComparison.Ordinal));
        await CommitAsync();

        await RefusesAsync("0.1.0", message);
    }

    [Fact]
    public async Task A_version_that_is_tagged_is_refused()
    {
        await GitAsync("tag", "v0.1.0");

        await RefusesAsync("0.1.0", "the tag v0.1.0 is there already");
    }

    [Theory]
    [InlineData("--version", "0.1")]
    [InlineData("--version", "v0.1.0")]
    [InlineData("--push")]
    [InlineData]
    public async Task Wrong_usage_is_said_with_2(params string[] arguments)
    {
        var result = await ReleaseAsync(["--dry-run", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("Usage: script/release ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_dry_run_a_registry_must_be_named()
    {
        var result = await ReleaseAsync("--version", "0.1.0");

        Assert.Equal(2, result.ExitCode);
    }

    private async Task RefusesAsync(string version, string message)
    {
        var result = await ReleaseAsync("--dry-run", "--version", version);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"release: {message}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("release: +", result.Output, StringComparison.Ordinal);
    }

    private Task<CommandResult> ReleaseAsync(params string[] arguments) =>
        Command.RunAsync(PathOf("script/release"), arguments, cancellationToken: TestContext.Current.CancellationToken);

    private async Task CommitAsync()
    {
        await GitAsync("add", "--all");
        await GitAsync("-c", "user.name=test", "-c", "user.email=test@example.test", "commit", "--quiet", "--message", "a state");
    }

    private Task<string> GitAsync(params string[] arguments) =>
        Command.OutputAsync("git", ["-C", _folder.FullName, .. arguments], cancellationToken: TestContext.Current.CancellationToken);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
