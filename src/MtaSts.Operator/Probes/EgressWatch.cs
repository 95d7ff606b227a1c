namespace MtaSts.Operator.Probes;

/// <summary>
/// Tells a dead MX from a blocked way out: in the last ten minutes no MX of anyone took a connection on port 25, and at least three different
/// hosts were tried. With fewer the two cannot be told apart, and the MX is what is named.
/// </summary>
internal sealed class EgressWatch(TimeProvider time)
{
    private const int HostsMin = 3;
    private const int HostsMax = 64; // more would tell nothing new
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _failed = new(StringComparer.Ordinal);
    private DateTimeOffset? _lastConnected;

    /// <summary>How many different hosts failed in the window.</summary>
    public int Failed
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _failed.Count;
            }
        }
    }

    /// <summary>True when our own way out seems blocked.</summary>
    public bool IsBlocked
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _lastConnected is null && _failed.Count >= HostsMin;
            }
        }
    }

    /// <summary>Notes one attempt to connect.</summary>
    public void Note(string host, bool connected)
    {
        lock (_gate)
        {
            if (connected)
            {
                _lastConnected = time.GetUtcNow();
            }
            else if (_failed.Count < HostsMax || _failed.ContainsKey(host))
            {
                _failed[host] = time.GetUtcNow();
            }
        }
    }

    private void Forget()
    {
        var since = time.GetUtcNow() - Window;
        _lastConnected = _lastConnected < since ? null : _lastConnected;
        foreach (var old in _failed.Where(f => f.Value < since).Select(f => f.Key).ToList())
        {
            _failed.Remove(old);
        }
    }
}
