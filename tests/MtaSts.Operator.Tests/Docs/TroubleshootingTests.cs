using System.Text.RegularExpressions;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Tests.Docs;

/// <summary>docs/troubleshooting.md has one row for each reason.</summary>
public sealed partial class TroubleshootingTests
{
    // A reason of a text is seen by the command that named it, so its table has no column for that.
    private const int CellsOfAText = 3;

    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Repository.PathOf("docs", "troubleshooting.md"))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => CellBorder().Split(l.Trim('|', ' ')).Select(c => c.Trim()).ToArray()),
    ];

    [Fact]
    public void Every_reason_has_one_row_and_every_row_is_of_a_reason() =>
        Assert.Equal(
            Enum.GetNames<Reason>().Order(StringComparer.Ordinal),
            Rows.Select(r => r[0].Trim('`')).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_row_says_what_it_means_and_what_to_do() =>
        Assert.All(Rows, r =>
        {
            Assert.InRange(r.Length, CellsOfAText, CellsOfAText + 1);
            Assert.True(r[1].Length > 10, r[0]);
            Assert.True(r[^1].Length > 2, r[0]);
        });

    // A bar that is not escaped.
    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();
}
