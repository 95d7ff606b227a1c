using Microsoft.Extensions.Time.Testing;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Tests.Dns;

public sealed class ProviderGateTests
{
    private static readonly ProviderFault Down = new(Reason.ProviderUnavailable, "no answer", Transient: true);

    private readonly FakeTimeProvider _time = new();
    private readonly ProviderGate _gate;

    public ProviderGateTests() => _gate = new ProviderGate(_time);

    [Fact]
    public void Only_some_are_at_a_provider_at_once_and_whoever_comes_then_is_told_at_once()
    {
        for (var i = 0; i < ProviderGate.AtOnceMax; i++)
            Assert.Null(_gate.Enter());
        var turnedAway = _gate.Enter();
        Assert.Equal((Reason.ProviderRateLimited, true), (turnedAway!.Reason, turnedAway.Transient));
        _gate.Leave(Report());
        Assert.Null(_gate.Enter());
    }

    [Fact]
    public void After_an_outage_nobody_goes_for_a_while_and_each_is_told_so_without_the_name_of_whom_it_befell()
    {
        Fail(Down with { Message = "no answer at the records of other.test" });
        var turnedAway = _gate.Enter()!;
        Assert.Equal((Reason.ProviderUnavailable, true, TimeSpan.FromSeconds(2)), (turnedAway.Reason, turnedAway.Transient, turnedAway.RetryAfter));
        Assert.DoesNotContain("other.test", turnedAway.Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.NotNull(_gate.Enter());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(_gate.Enter());
    }

    [Fact]
    public void Then_one_goes_first_and_when_it_comes_back_well_all_may()
    {
        Fail(Down);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_gate.Enter());
        Assert.Equal(Reason.ProviderUnavailable, _gate.Enter()!.Reason);
        _gate.Leave(Report());
        for (var i = 0; i < ProviderGate.AtOnceMax; i++)
            Assert.Null(_gate.Enter());
    }

    [Fact]
    public void The_wait_doubles_with_each_outage_up_to_a_minute()
    {
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            Fail(Down);
            var wait = _gate.Enter()!.RetryAfter!.Value;
            waits.Add(wait.TotalSeconds);
            _time.Advance(wait);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], waits);
    }

    [Fact]
    public void Where_the_provider_says_how_long_to_wait_that_is_how_long()
    {
        Fail(new ProviderFault(Reason.ProviderRateLimited, "slow down", Transient: true, TimeSpan.FromSeconds(90)));
        _time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal((Reason.ProviderRateLimited, TimeSpan.FromSeconds(1)), (_gate.Enter()!.Reason, _gate.Enter()!.RetryAfter));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_gate.Enter());
        Assert.Null(_gate.Enter()); // it was no outage: not one by one
    }

    [Fact]
    public void Our_own_limit_shuts_nobody_out_for_each_has_a_turn_of_his_own()
    {
        Fail(ProviderFault.NoRoom(TimeSpan.FromMinutes(3), isTurn: true));
        Assert.Null(_gate.Enter());
        Assert.Null(_gate.Enter());
    }

    [Fact]
    public void Whoever_waits_is_told_the_same_words_for_whatever_limit()
    {
        for (var i = 0; i < ProviderGate.AtOnceMax; i++)
            Assert.Null(_gate.Enter());
        Assert.Equal(ProviderFault.NoRoom(TimeSpan.FromMinutes(3), isTurn: true).Message, _gate.Enter()!.Message);
    }

    [Fact]
    public void A_refusal_of_one_domain_is_no_outage()
    {
        Fail(new ProviderFault(Reason.ProviderRefused, "no such type", Transient: false));
        Assert.Null(_gate.Enter());
    }

    [Fact]
    public void Whoever_was_cancelled_says_nothing_and_leaves_the_place_free()
    {
        for (var i = 0; i < ProviderGate.AtOnceMax; i++)
            Assert.Null(_gate.Enter());
        _gate.Leave(null);
        Assert.Null(_gate.Enter());
    }

    private void Fail(ProviderFault fault)
    {
        Assert.Null(_gate.Enter());
        _gate.Leave(Report(fault));
    }

    private static PublishReport Report(ProviderFault? fault = null) => PublishReport.Of(
        [new(new RecordKey("_mta-sts.example.com", RecordType.Txt), fault is null ? new PublishOutcome.Written() : new PublishOutcome.Failed(fault))]);
}
