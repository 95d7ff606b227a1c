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

    /// <summary>True when nothing is on its way any more: every server and replica shows what is at the source.</summary>
    public bool HasSpread(DateTimeOffset now, TimeSpan longestTtl) =>
        now - zone.ChangedAt > longestTtl && now - hosting.ChangedAt > longestTtl
        && zone.Servers.Concat(hosting.Replicas).All(f => f is { StuckSince: null, IsDown: false });
}
