using MtaSts.Simulation.Mutants;

namespace MtaSts.Simulation;

/// <summary>A simulation that finds nothing in a broken engine proves nothing of a sound one.</summary>
[Collection(nameof(Lives))]
public class MutantTests
{
    private const int SeedsMax = 120;

    public static TheoryData<string> Names => [.. AllMutants.List.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_breakage_is_caught(string name)
    {
        var mutant = AllMutants.List.Single(m => m.Name == name);
        var options = new LifeOptions { Engine = mutant.Make };
        for (var seed = 1; seed <= SeedsMax; seed++)
        {
            if (Life.Run(seed, options).Failure is { } failure)
            {
                Assert.True(mutant.CaughtBy.Contains(failure.Invariant), $"{name}: caught by another invariant than expected, with seed {seed}: {failure.Message}");
                TestContext.Current.TestOutputHelper?.WriteLine($"caught by {failure.Invariant}, seed {seed}");
                return;
            }
        }

        Assert.Fail($"{name}: not caught by {SeedsMax} seeds");
    }
}
