using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Tests.Telemetry;

[Collection(ProcessMeters.Name)]
public sealed class OperatorMetricsTests
{
    private readonly DomainBoard _board = new();
    private readonly List<RemovalDue> _removals = [];
    private readonly List<IInformer> _informers = [];
    private bool _leads = true;

    [Fact]
    public void Domains_are_counted_by_class_stage_and_mode()
    {
        Note(Samples.Soaking("a.test"));
        Note(Samples.Soaking("b.test"));
        Note(Samples.Broken("c.test"));
        Note(Samples.Soaking("d.test") with { Stage = null, Mode = null });

        Assert.Equal(
            ["mtasts.domains{class=default,mode=enforce,stage=enforce-1d} 1", "mtasts.domains{class=default,mode=testing,stage=testing} 2", "mtasts.domains{class=default,mode=unpublished,stage=none} 1"],
            Read("mtasts.domains"));
    }

    [Fact]
    public void A_check_counts_with_the_worst_that_it_found()
    {
        Note(Samples.Broken("c.test"));
        Note(Samples.Soaking("a.test"));

        Assert.Equal(
            [
                "mtasts.checks{check=MxTls,outcome=Broken,reason=CertificateExpired} 1",
                "mtasts.checks{check=MxTls,outcome=Healthy,reason=AsExpected} 1",
                "mtasts.checks{check=PolicyServed,outcome=Healthy,reason=AsExpected} 2",
            ],
            Read("mtasts.checks"));
    }

    [Fact]
    public void Only_domains_with_a_broken_check_are_named()
    {
        Note(Samples.Soaking("a.test"));
        Note(Samples.Broken("c.test"));

        Assert.Equal(
            ["mtasts.domain.problem{check=MxTls,class=default,domain=c.test,kind=MtaStsPolicy,mode=enforce,reason=CertificateExpired,resource=team-a/c.test} 1"],
            Read("mtasts.domain.problem"));
    }

    [Fact]
    public void No_more_than_the_bound_are_named_however_many_are_broken()
    {
        for (var i = 0; i < OperatorMetrics.NamedMax + 10; i++)
        {
            Note(Samples.Broken($"d{i}.test"));
        }

        Assert.Equal(OperatorMetrics.NamedMax, Read("mtasts.domain.problem").Count);
        Assert.Equal(OperatorMetrics.NamedMax, Read("mtasts.domain.certificate.life").Count);
    }

    [Fact]
    public void The_soak_of_a_stage_is_told_by_the_domain_that_has_most_before_it()
    {
        Note(Samples.Soaking("a.test", progress: 0.9));
        Note(Samples.Soaking("b.test", progress: 0.2));

        Assert.Equal(["mtasts.soak.progress{class=default,stage=testing} 0.2"], Read("mtasts.soak.progress"));
        Assert.Equal([$"mtasts.soak.remaining{{class=default,stage=testing}} {8 * 3600}"], Read("mtasts.soak.remaining"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Held_is_who_would_move_up_by_himself_and_cannot(bool isHeld)
    {
        DateTimeOffset? since = isHeld ? Samples.Now.AddHours(-3) : null;
        Note(Samples.Soaking("a.test") with { SoakUntil = null, SoakProgress = 0, HeldSince = since });
        Note(Samples.Soaking("b.test") with { HeldSince = since });

        Assert.Equal(isHeld ? ["mtasts.soak.held{class=default,stage=testing} 1"] : [], Read("mtasts.soak.held"));
    }

    [Fact]
    public void The_domain_that_is_held_longest_says_how_long()
    {
        Note(Samples.Soaking("a.test") with { SoakUntil = null, SoakProgress = 0, HeldSince = Samples.Now.AddHours(-30) });
        Note(Samples.Soaking("b.test") with { SoakUntil = null, SoakProgress = 0, HeldSince = Samples.Now.AddHours(-2) });
        Note(Samples.Soaking("c.test"));

        Assert.Equal([$"mtasts.soak.held.longest{{class=default,stage=testing}} {30 * 3600}"], Read("mtasts.soak.held.longest"));
    }

    [Fact]
    public void The_age_of_an_answer_grows_while_a_check_has_none()
    {
        Note(Samples.Soaking("a.test"));
        Note(Samples.Soaking("b.test") with { AnsweredAt = Samples.Now.AddHours(-7) });

        Assert.Equal([$"mtasts.answer.age{{class=default}} {7 * 3600}"], Read("mtasts.answer.age"));
        Assert.Equal(["mtasts.look.age{class=default} 120"], Read("mtasts.look.age"));
    }

    [Fact]
    public void A_retirement_is_overdue_from_the_moment_at_which_it_should_have_ended()
    {
        _removals.AddRange([Samples.Removal("a.test", TimeSpan.FromHours(-1)), Samples.Removal("b.test", TimeSpan.FromHours(2))]);

        Assert.Equal(["mtasts.domain.removal.overdue{class=default,domain=b.test,kind=MtaStsRetirement,resource=b.test} 7200"], Read("mtasts.domain.removal.overdue"));
    }

    [Fact]
    public void Of_more_domains_than_the_bound_those_are_named_that_are_worst_off()
    {
        for (var i = 0; i < OperatorMetrics.NamedMax; i++)
        {
            Note(Samples.Broken($"d{i:000}.test") with { Mode = StsMode.Testing });
            _removals.Add(Samples.Removal($"d{i:000}.test", TimeSpan.FromHours(2)));
        }

        Note(Samples.Broken("x.test") with { Checks = [new CheckResult(Check.TlsRptRecord, new Finding.Broken(Reason.RecordMissing, "", ""))] });
        Note(Samples.Broken("y.test"));
        Note(Samples.Soaking("z.test") with { CertificateUntil = Samples.Now.AddHours(1) });
        _removals.Add(Samples.Removal("z.test", TimeSpan.FromDays(9)));

        var problems = Read("mtasts.domain.problem");
        Assert.Contains(problems, p => p.Contains("domain=y.test", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("domain=x.test", StringComparison.Ordinal));
        Assert.Equal(OperatorMetrics.NamedMax, problems.Count);
        Assert.Contains(Read("mtasts.domain.certificate.life"), p => p.Contains("domain=z.test", StringComparison.Ordinal));
        Assert.Contains(Read("mtasts.domain.removal.overdue"), p => p.Contains("domain=z.test", StringComparison.Ordinal));
    }

    [Fact]
    public void A_kind_that_the_cluster_need_not_have_is_listened_to_once_it_was_listed()
    {
        _informers.AddRange(
        [
            new Cache("MtaStsPolicy", IsOptional: false, HasSynced: false, Samples.Now.AddMinutes(-20)),
            new Cache("Certificate", IsOptional: true, HasSynced: false, Samples.Now.AddDays(-3)),
            new Cache("Gateway", IsOptional: true, HasSynced: true, Samples.Now.AddMinutes(-30)),
        ]);

        Assert.Equal(["mtasts.watch.age{kind=Gateway} 1800", "mtasts.watch.age{kind=MtaStsPolicy} 1200"], Read("mtasts.watch.age"));
    }

    [Fact]
    public void A_replica_that_does_not_lead_says_that_and_nothing_of_domains()
    {
        Note(Samples.Broken("c.test"));
        _removals.Add(Samples.Removal("d.test", TimeSpan.FromHours(2)));
        _leads = false;

        Assert.Equal(["mtasts.leader{} 0"], Read("mtasts.leader"));
        Assert.Empty(Read("mtasts.domains"));
        Assert.Empty(Read("mtasts.resources"));
        Assert.Empty(Read("mtasts.domain.problem"));
        Assert.Empty(Read("mtasts.domain.removal.overdue"));
        Assert.Empty(Read("mtasts.provider.requests.left"));
        Assert.NotEmpty(Read("mtasts.queue.waiting"));
    }

    [Fact]
    public void Resources_count_by_whether_they_are_as_they_should_be() => Assert.Equal(
        ["mtasts.resources{kind=MtaStsPolicy,ready=False,reason=CertificateExpired} 1", "mtasts.resources{kind=MtaStsPolicy,ready=True,reason=Soaking} 2"],
        Read("mtasts.resources"));

    [Fact]
    public void Limits_of_providers_are_told()
    {
        Assert.Equal(["mtasts.provider.requests.left{provider=cloudflare} 40"], Read("mtasts.provider.requests.left"));
        Assert.Equal(["mtasts.provider.requests.limit{provider=cloudflare} 1080"], Read("mtasts.provider.requests.limit"));
        Assert.Equal(["mtasts.provider.requests.blocked{provider=cloudflare} 7"], Read("mtasts.provider.requests.blocked"));
    }

    [Fact]
    public void Moves_and_publishes_are_counted() => Assert.Equal(
        [
            "mtasts.provider.publishes{provider=bind,reason=ProviderRefused} 1",
            "mtasts.transitions{class=default,from=nothing,reason=Started,to=testing} 1",
        ],
        Read("mtasts.transitions", "mtasts.provider.publishes", then: metrics =>
        {
            metrics.Moved("default", new Transition(Samples.Now, null, "testing", Reason.Started));
            metrics.Published("bind", Reason.ProviderRefused);
        }));

    [Fact]
    public void The_moves_that_a_class_foresees_are_counted_from_zero() => Assert.Equal(
        [
            "mtasts.transitions{class=default,from=enforce,reason=SteppedBack,to=testing} 0",
            "mtasts.transitions{class=default,from=nothing,reason=Started,to=testing} 0",
            "mtasts.transitions{class=default,from=testing,reason=SoakElapsed,to=enforce} 0",
        ],
        Read("mtasts.transitions", then: metrics => metrics.Expect(
            "default", [new("testing", StsMode.Testing, TimeSpan.FromDays(1), TimeSpan.Zero), new("enforce", StsMode.Enforce, TimeSpan.FromDays(1), TimeSpan.Zero)])));

    [Fact]
    public void A_domain_that_is_forgotten_is_counted_no_more()
    {
        Note(Samples.Soaking("a.test"));
        _board.Forget("MtaStsPolicy", new ObjectKey("team-a", "a.test"));

        Assert.Empty(Read("mtasts.domains"));
    }

    private sealed record Cache(string Name, bool IsOptional, bool HasSynced, DateTimeOffset LastActivity) : IInformer
    {
        public ResourceKind Kind => ResourceKind.Of<MtaStsPolicy>() with { Kind = Name };

        public int Count => 0;

        public DateTimeOffset LastTurn => LastActivity;

        public string? LastError => null;

        public int UnreadableCount => 0;

        public Task WaitForSyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private void Note(DomainSeen seen) => _board.Note("MtaStsPolicy", new ObjectKey("team-a", seen.Domain), seen);

    private List<string> Read(string name, string? other = null, Action<OperatorMetrics>? then = null)
    {
        using var meters = Instrument.NewFactory();
        using var readings = new Readings(meters, name, other ?? name);
        var metrics = new OperatorMetrics(meters, Samples.Sources(_board, () => _leads, _removals, _informers));
        then?.Invoke(metrics);
        return readings.Take();
    }
}
