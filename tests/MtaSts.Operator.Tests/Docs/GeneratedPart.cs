namespace MtaSts.Operator.Tests.Docs;

/// <summary>
/// A part of a document that a test writes: the lines between two marks. With MTASTS_UPDATE_DOCS=1 it is written instead of compared.
/// </summary>
internal static class GeneratedPart
{
    /// <summary>Compares the part with what it should be.</summary>
    /// <param name="document">The document's name below docs/.</param>
    /// <param name="name">The name in the marks: "written by a test: NAME: begin", "... end".</param>
    /// <param name="lines">What it should be.</param>
    public static void Check(string document, string name, IEnumerable<string> lines)
    {
        var path = Repository.PathOf("docs", document);
        string[] all = File.ReadAllLines(path);
        var begin = Array.IndexOf(all, $"<!-- written by a test: {name}: begin -->");
        var end = Array.IndexOf(all, $"<!-- written by a test: {name}: end -->");
        Assert.True(begin >= 0 && end > begin, $"docs/{document} has no marks of \"{name}\"");
        string[] wanted = ["", .. lines, ""];
        if (Environment.GetEnvironmentVariable("MTASTS_UPDATE_DOCS") == "1")
        {
            File.WriteAllLines(path, [.. all[..(begin + 1)], .. wanted, .. all[end..]]);
            return;
        }

        Assert.Equal(wanted, all[(begin + 1)..end]);
    }
}
