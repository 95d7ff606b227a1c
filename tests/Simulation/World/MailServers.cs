namespace MtaSts.Simulation.World;

/// <summary>The MX hosts of a domain. One that is not in the DNS any more goes on running for those who still know it.</summary>
internal sealed class MailServers(Agenda agenda)
{
    private readonly HashSet<string> _ill = [];

    /// <summary>True when the host takes mail over TLS with a certificate that names it.</summary>
    public bool IsWell(string host) => !_ill.Contains(host);

    public bool AreAllWell => _ill.Count == 0;

    /// <summary>The last change.</summary>
    public DateTimeOffset ChangedAt { get; private set; } = agenda.Now;

    public void FallIll(string host)
    {
        _ill.Add(host);
        ChangedAt = agenda.Now;
    }

    public void Recover(string host)
    {
        _ill.Remove(host);
        ChangedAt = agenda.Now;
    }
}
