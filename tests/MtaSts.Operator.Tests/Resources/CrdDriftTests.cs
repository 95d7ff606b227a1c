using MtaSts.Operator.Cli;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Tests.Resources.CrdGeneration;

namespace MtaSts.Operator.Tests.Resources;

/// <summary>The committed CRDs are what the C# types say. With MTASTS_UPDATE_CRDS=1 the files are written instead of compared.</summary>
public sealed class CrdDriftTests
{
    private static readonly string[][] Copies = [["crds"], ["charts", "mta-sts-operator", "crds"]];

    public static TheoryData<Type> Kinds => [typeof(MtaStsPolicy), typeof(MtaStsRetirement), typeof(MtaStsClass), typeof(ClusterDnsProvider), typeof(DnsProvider)];

    private static CrdGenerator Generator => new(XmlDocs.Of(typeof(MtaStsPolicy).Assembly));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Committed_definitions_are_what_the_types_say(Type kind)
    {
        var expected = Generator.Yaml(kind);
        foreach (var copy in Copies)
        {
            var path = Repository.PathOf([.. copy, CrdGenerator.FileNameOf(kind)]);
            if (Environment.GetEnvironmentVariable("MTASTS_UPDATE_CRDS") == "1")
            {
                File.WriteAllText(path, expected);
            }

            Assert.True(File.Exists(path), $"{path} is missing; run script/lib/generate-crds");
            Assert.Equal(expected, File.ReadAllText(path));
        }
    }

    [Fact]
    public void No_definition_lies_about_that_no_type_stands_for()
    {
        var expected = Kinds.Select(k => CrdGenerator.FileNameOf(k.Data)).Order().ToArray();
        foreach (var copy in Copies)
        {
            Assert.Equal(expected, Directory.GetFiles(Repository.PathOf(copy)).Select(Path.GetFileName).Order());
        }
    }

    [Fact]
    public void The_program_carries_the_committed_definitions()
    {
        if (Environment.GetEnvironmentVariable("MTASTS_UPDATE_CRDS") == "1")
        {
            return; // they are being written, and this program was built before
        }

        var carried = CrdsCommand.Definitions();
        Assert.Equal(Kinds.Count, carried.Count);
        Assert.All(carried, d => Assert.Equal(File.ReadAllText(Repository.PathOf("crds", d.File)), d.Yaml));
    }
}
