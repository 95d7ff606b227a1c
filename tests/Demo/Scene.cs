using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.Demo;

/// <summary>The domains of the demo: their zones, mail servers and manifests.</summary>
internal sealed class Scene(OperatorWorld world)
{
    public const string Healthy = "healthy.test";
    public const string WrongName = "wrongname.test";
    public const string Uncovered = "uncovered.test";
    public const string Untrusted = "untrusted.test";
    public const string Taken = "taken.test";
    public const string Expiring = "expiring.test";

    /// <summary>The TXT record that is in the way at <see cref="Taken"/>.</summary>
    public const string ForeignRecord = "v=STSv1; id=somebodyelse1;";

    /// <summary>The soak of the testing stage.</summary>
    public static readonly TimeSpan Soak = TimeSpan.FromSeconds(20);

    // Within the soak, whatever the start takes: the certificate is issued when the policies are applied.
    private static readonly TimeSpan ExpiresAfter = TimeSpan.FromSeconds(18);

    /// <summary>spec.rollout of the demo's class: the default stages, with soaks of seconds.</summary>
    public const string Rollout = """
            interval: 2s
            stages:
              - { name: testing, mode: testing, maxAge: 1d, soak: 20s }
              - { name: enforce-1d, mode: enforce, maxAge: 1d, soak: 5s }
              - { name: enforce-1w, mode: enforce, maxAge: 1w, soak: 5s }
              - { name: enforce, mode: enforce, maxAge: 12w }
        """;

    public MxServer HealthyMx { get; private set; } = null!;

    public MxServer ExpiringMx { get; private set; } = null!;

    /// <summary>Zones and mail servers.</summary>
    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        HealthyMx = await AddAsync(Healthy, "mx.healthy.test", world.Mail.Ca.Issue("mx.healthy.test"), [], cancellationToken);
        await AddAsync(WrongName, "mx1.wrongname.test", world.Mail.Ca.Issue("mx1.wrongname.test"), ["20 mx2.wrongname.test."], cancellationToken);
        await world.Mail.AddMxAsync(new MxOptions("mx2.wrongname.test", world.Mail.Ca.Issue("other.example.test"), [WrongName]), cancellationToken);
        await AddAsync(Uncovered, "mx.uncovered.test", world.Mail.Ca.Issue("mx.uncovered.test"), ["20 backup.uncovered.test."], cancellationToken);
        await world.Mail.AddMxAsync(
            new MxOptions("backup.uncovered.test", world.Mail.Ca.Issue("backup.uncovered.test"), [Uncovered]), cancellationToken);
        await AddAsync(Untrusted, "mx.untrusted.test", world.Mail.Ca.Issue("mx.untrusted.test"), [], cancellationToken);
        await AddAsync(Taken, "mx.taken.test", world.Mail.Ca.Issue("mx.taken.test"), [], cancellationToken, new ZoneRecord("_mta-sts", "TXT", $"\"{ForeignRecord}\""));
        ExpiringMx = await AddAsync(Expiring, "mx.expiring.test", world.Mail.Ca.Issue("mx.expiring.test"), [], cancellationToken);
    }

    /// <summary>Gives the expiring domain's mail server a certificate that ends soon; returns when.</summary>
    public async Task<DateTimeOffset> BeginExpiryAsync(CancellationToken cancellationToken)
    {
        var end = DateTimeOffset.UtcNow + ExpiresAfter;
        await ExpiringMx.ReplaceCertificateAsync(
            world.Mail.Ca.Issue(["mx.expiring.test"], DateTimeOffset.UtcNow.AddHours(-1), end), cancellationToken);
        return end;
    }

    /// <summary>Renews that certificate.</summary>
    public Task RenewAsync(CancellationToken cancellationToken) =>
        ExpiringMx.ReplaceCertificateAsync(world.Mail.Ca.Issue("mx.expiring.test"), cancellationToken);

    /// <summary>The policies, as their owners would commit them.</summary>
    public static string Policies() => "apiVersion: v1\nkind: Namespace\nmetadata: { name: team-a }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: team-b }\n"
        + Policy("team-a", "healthy", Healthy, "mx.healthy.test")
        + Policy("team-a", "wrongname", WrongName, "mx1.wrongname.test", "mx2.wrongname.test")
        + Policy("team-a", "uncovered", Uncovered, "mx.uncovered.test")
        + Policy("team-a", "untrusted", Untrusted, "mx.untrusted.test")
        + Policy("team-a", "taken", Taken, "mx.taken.test")
        + Policy("team-a", "expiring", Expiring, "*.expiring.test");

    /// <summary>The younger claim to the healthy domain.</summary>
    public static string SecondClaim() => Policy("team-b", "also-healthy", Healthy, "mx.elsewhere.test");

    private static string Policy(string space, string name, string domain, params string[] mx) => $"""
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsPolicy
        metadata: {"{"} name: {name}, namespace: {space} {"}"}
        spec:
          domain: {domain}
          mx: [{string.Join(", ", mx.Select(m => $"\"{m}\""))}]

        """;

    private async Task<MxServer> AddAsync(
        string domain, string mx, IssuedCertificate certificate, string[] moreMx, CancellationToken cancellationToken, params ZoneRecord[] more)
    {
        await world.Mail.Dns.AddZoneAsync(
            domain, [new ZoneRecord("@", "MX", $"10 {mx}."), .. moreMx.Select(m => new ZoneRecord("@", "MX", m)), .. more], cancellationToken);
        return await world.Mail.AddMxAsync(new MxOptions(mx, certificate, [domain]), cancellationToken);
    }
}
