namespace MtaSts.Simulation;

/// <summary>Virtual time: what happens next, in order of time and then of asking.</summary>
internal sealed class Agenda(DateTimeOffset start)
{
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _queue = new();
    private long _order;

    /// <summary>The true time, which no clock of the operator has to show.</summary>
    public DateTimeOffset Now { get; private set; } = start;

    public DateTimeOffset Start { get; } = start;

    public void At(DateTimeOffset time, Action what) => _queue.Enqueue(what, (time > Now ? time : Now, _order++));

    public void In(TimeSpan wait, Action what) => At(Now + wait, what);

    /// <summary>Lets everything happen up to a moment. It may be called by what happens: that is how a process stands still while the world goes on.</summary>
    public void RunUntil(DateTimeOffset end)
    {
        while (_queue.TryPeek(out _, out var next) && next.At <= end)
        {
            var what = _queue.Dequeue();
            Now = next.At > Now ? next.At : Now;
            what();
        }

        Now = end > Now ? end : Now;
    }
}
