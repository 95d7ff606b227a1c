using Microsoft.Extensions.Time.Testing;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>What the instruments look at, in tests.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public static MetricsSources Sources(DomainBoard? board = null, Func<bool>? isLeader = null, IEnumerable<RemovalDue>? removals = null, params IReadOnlyList<IInformer> informers) => new(
        board ?? new DomainBoard(),
        isLeader ?? (() => true),
        () => [("MtaStsPolicy", "True", "Soaking"), ("MtaStsPolicy", "True", "Soaking"), ("MtaStsPolicy", "False", "CertificateExpired")],
        () => removals ?? [],
        () => [new QueueFigures("MtaStsPolicy", 3, 2, 1)],
        informers,
        () => [("cloudflare", new RequestHeadroom(1080, TimeSpan.FromMinutes(5), 40, TimeSpan.FromSeconds(7)))],
        new FakeTimeProvider(Now));

    public static RemovalDue Removal(string domain, TimeSpan ago) => new("MtaStsRetirement", new ObjectKey(null, domain), domain, "default", Now - ago);

    public static DomainSeen Soaking(string domain, double progress = 0.5) => new()
    {
        Domain = domain,
        ClassName = "default",
        Stage = "testing",
        Mode = StsMode.Testing,
        At = Now.AddMinutes(-2),
        AnsweredAt = Now.AddMinutes(-2),
        Checks = [new CheckResult(Check.PolicyServed, new Finding.Healthy()), new CheckResult(Check.MxTls, new Finding.Healthy())],
        SoakUntil = Now.AddHours(10 * (1 - progress)),
        SoakProgress = progress,
        CertificateUntil = Now.AddDays(60),
    };

    public static DomainSeen Broken(string domain) => Soaking(domain) with
    {
        Stage = "enforce-1d",
        Mode = StsMode.Enforce,
        Checks =
        [
            new CheckResult(Check.PolicyServed, new Finding.Healthy()),
            new CheckResult(Check.MxTls, new Finding.Broken(Reason.CertificateExpired, "mx1", "")),
            new CheckResult(Check.MxTls, new Finding.Unknown(Reason.MxTimedOut, "mx2", "")),
        ],
        HeldSince = Now.AddHours(-3),
        SoakUntil = null,
        SoakProgress = 0,
        CertificateUntil = Now.AddDays(6),
    };
}
