namespace MtaSts.Simulation.Mishaps;

/// <summary>What goes wrong in the world.</summary>
internal enum Trouble
{
    MailServerIll,
    SecondaryStuck,
    NameServerDown,
    ReplicaStuck,
    ReplicaDown,
    PolicyHostDown,
    RenewalBroken,
    Provider,
    ClockBack,
}

/// <summary>One thing that goes wrong, and is right again after a time.</summary>
/// <param name="What">Which.</param>
/// <param name="After">When it begins, from the start.</param>
/// <param name="Lasts">For how long.</param>
/// <param name="Domain">Which domain it meets, where it is one.</param>
/// <param name="Choice">Which server, mood or measure: any number.</param>
internal sealed record Mishap(Trouble What, TimeSpan After, TimeSpan Lasts, int Domain, int Choice)
{
    /// <summary>How far the clock goes back, where it does.</summary>
    public TimeSpan ClockError => What == Trouble.ClockBack ? TimeSpan.FromMinutes(1 + (Choice % 120)) : TimeSpan.Zero;

    /// <summary>All that will go wrong in a life. It is known before, so that a life with crashes and one without meet the same.</summary>
    public static IReadOnlyList<Mishap> Plan(int seed, int domains, TimeSpan within)
    {
        var dice = Dice.For(seed, Purpose.Faults);
        var clockMayFail = dice.Chance(0.2);
        return [.. Enumerable.Range(0, dice.Next(4, 14)).Select(_ => One()).Where(f => f.What != Trouble.ClockBack || clockMayFail)];

        Mishap One()
        {
            var what = dice.Pick(Enum.GetValues<Trouble>());
            var most = what switch
            {
                Trouble.RenewalBroken => TimeSpan.FromDays(60),
                Trouble.MailServerIll => TimeSpan.FromDays(4),
                Trouble.PolicyHostDown => TimeSpan.FromDays(2),
                _ => TimeSpan.FromHours(40),
            };
            return new Mishap(what, dice.Between(TimeSpan.FromMinutes(1), within), dice.Between(TimeSpan.FromMinutes(2), most), dice.Next(domains), dice.Next(1000));
        }
    }
}
