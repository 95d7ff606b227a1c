using Microsoft.Extensions.Time.Testing;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

public sealed class EgressWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void One_dead_host_is_not_a_blocked_way_out()
    {
        var watch = Watch("a", "a", "a", "b");
        Assert.False(watch.IsBlocked);
    }

    [Fact]
    public void Three_dead_hosts_and_nobody_else_are() => Assert.True(Watch("a", "b", "c").IsBlocked);

    [Fact]
    public void One_that_answers_shows_that_the_way_is_open()
    {
        var watch = Watch("a", "b", "c");
        watch.Note("d", connected: true);
        Assert.False(watch.IsBlocked);
    }

    [Fact]
    public void An_answer_of_long_ago_does_not_count()
    {
        var watch = new EgressWatch(_time);
        watch.Note("d", connected: true);
        _time.Advance(TimeSpan.FromMinutes(11));
        foreach (var host in (string[])["a", "b", "c"])
        {
            watch.Note(host, connected: false);
        }

        Assert.True(watch.IsBlocked);
    }

    [Fact]
    public void Failures_of_long_ago_do_not_count()
    {
        var watch = Watch("a", "b", "c");
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.False(watch.IsBlocked);
    }

    private EgressWatch Watch(params string[] failed)
    {
        var watch = new EgressWatch(_time);
        foreach (var host in failed)
        {
            watch.Note(host, connected: false);
        }

        return watch;
    }
}

public sealed class MxLookupTests
{
    [Fact]
    public void Hosts_of_all_replies_are_taken_with_their_best_preference() =>
        Assert.Equal([("b.example", 5), ("a.example", 10)], Of(["10 a.example", "20 b.example"], ["5 b.example"]).Hosts);

    [Fact]
    public void A_null_MX_is_told() => Assert.True(Of(["0 "]).IsNullMx);

    [Fact]
    public void A_null_MX_beside_others_is_none()
    {
        var lookup = Of(["0 ", "10 a.example"]);
        Assert.False(lookup.IsNullMx);
        Assert.Equal([("a.example", 10)], lookup.Hosts);
    }

    [Fact]
    public void At_most_32_hosts_are_taken() => Assert.Equal(32, Of([.. Enumerable.Range(0, 100).Select(i => $"{i} h{i}.example")]).Hosts.Length);

    private static MxLookup Of(params string[][] replies) =>
        MxLookup.Of(new DnsView("example.com", [.. replies.Select(r => new DnsReply("ns", DnsStatus.Answered, [.. r], []))], []));
}

public sealed class DnsIdTests
{
    [Theory]
    [InlineData("mx.example.com", "mx.example.com", true)]
    [InlineData("MX.Example.com", "mx.example.com", true)]
    [InlineData("*.example.com", "mx.example.com", true)]
    [InlineData("*.example.com", "a.mx.example.com", false)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("m*.example.com", "mx.example.com", false)]
    [InlineData("*", "example", false)]
    [InlineData("*.*.com", "mx.example.com", false)]
    [InlineData("mx.*.com", "mx.example.com", false)]
    [InlineData("mx.example.com", "x.example.com", false)]
    [InlineData("", "mx.example.com", false)]
    public void A_DNS_ID_matches_by_whole_labels(string id, string host, bool expected) => Assert.Equal(expected, DnsId.Matches(id, host));
}

public sealed class SystemResolversTests
{
    [Fact]
    public void The_first_three_name_servers_are_taken() =>
        Assert.Equal(
            ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.3:53"],
            SystemResolvers.Parse(["# x", "search a", "nameserver 192.0.2.1", "nameserver\t2001:db8::1 ", "nameserver nonsense", "nameserver 192.0.2.3", "nameserver 192.0.2.4"])
                .Select(e => e.ToString()));

    [Fact]
    public void Without_any_the_local_one_is_meant() => Assert.Equal(["127.0.0.1:53"], SystemResolvers.Parse([]).Select(e => e.ToString()));
}
