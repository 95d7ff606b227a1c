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
    public const string Patient = "patient.test";

    /// <summary>The TXT record that is in the way at <see cref="Taken"/>.</summary>
    public const string ForeignRecord = "v=STSv1; id=somebodyelse1;";

    /// <summary>The soak of the testing stage.</summary>
    public static readonly TimeSpan Soak = TimeSpan.FromSeconds(12);

    // Within the soak, whatever the start takes: the certificate is issued when the policies are applied.
    private static readonly TimeSpan ExpiresAfter = TimeSpan.FromSeconds(11);

    /// <summary>spec.rollout of the demo's class: the default stages, with soaks of seconds.</summary>
    public const string Rollout = """
            interval: 2s
            stages:
              - { name: testing, mode: testing, maxAge: 1d, soak: 12s }
              - { name: enforce-1d, mode: enforce, maxAge: 1d, soak: 4s }
              - { name: enforce-1w, mode: enforce, maxAge: 1w, soak: 4s }
              - { name: enforce, mode: enforce, maxAge: 12w }
        """;

    // The class of a domain that takes its time: the stages as they are without being said.
    private const string StandardRollout = "    interval: 5m\n";

    // The least that a provider may have: a domain that is taken over, and one that leaves, wait for what resolvers keep.
    private const int TtlSeconds = 30;

    public MxServer HealthyMx { get; private set; } = null!;

    public MxServer ExpiringMx { get; private set; } = null!;

    /// <summary>Zones and mail servers.</summary>
    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        await AddZoneAsync(Healthy, cancellationToken, "mx.healthy.test");
        await AddZoneAsync(WrongName, cancellationToken, "mx1.wrongname.test", "mx2.wrongname.test");
        await AddZoneAsync(Uncovered, cancellationToken, "mx.uncovered.test", "backup.uncovered.test");
        await AddZoneAsync(Untrusted, cancellationToken, "mx.untrusted.test");
        await AddZoneAsync(Taken, cancellationToken, "mx.taken.test");
        var foreign = await world.Mail.Dns.UpdateAsync(Taken, [$"add _mta-sts.{Taken}. 1 TXT \"{ForeignRecord}\""], key: null, cancellationToken);
        if (!foreign.Succeeded)
        {
            throw new InvalidOperationException($"somebody else's record could not be made: {foreign.Error}");
        }

        await AddZoneAsync(Patient, cancellationToken, "mx.patient.test");
        await AddZoneAsync(Expiring, cancellationToken, "mx.expiring.test");

        var servers = await Task.WhenAll(
            AddMxAsync(Healthy, "mx.healthy.test"),
            AddMxAsync(Expiring, "mx.expiring.test"),
            AddMxAsync(WrongName, "mx1.wrongname.test"),
            AddMxAsync(WrongName, "mx2.wrongname.test", certificateFor: "other.example.test"),
            AddMxAsync(Uncovered, "mx.uncovered.test"),
            AddMxAsync(Uncovered, "backup.uncovered.test"),
            AddMxAsync(Untrusted, "mx.untrusted.test"),
            AddMxAsync(Taken, "mx.taken.test"),
            AddMxAsync(Patient, "mx.patient.test"));
        (HealthyMx, ExpiringMx) = (servers[0], servers[1]);

        Task<MxServer> AddMxAsync(string domain, string host, string? certificateFor = null) =>
            world.Mail.AddMxAsync(new MxOptions(host, world.Mail.Ca.Issue(certificateFor ?? host), [domain]), cancellationToken);
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

    /// <summary>Provider and classes: "default" with soaks of seconds, and "standard" with the stages that a class has when it says none.</summary>
    public string Classes() => world.ClassManifests(Rollout, TtlSeconds) + "\n---\n" + world.ClassManifest("standard", isDefault: false, StandardRollout);

    /// <summary>The policy of the domain that takes its time, and is there before all others.</summary>
    public static string PatientPolicy() => "---\napiVersion: v1\nkind: Namespace\nmetadata: { name: team-a }\n"
        + Policy("team-a", "patient", Patient, "mx.patient.test") + "  className: standard\n";

    /// <summary>The policies, as their owners would commit them.</summary>
    public static string Policies() => "apiVersion: v1\nkind: Namespace\nmetadata: { name: team-b }\n"
        + Policy("team-a", "healthy", Healthy, "mx.healthy.test")
        + Policy("team-a", "wrongname", WrongName, "mx1.wrongname.test", "mx2.wrongname.test")
        + Policy("team-a", "uncovered", Uncovered, "mx.uncovered.test")
        + Policy("team-a", "untrusted", Untrusted, "mx.untrusted.test")
        + Policy("team-a", "taken", Taken, "mx.taken.test")
        + Policy("team-a", "expiring", Expiring, "*.expiring.test");

    /// <summary>The younger claim to the healthy domain.</summary>
    public static string SecondClaim() => Policy("team-b", "also-healthy", Healthy, "mx.elsewhere.test");

    /// <summary>A policy as a manifest; further lines of its spec can follow, indented by two spaces.</summary>
    public static string Policy(string space, string name, string domain, params string[] mx) => $"""
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsPolicy
        metadata: {"{"} name: {name}, namespace: {space} {"}"}
        spec:
          domain: {domain}
          mx: [{string.Join(", ", mx.Select(m => $"\"{m}\""))}]

        """;

    private Task AddZoneAsync(string domain, CancellationToken cancellationToken, params string[] mx) =>
        world.Mail.Dns.AddZoneAsync(domain, [.. mx.Select((host, i) => new ZoneRecord("@", "MX", $"{(i + 1) * 10} {host}."))], cancellationToken);
}
