using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.Demo;

/// <summary>
/// The domains whose life is shown beyond the way up: one moves to other mail servers, one leaves, one is taken over from somebody else. The first two are at
/// enforce before the cluster is lost, and go on from there in the next one.
/// </summary>
internal sealed class LaterLife(OperatorWorld world)
{
    public const string Adopted = "adopted.test";
    public const string Moving = "moving.test";
    public const string Leaving = "leaving.test";

    public const string OldMx = "old.moving.test";
    public const string NewMx = "new.moving.test";

    /// <summary>The namespace that goes with its only policy.</summary>
    public const string LeavingSpace = "team-leaving";

    /// <summary>The id under which somebody else publishes the policy of <see cref="Adopted"/>.</summary>
    public const string ForeignId = "20260101T000000";

    /// <summary>The max_age of that policy: more than a week, less than twelve.</summary>
    public const int ForeignMaxAge = 1000000;

    private const string Space = "team-c";

    // A day is a second: what a domain that leaves has to wait for is over within the demo.
    private const string DaysAsSeconds = """
            interval: 2s
            stages:
              - { name: testing, mode: testing, maxAge: 1s, soak: 2s }
              - { name: enforce, mode: enforce, maxAge: 7s }
        """;

    private const string DaysClass = "days-as-seconds";

    /// <summary>The server that <see cref="Moving"/> leaves.</summary>
    public MxServer Old { get; private set; } = null!;

    /// <summary>The server that it moves to.</summary>
    public MxServer New { get; private set; } = null!;

    /// <summary>Zones, mail servers, and the web server and records of whoever has <see cref="Adopted"/> now.</summary>
    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        await world.Mail.Dns.AddZoneAsync(Moving, [new ZoneRecord("@", "MX", $"10 {OldMx}.")], cancellationToken);
        await world.Mail.Dns.AddZoneAsync(Leaving, [new ZoneRecord("@", "MX", "10 mx.leaving.test.")], cancellationToken);
        await world.Mail.Dns.AddZoneAsync(
            Adopted,
            [
                new ZoneRecord("@", "MX", "10 mx.adopted.test."),
                new ZoneRecord("mta-sts", "A", $"{world.Mail.Plan.OtherWeb}"),
                new ZoneRecord("_mta-sts", "TXT", $"\"v=STSv1; id={ForeignId};\""),
                new ZoneRecord("_smtp._tls", "TXT", "\"v=TLSRPTv1; rua=mailto:tls@elsewhere.test\""),
            ],
            cancellationToken);
        var servers = await Task.WhenAll(
            AddMxAsync(Moving, OldMx), AddMxAsync(Moving, NewMx), AddMxAsync(Leaving, "mx.leaving.test"), AddMxAsync(Adopted, "mx.adopted.test"));
        (Old, New) = (servers[0], servers[1]);

        var certificate = world.Mail.Ca.Issue("mta-sts." + Adopted);
        var site = new IngressSite("mta-sts." + Adopted, certificate.CertificatePem, certificate.KeyPem, [])
        {
            Policy = $"version: STSv1\r\nmode: enforce\r\nmx: mx.adopted.test\r\nmax_age: {ForeignMaxAge}\r\n",
        };
        await (await world.Mail.AddOtherWebAsync(cancellationToken)).SetSitesAsync([site], cancellationToken);

        Task<MxServer> AddMxAsync(string domain, string host) =>
            world.Mail.AddMxAsync(new MxOptions(host, world.Mail.Ca.Issue(host), [domain]), cancellationToken);
    }

    /// <summary>The class whose days are seconds.</summary>
    public string Classes() => "\n---\n" + world.ClassManifest(DaysClass, isDefault: false, DaysAsSeconds) + "\n";

    /// <summary>The policies of the two that are there first.</summary>
    public static string Policies() => NamespaceOf(Space) + NamespaceOf(LeavingSpace)
        + MovingPolicy(OldMx)
        + Scene.Policy(LeavingSpace, "leaving", Leaving, "mx.leaving.test") + $"  className: {DaysClass}\n";

    /// <summary>The policy that takes <see cref="Adopted"/> over, of the class that the others have.</summary>
    public static string AdoptingPolicy() => Scene.Policy(Space, "adopted", Adopted, "mx.adopted.test") + "  adoption: Adopt\n";

    /// <summary>The policy of <see cref="Moving"/>, with the hosts given.</summary>
    public static string MovingPolicy(params string[] mx) => Scene.Policy(Space, "moving", Moving, mx) + $"  className: {DaysClass}\n";

    private static string NamespaceOf(string name) => $"---\napiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n";
}
