namespace MtaSts.Demo;

/// <summary>What was to be shown, and whether it held.</summary>
internal sealed class Verdicts
{
    private readonly List<(bool Held, string What, string Seen)> _all = [];
    private readonly Lock _lock = new();

    public int Passed => _all.Count(v => v.Held);

    public int Failed => _all.Count(v => !v.Held);

    /// <summary>Notes one; what was seen is told where it did not hold.</summary>
    public void Note(bool held, string what, string seen)
    {
        lock (_lock)
        {
            _all.Add((held, what, seen));
            Console.WriteLine(held ? $"  held    {what}" : $"  FAILED  {what}\n          seen: {seen}");
        }
    }

    /// <summary>Prints all, and the closing line.</summary>
    public void PrintSummary()
    {
        Console.WriteLine();
        Console.WriteLine("Summary");
        foreach (var (held, what, _) in _all)
        {
            Console.WriteLine($"  {(held ? "held  " : "FAILED")}  {what}");
        }

        Console.WriteLine();
        Console.WriteLine($"demo: {Passed} passed, {Failed} failed");
    }
}
