using MtaSts.Core.Observations;

namespace MtaSts.Core.Tests.Sts;

/// <summary>What holds of every reading, whatever the text.</summary>
internal static class Faults
{
    public static void CheckInvariants<T>(Reading<T> reading)
        where T : class
    {
        Assert.Equal(reading.Value is null, reading.Faults.Any(f => f.Severity == Severity.Error));
        Assert.All(reading.Faults, f =>
        {
            Assert.True(f.Line >= 0);
            Assert.NotEmpty(f.Message);
            Assert.DoesNotContain(f.Message, c => c is < ' ' or > '~');
        });
        var lines = reading.Faults.Select(f => f.Line == 0 ? int.MaxValue : f.Line).ToList();
        Assert.Equal(lines.Order(), lines);
    }

    /// <summary>The text with one character inserted, removed or replaced.</summary>
    public static string Mutated(string text, int kind, int at, char c)
    {
        var place = at % (text.Length + 1);
        return kind switch
        {
            0 => text.Insert(place, c.ToString()),
            1 when text.Length > 0 => text.Remove(at % text.Length, 1),
            2 when text.Length > 0 => text.Remove(at % text.Length, 1).Insert(at % text.Length, c.ToString()),
            _ => text + c,
        };
    }
}
