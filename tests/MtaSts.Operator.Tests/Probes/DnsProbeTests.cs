using System.Net;
using DnsClient;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

public sealed class DnsProbeTests
{
    private const string Name = "_mta-sts.example.com";

    private static readonly DnsRecord[] Zone =
    [
        DnsRecord.Ns("example.com", "ns.example.com"), DnsRecord.A("ns.example.com", "127.0.0.1"),
    ];

    public static TheoryData<string, Func<object, byte[]?>, DnsStatus> Answers => new()
    {
        { "NXDOMAIN", q => DnsPeer.Reply((DnsQuery)q, rcode: 3), DnsStatus.NoSuchName },
        { "NODATA", q => DnsPeer.Reply((DnsQuery)q), DnsStatus.NoData },
        { "SERVFAIL", q => DnsPeer.Reply((DnsQuery)q, rcode: 2), DnsStatus.ServerFailure },
        { "REFUSED", q => DnsPeer.Reply((DnsQuery)q, rcode: 5), DnsStatus.Refused },
        { "NOTIMP", q => DnsPeer.Reply((DnsQuery)q, rcode: 4), DnsStatus.Refused },
        { "lame", q => DnsPeer.Reply((DnsQuery)q, authoritative: false), DnsStatus.Refused },
        { "a record of another name alone", q => DnsPeer.Reply((DnsQuery)q, answers: DnsRecord.Txt("other.example.com", "x")), DnsStatus.NoData },
        { "answers that are not there", q => Bend(DnsPeer.Reply((DnsQuery)q), p => p[7] = 9), DnsStatus.Malformed },
        { "garbage behind the id", q => [.. ((DnsQuery)q).Packet[..2], .. Enumerable.Repeat((byte)0xC0, 40)], DnsStatus.Malformed },
        { "an alias to itself", q => DnsPeer.Reply((DnsQuery)q, answers: DnsRecord.Cname(Name, Name)), DnsStatus.Malformed },
        { "a loop of two", q => DnsPeer.Reply((DnsQuery)q, answers: [DnsRecord.Cname(Name, "a.example.com"), DnsRecord.Cname("a.example.com", Name)]), DnsStatus.Malformed },
        { "too many aliases", q => DnsPeer.Reply((DnsQuery)q, answers: [DnsRecord.Cname(Name, "a0.example.com"), .. Enumerable.Range(0, 9).Select(i => DnsRecord.Cname($"a{i}.example.com", $"a{i + 1}.example.com"))]), DnsStatus.Malformed },
        { "a record", q => DnsPeer.Reply((DnsQuery)q, answers: DnsRecord.Txt(Name, "x")), DnsStatus.Answered },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Each_answer_of_an_authoritative_server_is_told_apart(string why, Func<object, byte[]?> answer, DnsStatus expected)
    {
        await using var peer = new DnsPeer(q => q.Recursive ? DnsPeer.FromRecords(q, Zone) : answer(q));
        using var probe = Probe(peer);
        var reply = Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken));
        Assert.Equal(expected, reply.Status);
        Assert.Equal("ns.example.com (127.0.0.1)", reply.Server);
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task A_server_that_never_answers_times_out()
    {
        await using var peer = new DnsPeer(q => q.Recursive ? DnsPeer.FromRecords(q, Zone) : null);
        using var probe = Probe(peer, Loopback.Brief);
        var reply = Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken));
        Assert.Equal(DnsStatus.TimedOut, reply.Status);
    }

    [Fact]
    public async Task A_resolver_that_never_answers_times_out_for_the_zone_too()
    {
        await using var peer = new DnsPeer(_ => null);
        using var probe = Probe(peer, Loopback.Brief);
        var view = await probe.AskAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken);
        Assert.Equal(DnsStatus.TimedOut, Assert.Single(view.Authoritative).Status);
        Assert.Equal(DnsStatus.TimedOut, Assert.Single(view.Resolvers).Status);
    }

    [Fact]
    public async Task A_truncated_answer_whose_TCP_hangs_up_has_an_outcome()
    {
        await using var peer = new DnsPeer(q => q.Recursive ? DnsPeer.FromRecords(q, Zone) : q.OverTcp ? null : DnsPeer.Reply(q, truncated: true));
        using var probe = Probe(peer, TimeSpan.FromSeconds(2));
        var reply = Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken));
        Assert.False(reply.IsDefinite);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_again_over_TCP()
    {
        await using var peer = new DnsPeer(q => q.Recursive ? DnsPeer.FromRecords(q, Zone)
            : q.OverTcp ? DnsPeer.Reply(q, answers: DnsRecord.Txt(Name, "over TCP"))
            : DnsPeer.Reply(q, truncated: true));
        using var probe = Probe(peer);
        var reply = Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken));
        Assert.Equal(["over TCP"], reply.Records);
    }

    [Fact]
    public async Task The_strings_of_a_text_are_joined_without_a_space()
    {
        await using var peer = DnsPeer.Of([.. Zone, DnsRecord.Txt(Name, "v=STSv1; ", "id=abc;")]);
        using var probe = Probe(peer);
        var reply = Assert.Single(await probe.AskResolversAsync(Name, QueryType.TXT, TestContext.Current.CancellationToken));
        Assert.Equal(["v=STSv1; id=abc;"], reply.Records);
        Assert.Equal(60, reply.TtlSeconds);
    }

    [Fact]
    public async Task An_alias_into_another_zone_is_followed_to_that_zones_servers()
    {
        DnsRecord[] world =
        [
            .. Zone, DnsRecord.Ns("provider.net", "ns.provider.net"), DnsRecord.A("ns.provider.net", "127.0.0.2"),
            DnsRecord.Cname(Name, "x.provider.net"), DnsRecord.Txt("x.provider.net", "there"),
        ];

        // As an authoritative server for example.com it knows the alias and not its target.
        await using var peer = new DnsPeer(q => q.Recursive ? DnsPeer.FromRecords(q, world)
            : q.Name == Name ? DnsPeer.Reply(q, answers: DnsRecord.Cname(Name, "x.provider.net"))
            : DnsPeer.FromRecords(q, world));
        using var probe = Probe(peer);
        var replies = await probe.AskAuthoritativeAsync(Name, QueryType.TXT, [IPNetwork.Parse("127.0.0.1/32")], TestContext.Current.CancellationToken);

        // 127.0.0.2 is not allowed: it was found, and not asked.
        var reply = Assert.Single(replies);
        Assert.Equal("ns.provider.net (127.0.0.2)", reply.Server);
        Assert.Equal(DnsStatus.Unreachable, reply.Status);
    }

    [Fact]
    public async Task Aliases_between_zones_that_loop_end()
    {
        DnsRecord[] zones = [.. Zone, DnsRecord.Ns("provider.net", "ns.example.com"), DnsRecord.A("x.provider.net", "127.0.0.9"), DnsRecord.A(Name, "127.0.0.9")];
        await using var peer = new DnsPeer(q => q.Recursive ? DnsPeer.FromRecords(q, zones)
            : DnsPeer.Reply(q, answers: DnsRecord.Cname(q.Name, q.Name == Name ? "x.provider.net" : Name)));
        using var probe = Probe(peer);
        var reply = Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken));
        Assert.Equal(DnsStatus.Malformed, reply.Status);
    }

    [Fact]
    public async Task Name_servers_with_private_addresses_are_not_asked()
    {
        await using var peer = DnsPeer.Of([.. Zone, DnsRecord.Txt(Name, "x")]);
        using var probe = Probe(peer);
        var reply = Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, [], TestContext.Current.CancellationToken));
        Assert.Equal(DnsStatus.Unreachable, reply.Status);
        Assert.All(peer.Asked, q => Assert.True(q.Recursive));
    }

    [Fact]
    public async Task A_zone_is_looked_up_once_for_several_questions()
    {
        await using var peer = DnsPeer.Of([.. Zone, DnsRecord.Txt(Name, "x")]);
        using var probe = Probe(peer);
        for (var i = 0; i < 3; i++)
        {
            await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken);
        }

        Assert.Single(peer.Asked, q => q is { Type: DnsType.Ns, Name: "example.com" });
        Assert.Equal(3, peer.Asked.Count(q => !q.Recursive));
    }

    [Fact]
    public async Task A_name_that_is_a_zone_nowhere_is_told()
    {
        await using var peer = DnsPeer.Of();
        using var probe = Probe(peer);
        Assert.Equal(DnsStatus.NoSuchName, Assert.Single(await probe.AskAuthoritativeAsync(Name, QueryType.TXT, Loopback.Allowed, TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task The_callers_cancellation_is_an_exception()
    {
        await using var peer = new DnsPeer(_ => null);
        using var probe = Probe(peer);
        using var cancelled = new CancellationTokenSource(Loopback.Brief);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.AskAsync(Name, QueryType.TXT, Loopback.Allowed, cancelled.Token));
    }

    private static DnsProbe Probe(DnsPeer peer, TimeSpan? deadline = null) => new(
        Loopback.Options with { Resolvers = [peer.EndPoint], DnsPort = peer.Port, DnsDeadline = deadline ?? Loopback.Ample }, TimeProvider.System);

    private static byte[] Bend(byte[] packet, Action<byte[]> bend)
    {
        bend(packet);
        return packet;
    }
}
