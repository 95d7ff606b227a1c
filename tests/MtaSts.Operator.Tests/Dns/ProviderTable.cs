namespace MtaSts.Operator.Tests.Dns;

/// <summary>
/// The table of adapters in docs/dns-providers.md. Each row but the last is what a run of the conformance suite saw. With MTASTS_UPDATE_DOCS=1 a row is written
/// instead of compared.
/// </summary>
internal static class ProviderTable
{
    private const string Begin = "<!-- written by the conformance suite: begin -->";
    private const string End = "<!-- written by the conformance suite: end -->";

    private static readonly Lock Writing = new();

    private static string Document => Repository.PathOf("docs", "dns-providers.md");

    /// <summary>The names in the first column.</summary>
    public static IEnumerable<string> Rows() => Lines(File.ReadAllLines(Document)).Skip(2).Select(NameOf);

    /// <summary>Compares a row with the document's.</summary>
    /// <param name="cells">Its cells; the first is its name.</param>
    public static void Check(params string[] cells)
    {
        var row = $"| {string.Join(" | ", cells)} |";
        lock (Writing)
        {
            string[] all = File.ReadAllLines(Document);
            if (Environment.GetEnvironmentVariable("MTASTS_UPDATE_DOCS") == "1")
            {
                var at = Array.FindIndex(all, line => line.StartsWith($"| {cells[0]} |", StringComparison.Ordinal) && Lines(all).Contains(line));
                Assert.True(at > 0, $"docs/dns-providers.md has no row {cells[0]} to be written");
                all[at] = row;
                File.WriteAllLines(Document, all);
                return;
            }

            Assert.Equal(row, Lines(all).SingleOrDefault(line => NameOf(line) == cells[0]) ?? $"no row {cells[0]} in docs/dns-providers.md");
        }
    }

    private static string NameOf(string row) => row.Split('|')[1].Trim();

    private static string[] Lines(string[] document) =>
        [.. document.SkipWhile(line => line != Begin).Skip(1).TakeWhile(line => line != End).Where(line => line.StartsWith('|'))];
}
