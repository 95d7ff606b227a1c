using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Simulation.World;

/// <summary>Collects the facts as the probes do: every authoritative server, one resolver, every address. A few answers are lost.</summary>
internal sealed class Observer(Agenda agenda, Resolver resolver, Random luck, double lossShare)
{
    // A round asks about so many questions.
    private const int QuestionsOfARound = 50;

    /// <summary>True when no answer of a round is lost; for rounds that would see the same as the one before.</summary>
    public bool LosesNothing() => !luck.Chance(1 - Math.Pow(1 - lossShare, QuestionsOfARound));

    public Observed Look(DomainWorld world)
    {
        var authoritative = DesiredState.KeysToWatch(world.Domain, delegation: null).ToImmutableDictionary(k => k, k => Authoritative(world.Zone, k));
        return new Observed
        {
            At = agenda.Now,
            Policy = Policy(world),
            StsTxt = View(world, world.StsKey, authoritative),
            TlsRptTxt = View(world, world.TlsRptKey, authoritative),
            Mx = Mx(world),
            Records = authoritative.ToImmutableDictionary(a => a.Key, a => new DnsView(a.Key.Name, a.Value, [])),
        };
    }

    private DnsView View(DomainWorld world, RecordKey key, ImmutableDictionary<RecordKey, ImmutableArray<DnsReply>> authoritative) =>
        new(key.Name, authoritative[key], [Reply("resolver", resolver.Ask(world.Zone, key))]);

    private ImmutableArray<DnsReply> Authoritative(Zone zone, RecordKey key) =>
        [.. zone.Servers.Select(server => Reply(server.Name, server.IsDown ? null : zone.At(server)[key]))];

    private DnsReply Reply(string server, RecordSet? set) => set switch
    {
        _ when luck.Chance(lossShare) => new(server, DnsStatus.TimedOut, [], []),
        null => new(server, DnsStatus.ServerFailure, [], []),
        { Values.IsEmpty: true } => new(server, DnsStatus.NoSuchName, [], []),
        _ => new(server, DnsStatus.Answered, [.. set.Values], [], set.TtlSeconds),
    };

    private PolicyView Policy(DomainWorld world)
    {
        var addresses = Reply("resolver", resolver.Ask(world.Zone, world.HostKey));
        var noIpv6 = new DnsReply("resolver", DnsStatus.NoData, [], []);
        return new PolicyView(world.Domain.PolicyHost, [addresses, noIpv6], [.. addresses.Records.Select(world.Hosting.Fetch)]);
    }

    private MxView Mx(DomainWorld world)
    {
        var zone = world.Zone;
        var authoritative = zone.Servers.Select(s => MxReply(s.Name, s.IsDown ? null : (zone.At(s).Mx, zone.At(s).MxTtlSeconds))).ToImmutableArray();
        var view = new DnsView(zone.Apex, authoritative, [MxReply("resolver", resolver.AskMx(zone))]);
        var hosts = view.All.SelectMany(r => r.Records).Select(r => r[3..]).Distinct().Order(StringComparer.Ordinal);
        return new MxView(view, [.. hosts.Select(h => Host(world, h))], IsNullMx: false, EgressBlocked: false);
    }

    private DnsReply MxReply(string server, (ImmutableSortedSet<string> Hosts, long TtlSeconds)? mx) => mx is { } seen && !luck.Chance(lossShare)
        ? new(server, DnsStatus.Answered, [.. seen.Hosts.Select(h => $"10 {h}")], [], seen.TtlSeconds)
        : new(server, DnsStatus.ServerFailure, [], []);

    private MxHost Host(DomainWorld world, string host)
    {
        var chain = world.Mail.IsWell(host) ? ChainStatus.Trusted : ChainStatus.Expired;
        var certificate = new CertificateFacts(chain, true, [host], agenda.Now.AddDays(chain == ChainStatus.Trusted ? 60 : -1));
        var probe = new SmtpProbe(host, "203.0.113.25", SmtpStatus.TlsEstablished, certificate, "1.3");
        return new MxHost(host, 10, [new("resolver", DnsStatus.Answered, ["203.0.113.25"], [])], [luck.Chance(lossShare) ? probe with { Status = SmtpStatus.Rejected, Certificate = null } : probe]);
    }
}
