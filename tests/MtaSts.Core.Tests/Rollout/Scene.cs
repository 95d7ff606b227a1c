using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Rollout;

/// <summary>Intents and evidence for the tests of the engine.</summary>
internal static class Scene
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    public static readonly ImmutableArray<Stage> Stages =
    [
        new("testing", StsMode.Testing, TimeSpan.FromDays(1), TimeSpan.FromDays(14)),
        new("enforce-1d", StsMode.Enforce, TimeSpan.FromDays(1), TimeSpan.FromDays(7)),
        new("enforce", StsMode.Enforce, TimeSpan.FromDays(84), TimeSpan.Zero),
    ];

    public static Intent Intent(params string[] mx) => new()
    {
        Domain = MailDomain.Parse("example.com"),
        Mx = [.. (mx.Length == 0 ? ["mx1.example.com"] : mx).Select(MxPattern.Parse)],
        Stages = Stages,
        Interval = Interval,
        CertificateLifeMin = TimeSpan.FromDays(3),
    };

    public static Evidence Healthy(DateTimeOffset? watchedSince = null) => new()
    {
        Checks = [.. Enum.GetValues<Check>().Select(c => new CheckResult(c, new Finding.Healthy()))],
        LiveMx = ["mx1.example.com"],
        LiveMxKnown = true,
        Owner = LiveOwner.None,
        WatchedSince = watchedSince ?? Start,
    };

    public static Evidence With(this Evidence evidence, Check check, Finding finding) =>
        evidence with { Checks = [.. evidence.Checks.Where(c => c.Check != check), new CheckResult(check, finding)] };

    public static Finding Broken(Reason reason = Reason.CertificateExpired) => new Finding.Broken(reason, "mx1.example.com", "broken for the test");

    public static Finding Unknown(Reason reason = Reason.DnsLookupFailed) => new Finding.Unknown(reason, "mx1.example.com", "unknown for the test");

    /// <summary>Looks every interval until the moment given and returns the last decision.</summary>
    public static Decision Until(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset from, DateTimeOffset until)
    {
        Decision? decision = null;
        for (var now = from; now <= until; now += Interval)
        {
            decision = Decider.Decide(intent, state, evidence, now);
            state = decision.Next;
        }

        return decision ?? throw new ArgumentException("no look fits between the two");
    }

    /// <summary>A domain that has been published in the stage given, just now.</summary>
    public static RolloutState PublishedIn(Intent intent, string stage, DateTimeOffset now)
    {
        var at = intent.Stages.Single(s => s.Name == stage);
        var document = Decider.DocumentOf(intent, at);
        return RolloutState.Empty.Enter(at, Reason.Started, now) with
        {
            Served = document,
            PublishedId = document.Id,
            PublishedMode = at.Mode,
            PublishedAt = now,
        };
    }
}
