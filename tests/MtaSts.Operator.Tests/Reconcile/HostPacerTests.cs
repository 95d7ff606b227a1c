using k8s.Models;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>New policy hosts stay below what the issuer lets an account order, whoever restarts meanwhile.</summary>
public sealed class HostPacerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task As_many_as_the_class_lets_go_at_once_and_each_of_the_others_has_his_own_turn()
    {
        await using var world = await ListedCluster.OfAsync(Made("old", 50), Made("older", 70));
        var pacer = new HostPacer(world.Cluster);
        var serving = Serving(3);

        Assert.Null(pacer.WaitFor(Key("a"), serving, Now));
        Assert.Null(pacer.WaitFor(Key("b"), serving, Now));
        Assert.Equal(TimeSpan.FromMinutes(10), pacer.WaitFor(Key("c"), serving, Now)); // when "old" is an hour old
        Assert.Equal(TimeSpan.FromMinutes(60), pacer.WaitFor(Key("d"), serving, Now)); // when "a" is
        Assert.Equal(TimeSpan.FromMinutes(60), pacer.WaitFor(Key("e"), serving, Now)); // when "b" is
        Assert.Equal(TimeSpan.FromMinutes(70), pacer.WaitFor(Key("f"), serving, Now)); // when "c" will be
    }

    [Fact]
    public async Task Who_asks_again_keeps_his_place_and_nobody_passes_him()
    {
        await using var world = await ListedCluster.OfAsync(Made("old", 50));
        var pacer = new HostPacer(world.Cluster);
        var serving = Serving(1);

        Assert.Equal(TimeSpan.FromMinutes(10), pacer.WaitFor(Key("first"), serving, Now));
        Assert.Equal(TimeSpan.FromMinutes(70), pacer.WaitFor(Key("second"), serving, Now));
        Assert.Equal(TimeSpan.FromMinutes(5), pacer.WaitFor(Key("first"), serving, Now.AddMinutes(5)));
        Assert.NotNull(pacer.WaitFor(Key("second"), serving, Now.AddMinutes(11)));
        Assert.Null(pacer.WaitFor(Key("first"), serving, Now.AddMinutes(11)));
        Assert.Null(pacer.WaitFor(Key("first"), serving, Now.AddMinutes(12))); // let through once, even before a cache shows it
        Assert.Equal(TimeSpan.FromMinutes(59), pacer.WaitFor(Key("second"), serving, Now.AddMinutes(12)));
    }

    [Fact]
    public async Task Who_never_comes_back_holds_up_nobody()
    {
        await using var world = await ListedCluster.OfAsync(Made("old", 50));
        var pacer = new HostPacer(world.Cluster);
        pacer.WaitFor(Key("deleted"), Serving(1), Now);
        pacer.WaitFor(Key("second"), Serving(1), Now);

        Assert.NotNull(pacer.WaitFor(Key("second"), Serving(1), Now.AddMinutes(15)));
        Assert.Null(pacer.WaitFor(Key("second"), Serving(1), Now.AddMinutes(21)));
    }

    [Fact]
    public async Task Never_more_than_the_limit_are_let_through_within_any_hour()
    {
        const int limit = 7;
        await using var world = await ListedCluster.OfAsync();
        var pacer = new HostPacer(world.Cluster);
        var due = Enumerable.Range(0, 60).Select(i => (Host: Key($"d{i}"), At: Now.AddSeconds(i))).ToList();
        var let = new List<DateTimeOffset>();
        while (due.Count > 0)
        {
            var next = due.MinBy(d => d.At);
            due.Remove(next);
            if (pacer.WaitFor(next.Host, Serving(limit), next.At) is { } wait)
                due.Add((next.Host, next.At + wait));
            else
                let.Add(next.At);
        }

        Assert.All(let, at => Assert.InRange(let.Count(other => other >= at && other - at < TimeSpan.FromHours(1)), 1, limit));
        // And no slower than that: sixty hosts at seven an hour are done in the ninth hour.
        Assert.InRange(let[^1] - Now, TimeSpan.FromHours(8), TimeSpan.FromHours(9));
    }

    [Fact]
    public async Task Classes_with_the_same_issuer_share_its_limit_and_others_do_not()
    {
        await using var world = await ListedCluster.OfAsync(Made("old", 1));
        var pacer = new HostPacer(world.Cluster);

        Assert.NotNull(pacer.WaitFor(Key("a"), Serving(1, className: "other"), Now));
        Assert.Null(pacer.WaitFor(Key("a"), Serving(1, issuer: "private"), Now));
    }

    [Fact]
    public async Task A_class_without_issuer_or_limit_makes_nobody_wait()
    {
        await using var world = await ListedCluster.OfAsync(Enumerable.Range(0, 100).Select(i => Made($"h{i}", 1)));
        var pacer = new HostPacer(world.Cluster);

        Assert.Null(pacer.WaitFor(Key("a"), Samples.Serving(), Now));
        Assert.NotNull(pacer.WaitFor(Key("a"), Serving(null), Now)); // 60 where an issuer is named
    }

    private static ObjectKey Key(string name) => new("mta-sts", name);

    private static ServingSettings Serving(int? limit, string issuer = "acme", string className = "default") => Samples.Serving(
        className, s => s with { Exposure = new ExposureSpec { MaxNewHostsPerHour = limit, Ingress = new IngressSpec { Tls = new HostTlsSpec { ClusterIssuer = issuer } } } });

    private static V1Ingress Made(string name, int minutesAgo) => new()
    {
        Kind = "Ingress",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "mta-sts",
            CreationTimestamp = Now.AddMinutes(-minutesAgo).UtcDateTime,
            Annotations = new Dictionary<string, string> { [DomainIngress.IssuerAnnotation] = "acme" },
        },
    };
}
