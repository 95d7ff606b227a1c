namespace MtaSts.Simulation.Watching;

/// <summary>The last things that happened, for whoever has to understand a failure.</summary>
internal sealed class Story(Agenda agenda)
{
    private const int LinesMax = 40;

    private readonly Queue<string> _lines = [];

    public void Tell(string what)
    {
        _lines.Enqueue($"{agenda.Now:yyyy-MM-dd HH:mm:ss}  {what}");
        if (_lines.Count > LinesMax)
        {
            _lines.Dequeue();
        }
    }

    public override string ToString() => string.Join('\n', _lines);
}
