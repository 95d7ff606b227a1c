using System.Text.RegularExpressions;

namespace MtaSts.Operator.Tests.Docs;

/// <summary>Where the documents name a test for what they say, there is one.</summary>
public sealed partial class NamedTestsTests
{
    public static TheoryData<string> Documents => [.. Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_test_that_a_document_names_is_there(string document)
    {
        var tests = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(f => Declaration().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet();
        var named = Mention().Matches(File.ReadAllText(Repository.PathOf("docs", document))).Select(m => m.Groups[1].Value);

        Assert.DoesNotContain(named, n => !tests.Contains(n));
    }

    // A test's name is a sentence: at least three words; an environment variable has no small letters.
    [GeneratedRegex("`(?=[^`]*[a-z])([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+){2,})`")]
    private static partial Regex Mention();

    [GeneratedRegex(@"public (?:async )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex Declaration();
}
