using System.Collections.Concurrent;
using MtaSts.Simulation.Mutants;
using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation;

/// <summary>A simulation that finds nothing in a broken engine proves nothing of a sound one.</summary>
[Collection(nameof(Lives))]
public class MutantTests
{
    private const int SeedsMax = 60;

    // All at once, on two cores; each test looks at its own.
    private static readonly Lazy<IReadOnlyDictionary<string, (int Seed, Broken? Failure)>> Caught = new(() =>
    {
        var caught = new ConcurrentDictionary<string, (int, Broken?)>();
        Parallel.ForEach(AllMutants.List, new ParallelOptions { MaxDegreeOfParallelism = 2 }, mutant => caught[mutant.Name] = Catch(mutant));
        return caught;
    });

    public static TheoryData<string> Names => [.. AllMutants.List.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_breakage_is_caught(string name)
    {
        var mutant = AllMutants.List.Single(m => m.Name == name);
        var (seed, failure) = Caught.Value[name];
        Assert.True(failure is not null, $"not caught by {SeedsMax} seeds");
        Assert.True(mutant.CaughtBy.Contains(failure.Invariant), $"caught by another invariant than expected, with seed {seed}: {failure.Message}");
        TestContext.Current.TestOutputHelper?.WriteLine($"caught by {failure.Invariant}, seed {seed}");
    }

    private static (int Seed, Broken? Failure) Catch(Mutant mutant)
    {
        var options = new LifeOptions { Engine = mutant.Make };
        foreach (var seed in Enumerable.Range(1, SeedsMax).Prepend(mutant.Seed))
        {
            if (Life.Run(seed, options).Failure is { } failure)
            {
                return (seed, failure);
            }
        }

        return (0, null);
    }
}
