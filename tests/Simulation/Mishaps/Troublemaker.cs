using MtaSts.Simulation.Operating;
using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation.Mishaps;

/// <summary>Lets the mishaps of a life happen and end.</summary>
internal sealed class Troublemaker(Surroundings all, Agenda agenda, Story story)
{
    private int _open;

    /// <summary>How many mishaps have not ended yet.</summary>
    public int Open => _open;

    public void Plan(Mishap mishap)
    {
        _open++;
        var end = () => { };
        agenda.In(mishap.After, () =>
        {
            var (name, ending) = Begin(mishap);
            end = ending;
            story.Tell($"trouble: {name}, for {mishap.Lasts}");
        });
        agenda.In(mishap.After + mishap.Lasts, () =>
        {
            end();
            _open--;
            story.Tell($"trouble ends: {mishap.What}");
        });
    }

    private (string Name, Action End) Begin(Mishap mishap)
    {
        var world = all.Domains[mishap.Domain].World;
        var (zone, hosting) = (world.Zone, world.Hosting);
        switch (mishap.What)
        {
            case Trouble.MailServerIll:
                var host = zone.Primary.Mx[mishap.Choice % zone.Primary.Mx.Count];
                world.Mail.FallIll(host);
                return ($"{host} presents an expired certificate", () => world.Mail.Recover(host));
            case Trouble.SecondaryStuck:
                var secondary = zone.Servers[1 + (mishap.Choice % (zone.Servers.Length - 1))];
                secondary.StuckSince ??= agenda.Now;
                return ($"{secondary.Name} of {world.Domain} gets no more transfers", () => secondary.StuckSince = null);
            case Trouble.NameServerDown:
                var server = zone.Servers[mishap.Choice % zone.Servers.Length];
                server.IsDown = true;
                return ($"{server.Name} of {world.Domain} is down", () => server.IsDown = false);
            // Behind a shared address nobody can see from outside that one replica hangs for longer than documents take to spread.
            case Trouble.ReplicaStuck when hosting.Addresses.Length < hosting.Replicas.Length:
                return ("a replica that would hang can be seen by nobody, so it does not", () => { });
            case Trouble.ReplicaStuck:
                var behind = hosting.Replicas[mishap.Choice % hosting.Replicas.Length];
                behind.StuckSince ??= agenda.Now;
                return ($"{behind.Name} of {world.Domain} gets no new documents", () => behind.StuckSince = null);
            case Trouble.ReplicaDown:
                var replica = hosting.Replicas[mishap.Choice % hosting.Replicas.Length];
                replica.IsDown = true;
                return ($"{replica.Name} of {world.Domain} is down", () => replica.IsDown = false);
            case Trouble.PolicyHostDown:
                hosting.IsDown = true;
                return ($"the policy host of {world.Domain} is down", () => hosting.IsDown = false);
            case Trouble.RenewalBroken:
                hosting.RenewalIsBroken = true;
                return ($"no certificate is issued for the policy host of {world.Domain}", () => hosting.RenewalIsBroken = false);
            case Trouble.Provider:
                var mood = (ProviderMood)(1 + (mishap.Choice % 5));
                all.Provider.Mood = mood;
                return ($"the provider: {mood}", () => all.Provider.Mood = ProviderMood.Fine);
            default:
                all.ClockError = -mishap.ClockError;
                return ($"the operator's clock goes back by {mishap.ClockError}", () => all.ClockError = TimeSpan.Zero);
        }
    }
}
