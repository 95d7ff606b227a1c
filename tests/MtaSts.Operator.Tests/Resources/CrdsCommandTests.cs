using System.Text.Json.Nodes;
using MtaSts.Operator.Cli;

namespace MtaSts.Operator.Tests.Resources;

public sealed class CrdsCommandTests : IDisposable
{
    private static readonly Version WithCel = new(1, 25);

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Prints_every_definition_as_one_stream()
    {
        Assert.Equal(ExitCodes.Fine, await RunAsync("crds"));

        var documents = Charts.YamlDocuments.Parse(_output.ToString());
        Assert.Equal(["ClusterDnsProvider", "DnsProvider", "MtaStsClass", "MtaStsPolicy", "MtaStsRetirement"], documents.Select(d => (string?)d["spec"]!["names"]!["kind"]));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Leaves_out_the_CEL_rules_and_nothing_else_where_it_is_asked_to()
    {
        Assert.Equal(ExitCodes.Fine, await RunAsync("crds", "--no-cel"));

        var without = Charts.YamlDocuments.Parse(_output.ToString());
        var with = CrdsCommand.Definitions().Select(d => Charts.YamlDocuments.Parse(d.Yaml).Single()).ToList();
        Assert.Contains(with, d => d.ToJsonString().Contains("x-kubernetes-validations", StringComparison.Ordinal));
        with.ForEach(RemoveRules);
        Assert.Equal(with.Select(d => d.ToJsonString()), without.Select(d => d.ToJsonString()));
    }

    [Theory]
    [MemberData(nameof(Charts.PublishedReleases.Names), MemberType = typeof(Charts.PublishedReleases))]
    public async Task Every_definition_is_one_that_each_release_knows_field_by_field(string release)
    {
        var api = Charts.PublishedReleases.Require(release);
        string[] arguments = Version.Parse(release) < WithCel ? ["crds", "--no-cel"] : ["crds"];
        Assert.Equal(ExitCodes.Fine, await RunAsync(arguments));

        Assert.All(Charts.YamlDocuments.Parse(_output.ToString()), definition => Assert.Equal([], api.Problems(definition)));
    }

    [Fact]
    public async Task Writes_a_file_a_kind()
    {
        var folder = Directory.CreateTempSubdirectory("mtasts-crds-").FullName;
        try
        {
            Assert.Equal(ExitCodes.Fine, await RunAsync("crds", "--output-dir", Path.Combine(folder, "new")));

            foreach (var file in Directory.GetFiles(Repository.PathOf("crds")))
            {
                Assert.Equal(File.ReadAllText(file), File.ReadAllText(Path.Combine(folder, "new", Path.GetFileName(file))));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_wrong_usage()
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync("crds", "--output-dir", Path.Combine(Repository.PathOf("Operator.sln"), "x")));
        Assert.Contains("--output-dir", _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private static void RemoveRules(JsonNode node)
    {
        if (node is JsonObject map)
        {
            map.Remove("x-kubernetes-validations");
        }

        foreach (var inner in node is JsonObject o ? o.Select(e => e.Value) : node is JsonArray list ? list : [])
        {
            if (inner is not null)
            {
                RemoveRules(inner);
            }
        }
    }

    private Task<int> RunAsync(params string[] arguments) =>
        CliProgram.RunAsync(arguments, new CliHost { In = Stream.Null, Out = _output, Error = _error }, TestContext.Current.CancellationToken);
}
