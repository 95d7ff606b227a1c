using System.Collections.Immutable;
using CsCheck;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using static MtaSts.Core.Tests.Observations.World;
using Check = MtaSts.Core.Observations.Check;

namespace MtaSts.Core.Tests.Observations;

public sealed class JudgePropertyTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String, Gen.OneOf("", "10 mx1.example.com", "v=STSv1; id=a;", "v=TLSRPTv1; rua=mailto:a@example.com", $"v=STSv1; id={Current.Id};", "0 "));

    private static readonly Gen<DnsReply> Replies =
        Gen.Select(Text, Gen.Enum<DnsStatus>(), Text.Array[0, 3]).Select((s, d, r) => new DnsReply(s, d, [.. r], []));

    private static readonly Gen<DnsView> Views =
        Gen.Select(Text, Replies.Array[0, 3], Replies.Array[0, 3]).Select((n, a, r) => new DnsView(n, [.. a], [.. r]));

    private static readonly Gen<CertificateFacts?> Certificates = Gen.Select(Gen.Enum<ChainStatus>(), Gen.Bool, Text.Array[0, 6], Gen.Int[-400, 400])
        .Select((c, m, n, d) => d % 5 == 0 ? null : new CertificateFacts(c, m, [.. n], Now.AddDays(d)));

    private static readonly Gen<PolicyFetch> Fetches =
        Gen.Select(Gen.Enum<FetchStatus>(), Gen.OneOf(new int?[] { null, 200, 301, 404 }), Gen.OneOf<string?>(null, "text/plain", ";"), Gen.Byte.Array[0, 40], Certificates)
            .Select((s, h, t, b, c) => new PolicyFetch(PolicyHost, "203.0.113.1", s, h, t, b, c));

    private static readonly Gen<SmtpProbe> Smtps = Gen.Select(Gen.Enum<SmtpStatus>(), Certificates, Text).Select((s, c, a) => new SmtpProbe("mx", a, s, c));

    private static readonly Gen<MxHost> Hosts =
        Gen.Select(Text, Replies.Array[0, 3], Smtps.Array[0, 3]).Select((h, a, p) => new MxHost(h, 10, [.. a], [.. p]));

    private static readonly Gen<Observed> Worlds = Gen.Select(
            Gen.Select(Replies.Array[0, 3], Fetches.Array[0, 3]), Views, Views, Gen.Select(Views, Hosts.Array[0, 12], Gen.Bool, Gen.Bool))
        .Select((p, s, t, m) => new Observed
        {
            At = Now,
            Policy = new PolicyView(PolicyHost, [.. p.Item1], [.. p.Item2]),
            StsTxt = s,
            TlsRptTxt = t,
            Mx = new MxView(m.Item1, [.. m.Item2], m.Item3, m.Item4),
            Records = ImmutableDictionary<RecordKey, DnsView>.Empty,
        });

    [Fact]
    public void Judging_never_throws_and_always_says_something_of_each_check() =>
        Worlds.Sample(world =>
        {
            foreach (var results in (ImmutableArray<CheckResult>[])[Judge.All(Expected, world, Now), Judge.All(new Expectation(), world, Now), Judge.AsSender(world, Now, default)])
            {
                var byCheck = results.GroupBy(r => r.Check).ToList();
                Assert.Equal(Enum.GetValues<Check>(), byCheck.Select(g => g.Key));
                Assert.All(byCheck, g => Assert.InRange(g.Count(), 1, 8));
                Assert.All(byCheck, g => Assert.True(g.Count() == 1 || g.All(r => r.Finding is not Finding.Healthy)));
            }
        });

    [Fact]
    public void Judging_twice_says_the_same() =>
        Worlds.Sample(world => Assert.Equal(Judge.All(Expected, world, Now), Judge.All(Expected, world, Now)));

    [Fact]
    public void A_server_that_gave_no_answer_never_makes_a_record_healthy() =>
        Gen.Select(Worlds, Gen.OneOf(DnsStatus.TimedOut, DnsStatus.ServerFailure, DnsStatus.Refused, DnsStatus.Malformed, DnsStatus.Unreachable)).Sample((world, status) =>
        {
            var bent = world with { StsTxt = world.StsTxt with { Authoritative = world.StsTxt.Authoritative.Add(new DnsReply("dead", status, [], [])) } };
            Assert.DoesNotContain("Healthy", World.Show(Check.TxtRecord, Expected, bent));
        });
}
