using System.Text;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;
using MtaSts.Simulation.Watching;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation.Sending;

/// <summary>A policy in a sender's cache.</summary>
internal sealed record Held(PolicyId Id, StsPolicy Policy, DateTimeOffset Until)
{
    /// <summary>True when the owner took away the last mail server that it names: what follows is his doing.</summary>
    public bool IsExcused { get; init; }

    /// <summary>The naming of its id that was the last one when it was fetched.</summary>
    public int Naming { get; init; }
}

/// <summary>A sending server that follows RFC 8461, with a resolver and a cache of its own.</summary>
internal sealed class Sender(Agenda agenda, Habits habits, Resolver resolver, Random luck, Tally tally)
{
    private readonly Dictionary<DomainWorld, Held> _cache = [];

    public Resolver Resolver => resolver;

    public Habits Habits => habits;

    /// <summary>True when its last fetch got no answer, or one behind a certificate that it does not accept.</summary>
    public bool GotNoAnswer { get; private set; }

    public override string ToString() => $"the sender \"{habits.Name}\"";

    /// <summary>The policy that it would apply now.</summary>
    public Held? Holding(DomainWorld world) => _cache.TryGetValue(world, out var held) && held.Until > agenda.Now ? held : null;

    /// <summary>The owner takes mail servers away: of what is held, what no longer names a live one is his doing.</summary>
    public void Excuse(DomainWorld world)
    {
        if (Holding(world) is { } held && !world.Zone.Primary.Mx.Any(h => held.Policy.Mx.Any(m => m.Matches(h))))
        {
            _cache[world] = held with { IsExcused = true };
        }
    }

    /// <summary>Delivers one mail, or does not.</summary>
    public void Deliver(DomainWorld world, Watcher watcher)
    {
        if (Holding(world) is null || habits.ChecksEachTime)
        {
            LookForNew(world, watcher);
        }

        if (resolver.AskMx(world.Zone) is not { } mx)
        {
            return; // no answer from the DNS: it tries again another time
        }

        tally.Deliveries++;
        if (IsRefused(world, mx.Hosts))
        {
            // rfc8461#5.1: no failure before a new policy was looked for.
            LookForNew(world, watcher);
        }

        if (Holding(world) is { Policy.Mode: StsMode.Enforce } held)
        {
            tally.UnderEnforce++;
            if (IsRefused(world, mx.Hosts))
            {
                watcher.Refused(this, held, mx.Hosts);
            }
        }
    }

    /// <summary>Fetches what is cached anew, on its own.</summary>
    public void Refresh(DomainWorld world, Watcher watcher)
    {
        if (Holding(world) is not null && SeeId(world) is { } id)
        {
            Fetch(world, id, watcher);
        }
    }

    // rfc8461#5: only mode enforce keeps mail from an MX that does not match or whose TLS fails.
    private bool IsRefused(DomainWorld world, IReadOnlyCollection<string> hosts) =>
        Holding(world) is { Policy: { Mode: StsMode.Enforce, Mx: var patterns } } && !hosts.Any(h => patterns.Any(p => p.Matches(h)) && world.Mail.IsWell(h));

    // rfc8461#3.3: a fetch when there is no policy or the id is another one; where there is no record, what is cached stays.
    private void LookForNew(DomainWorld world, Watcher watcher)
    {
        GotNoAnswer = false;
        if (SeeId(world) is not { } id)
        {
            return;
        }

        if (Holding(world) is not { } held || held.Id != id)
        {
            Fetch(world, id, watcher);
        }
        else if (habits.ExtendsById && !watcher.IsMispaired(held))
        {
            // More than the RFC has: rfc8461#3.2 counts max_age from the last fetch. Whoever read the id just before it changed and the document just after holds
            // them paired wrongly, and would extend the pair for ever once that id is named again; to that no operator could give an end.
            Keep(world, held with { Until = agenda.Now.AddSeconds(held.Policy.MaxAgeSeconds) }, watcher);
        }
    }

    private PolicyId? SeeId(DomainWorld world) =>
        resolver.Ask(world.Zone, world.StsKey) is { } set ? StsRecordReader.Select([.. set.Values]).Value?.Id : null;

    // A fetch that fails leaves the cached policy as it is.
    private void Fetch(DomainWorld world, PolicyId id, Watcher watcher)
    {
        if (resolver.Ask(world.Zone, world.HostKey) is not { Values: { IsEmpty: false } addresses })
        {
            return;
        }

        var fetch = world.Hosting.Fetch(luck.Pick([.. addresses]));
        GotNoAnswer = fetch.Status != FetchStatus.Responded;
        if (fetch is not { Status: FetchStatus.Responded, HttpStatus: 200 })
        {
            return;
        }

        var text = Encoding.ASCII.GetString(fetch.Body.Span);
        watcher.Read(this, id, text);
        var reading = StsPolicyReader.Read(fetch.Body.Span);
        if (reading.Value is { } policy && !(habits.IsStrict && (reading.Faults.Length > 0 || policy.MaxAgeSeconds < StsPolicy.MaxAgeSecondsStrictMin)))
        {
            Keep(world, new Held(id, policy, agenda.Now.AddSeconds(policy.MaxAgeSeconds)) { Naming = watcher.NamingOf(id) }, watcher);
        }
    }

    private void Keep(DomainWorld world, Held held, Watcher watcher)
    {
        _cache[world] = held;
        watcher.Holds(this);
    }
}
