using CsCheck;
using k8s;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Tests.Resources;

public sealed class StatusRoundTripTests
{
    [Fact]
    public void Times_read_back_to_the_tick() =>
        Gen.Long[0, DateTimeOffset.MaxValue.Ticks].Sample(ticks =>
        {
            var status = new MtaStsPolicyStatus { SoakUntil = new DateTimeOffset(ticks, TimeSpan.Zero) };
            return KubernetesJson.Deserialize<MtaStsPolicyStatus>(KubernetesJson.Serialize(status)).SoakUntil == status.SoakUntil;
        });

    [Theory]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.5Z")]
    [InlineData("2026-01-02T03:04:05.1234567Z")]
    public void Times_are_written_as_short_as_they_can_be(string text)
    {
        var json = $$"""{"observedGeneration":1,"soakUntil":"{{text}}"}""";

        Assert.Equal(json, KubernetesJson.Serialize(KubernetesJson.Deserialize<MtaStsPolicyStatus>(json)));
    }

    [Fact]
    public void A_whole_policy_reads_back_to_the_same_text()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var policy = Samples.Policy(Samples.PolicySpec, new MtaStsPolicyStatus
        {
            ObservedGeneration = 3,
            Domain = "example.com",
            Mode = "testing",
            Stage = "testing",
            StageEnteredAt = at,
            ServedMx = ["mx1.example.com"],
            ServedMaxAge = 86400,
            Soak = new SoakStatus { ElapsedSeconds = 12.345678901, CountedUntil = at.AddTicks(1) },
            Checks = [new CheckStatus { Name = "MxTls", Outcome = "Healthy", ObservedAt = at }],
            History = [new TransitionStatus { At = at, To = "testing", Reason = "Started" }],
            Conditions = [new Condition { Type = "Ready", Status = "True", Reason = "Soaking", LastTransitionTime = at, ObservedGeneration = 3 }],
        });

        var json = KubernetesJson.Serialize(policy);

        Assert.Equal(json, KubernetesJson.Serialize(KubernetesJson.Deserialize<MtaStsPolicy>(json)));
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
    }
}
