using MtaSts.Core.Desired;
using MtaSts.Core.Mail;

namespace MtaSts.Simulation.World;

/// <summary>All that is real of one domain: its zone, its mail servers, its policy host.</summary>
internal sealed class DomainWorld(MailDomain domain, Zone zone, MailServers mail, PolicyHosting hosting)
{
    public MailDomain Domain => domain;

    public Zone Zone => zone;

    public MailServers Mail => mail;

    public PolicyHosting Hosting => hosting;

    public RecordKey StsKey { get; } = new(domain.StsRecordName, RecordType.Txt);

    public RecordKey TlsRptKey { get; } = new(domain.TlsRptRecordName, RecordType.Txt);

    public RecordKey HostKey { get; } = new(domain.PolicyHost, RecordType.A);

    // Longer than anything takes to spread when nothing is stuck: TTLs, lags, a certificate's issue.
    private static readonly TimeSpan SpreadMax = TimeSpan.FromHours(8);
    private static readonly TimeSpan CertificateLifeMin = TimeSpan.FromDays(8);

    /// <summary>True when nothing has changed for so long that every server, replica and resolver shows the same, and nothing is out of order.</summary>
    public bool IsQuiet(DateTimeOffset now) =>
        now - zone.ChangedAt > SpreadMax && now - hosting.ChangedAt > SpreadMax && now - mail.ChangedAt > SpreadMax && mail.AreAllWell
        && !hosting.IsDown && hosting.CertificateNotAfter - now > CertificateLifeMin
        && zone.Servers.All(f => f is { StuckSince: null, IsDown: false }) && hosting.Replicas.All(f => f is { StuckSince: null, IsDown: false });
}
