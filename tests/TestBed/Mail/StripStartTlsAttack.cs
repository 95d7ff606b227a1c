namespace MtaSts.TestBed.Mail;

/// <summary>A running attack on the way to one mail server; ends when disposed.</summary>
public sealed class StripStartTlsAttack : IAsyncDisposable
{
    private readonly StripStartTlsProxy _proxy;
    private readonly Func<Task> _release;
    private bool _over;

    internal StripStartTlsAttack(StripStartTlsProxy proxy, Func<Task> release)
    {
        _proxy = proxy;
        _release = release;
    }

    /// <summary>How many connections of the sender have fallen into it: proof that the attack was on the way.</summary>
    public int Connections => _proxy.Connections;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_over) return;
        _over = true;
        await _proxy.DisposeAsync();
        await _release();
    }
}
