using System.Globalization;

namespace MtaSts.Kubernetes;

/// <summary>Says which informers are synced and alive.</summary>
/// <param name="informers">The informers of the process.</param>
/// <param name="time">The clock.</param>
/// <param name="aliveWithin">
/// How long an informer's loop may stand still before the process counts as broken; default 15 minutes, above the longest watch.
/// </param>
public sealed class RuntimeHealth(IReadOnlyList<IInformer> informers, TimeProvider time, TimeSpan? aliveWithin = null)
{
    private readonly TimeSpan _aliveWithin = aliveWithin ?? TimeSpan.FromMinutes(15);

    /// <summary>Every informer that the process cannot do without has had a complete list since the start.</summary>
    public bool IsReady => informers.All(i => i.HasSynced || i.IsOptional);

    /// <summary>
    /// Every informer's loop turns. An API server that is away does not count against it: a restart would not bring it back.
    /// </summary>
    public bool IsAlive => informers.All(Turns);

    /// <summary>One line per informer: kind, state, how long ago the server was heard, the last error.</summary>
    public IReadOnlyList<string> Describe() => [.. informers.Select(Line)];

    private bool Turns(IInformer informer)
    {
        var last = informer.LastTurn > informer.LastActivity ? informer.LastTurn : informer.LastActivity;
        return time.GetUtcNow() - last <= _aliveWithin;
    }

    private string Line(IInformer informer)
    {
        var state = (informer.HasSynced, Turns(informer)) switch
        {
            (_, false) => "stuck",
            (false, true) when informer.IsOptional => "not listed, and not needed by all",
            (false, true) => "waiting for its first list",
            (true, true) => "synced",
        };
        var heard = (time.GetUtcNow() - informer.LastActivity).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var unreadable = informer.UnreadableCount == 0 ? "" : $", {informer.UnreadableCount} unreadable";
        var error = informer.LastError is { } text ? $", {text}" : "";
        return $"{informer.Kind.Kind}: {state}, heard {heard} s ago{unreadable}{error}";
    }
}
