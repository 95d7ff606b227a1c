using System.Diagnostics;
using System.Security.Cryptography;
using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation;

/// <summary>The claim of the product, over virtual lives: the real engine and planner, senders that follow RFC 8461, and everything that goes wrong around them.</summary>
[Collection(nameof(Lives))]
public class SimulationTests
{
    private const int FirstSeed = 14;
    private const int FixedSeeds = 24;

    // Seeds that once failed and that the others do not stand for: a record that could not be written was said to be healthy, on what was seen of the one before;
    // a first id was named while one of two replicas did not have its document.
    private static readonly int[] FoundSeeds = [698845341, 200];

    private static readonly TimeSpan FreshTime = TimeSpan.FromSeconds(8);

    [Fact]
    public void No_healthy_domain_loses_a_mail_by_what_the_operator_does()
    {
        var (tally, failure) = Lives.Run(Enumerable.Range(FirstSeed, FixedSeeds).Concat(FoundSeeds), LifeOptions.Whole);
        Assert.True(failure is null, failure?.ToString());

        // A simulation in which nothing happens proves nothing.
        Assert.True(tally.UnderEnforce > 20_000, tally.Line());
        Assert.True(tally.Promotions > 100 && tally.Crashes > 300 && tally.StandStills > 50 && tally.Overtaken > 50, tally.Line());
        Assert.True(tally.Retirements > 10 && tally.Adoptions > 8 && tally.Resumptions > 5 && tally.StepsBack > 0, tally.Line());
        Assert.True(tally.Migrations > 10 && tally.ProviderFaults > 5 && tally.RestingLooks > 10_000, tally.Line());
        Say($"{FixedSeeds + FoundSeeds.Length} fixed seeds", tally);
    }

    [Fact]
    public void Nor_does_one_of_a_fresh_seed()
    {
        var watch = Stopwatch.StartNew();
        var first = RandomNumberGenerator.GetInt32(1_000_000_000);
        var (tally, failure) = Lives.Run(Enumerable.Range(first, 1_000_000), LifeOptions.Whole, isOver: () => watch.Elapsed > FreshTime);
        Assert.True(failure is null, failure?.ToString());
        Say($"fresh seeds from {first} on", tally);
    }

    // Past the runner, which keeps what a test writes for its report: this line is for whoever looks on.
    private static void Say(string what, Tally tally)
    {
        using var terminal = new StreamWriter(Console.OpenStandardOutput());
        terminal.WriteLine($"simulation: {what}: {tally.Line()}; 0 lost");
    }
}
