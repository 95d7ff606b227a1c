
namespace MtaSts.Simulation.Operating;

/// <summary>Two replicas and the lease between them.</summary>
internal sealed class Cluster
{
    private const double DeathAtALook = 1.0 / 400;
    private const double DeathAtAnEffect = 1.0 / 20;
    private const double StandStillAtAPass = 1.0 / 300;

    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    private readonly Surroundings _all;
    private readonly Random _death;
    private readonly Replica[] _replicas;
    private bool _oneStandsStill;

    public Cluster(Surroundings all, Random death, Random luck)
    {
        (_all, _death) = (all, death);
        _replicas = [new("operator-0", all, luck, Instant, StandStill), new("operator-1", all, luck, Instant, StandStill)];
        Lead(_replicas[0]);
    }

    /// <summary>False once nobody dies any more.</summary>
    public bool IsMortal { get; set; }

    /// <summary>Something about a domain has changed that the API server tells of.</summary>
    public void Notify(Managed domain)
    {
        if (Leader is { } leader)
        {
            leader.Ask(domain, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>The process that is at work now may die here.</summary>
    public void InstantOfLeader(string label)
    {
        if (AtWork is { } replica)
        {
            Instant(replica, label);
        }
    }

    /// <summary>Whose pass is running now.</summary>
    private Replica? AtWork => Array.Find(_replicas, r => r.IsAtWork);

    private Replica? Leader => Array.Find(_replicas, r => r is { IsAlive: true, Leads: true, StandsStill: false });

    private void Lead(Replica replica)
    {
        replica.Leads = true;
        foreach (var domain in _all.Domains)
        {
            replica.Ask(domain, TimeSpan.FromSeconds(2));
        }
    }

    // An empty label is the instant after a look: there are many, and dying there has little effect.
    private void Instant(Replica replica, string label)
    {
        if (!IsMortal || !_death.Chance(label.Length == 0 ? DeathAtALook : DeathAtAnEffect))
        {
            return;
        }

        _all.Story.Tell($"{replica.Name} is killed {(label.Length == 0 ? "after a look" : label)}");
        _all.Tally.Crashes++;
        End(replica);
        throw new Killed();
    }

    private void End(Replica replica)
    {
        replica.Die();
        _all.Agenda.In(LeaseTime, Elect);
        _all.Agenda.In(_death.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(20)), () =>
        {
            replica.Start();
            Elect();
        });
    }

    private void Elect()
    {
        if (Leader is null && Array.Find(_replicas, r => r is { IsAlive: true, StandsStill: false }) is { } next)
        {
            Lead(next);
        }
    }

    // The process gets no processor for so long that another one leads meanwhile; then it goes on where it was, with what it knew.
    private void StandStill(Replica replica)
    {
        if (!IsMortal || _oneStandsStill || !_death.Chance(StandStillAtAPass))
        {
            return;
        }

        var time = _death.Between(TimeSpan.FromSeconds(20), TimeSpan.FromHours(2));
        _all.Story.Tell($"{replica.Name} stands still for {time} in the midst of a pass");
        _all.Tally.StandStills++;
        (_oneStandsStill, replica.StandsStill) = (true, true);
        _all.Agenda.In(LeaseTime, Elect);
        _all.Agenda.RunUntil(_all.Agenda.Now + time);
        (_oneStandsStill, replica.StandsStill) = (false, false);
        _all.Story.Tell($"{replica.Name} goes on");

        // It finishes what it is at, and ends when it finds that it has lost the lease.
        replica.Leads = false;
        _all.Agenda.In(TimeSpan.FromSeconds(1), () => End(replica));
    }
}
