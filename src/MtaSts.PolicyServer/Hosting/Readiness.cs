using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Hosting;

/// <summary>Whether traffic should be sent here.</summary>
internal sealed class Readiness(PolicyStore store)
{
    private volatile bool _draining;

    /// <summary>Set once, at the first signal to stop.</summary>
    public bool Draining => _draining;

    public bool Ready => !_draining && store.Current is not null;

    public void Drain() => _draining = true;
}
