using CsCheck;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>A status that somebody wrote by hand, or that was cut: the engine gets a state that it can go on from, never an exception.</summary>
public class HostileStatusTests
{
    private static readonly Gen<string?> GenText = Gen.OneOf(
        Passes.OneOf<string?>(null, "", " ", "enforce", "Enforce", "testing", "none", "v=STSv1; id=1;", "*.", "*.*.example.com", "mx1.example.com", "9999", "Soaking, Paused", "\0", "\ud800"),
        Gen.String.Select(s => (string?)s));

    private static readonly Gen<DateTimeOffset?> GenTime = Gen.OneOf(
        Passes.OneOf<DateTimeOffset?>(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Passes.Now), Passes.GenTime.Select(t => (DateTimeOffset?)t));

    private static readonly Gen<double> GenSeconds = Gen.OneOf(
        Passes.OneOf(0, -1, -1e300, 1e300, double.MaxValue, double.MinValue, long.MaxValue / 1e7, double.Epsilon), Gen.Double[-1e9, 1e9]);

    private static readonly Gen<MtaStsPolicyStatus> GenStatus =
        from texts in GenText.Array[7]
        from times in GenTime.Array[6]
        from seconds in GenSeconds
        from maxAge in Passes.OneOf<long?>(null, 0, -1, 86400, long.MaxValue, long.MinValue)
        from mx in GenText.Array[0, 4]
        from moves in Gen.Select(GenText, GenText, GenText).Array[0, 40]
        select new MtaStsPolicyStatus
        {
            Stage = texts[0],
            Mode = texts[1],
            PolicyId = texts[2],
            PreviousId = texts[3],
            ServedId = texts[4],
            ServedMode = texts[5],
            Domain = texts[6],
            StageEnteredAt = times[0],
            HealthySince = times[1],
            PublishedAt = times[2],
            CachedUntil = times[3],
            Soak = new SoakStatus { ElapsedSeconds = seconds, CountedUntil = times[4] },
            ServedMaxAge = maxAge,
            ServedMx = mx!,
            History = [.. moves.Select(m => new TransitionStatus { At = times[5] ?? Passes.Now, From = m.Item1, To = m.Item2!, Reason = m.Item3! })],
        };

    [Fact]
    public void Every_status_gives_a_state() => GenStatus.Sample(status => StatusMapping.StateOf(status) is not null);

    [Fact]
    public void What_is_written_back_has_no_empty_text_and_no_unknown_reason() => GenStatus.Sample(status =>
    {
        var written = StatusMapping.WithState(null, StatusMapping.StateOf(status), null);

        Assert.DoesNotContain("\"\"", StatusMappingTests.Json(written), StringComparison.Ordinal);
        Assert.InRange(written.History?.Count ?? 1, 1, RolloutState.HistoryMax);
        Assert.All(written.History ?? [], t => Assert.True(Enum.IsDefined(Enum.Parse<Reason>(t.Reason))));
    });

    [Theory]
    [InlineData(-1)]
    [InlineData(1e300)]
    [InlineData(4e8)]
    public void A_soak_that_cannot_be_counts_as_none(double seconds) =>
        Assert.Equal(TimeSpan.Zero, StatusMapping.StateOf(new MtaStsPolicyStatus { Soak = new SoakStatus { ElapsedSeconds = seconds } }).Soak.Elapsed);

    [Fact]
    public void No_status_at_all_is_the_empty_state() => Assert.Equal(RolloutState.Empty, StatusMapping.StateOf(null));

    [Fact]
    public void A_status_without_anything_is_the_empty_state() => Assert.Equal(RolloutState.Empty, StatusMapping.StateOf(new MtaStsPolicyStatus()));

    [Fact]
    public void The_engine_goes_on_from_every_status() =>
        Gen.Select(GenStatus, Passes.GenEvidence).Sample((status, evidence) =>
            Decider.Decide(Passes.Intent, StatusMapping.StateOf(status), evidence, Passes.Now).LookAgain > TimeSpan.Zero);
}
