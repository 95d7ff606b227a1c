using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation;

/// <summary>Many lives, one after the other or side by side.</summary>
internal static class Lives
{
    private const int TwinShare = 4;

    /// <summary>Lives each seed, and one in four also without a crash: both must come to the same end.</summary>
    /// <returns>What happened in all, and the first failure that was found, or null.</returns>
    public static (Tally Tally, Failure? Failure) Run(IEnumerable<int> seeds, LifeOptions options, int sideBySide = 2, Func<bool>? isOver = null)
    {
        var tally = new Tally();
        var gate = new Lock();
        Failure? failure = null;
        Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = sideBySide }, (seed, loop) =>
        {
            if (isOver?.Invoke() == true)
            {
                loop.Stop();
                return;
            }

            var (lived, failed) = One(seed, options);
            lock (gate)
            {
                tally.Add(lived);
                if (failed is not null)
                {
                    failure ??= failed;
                    loop.Stop();
                }
            }
        });
        return (tally, failure);
    }

    private static (Tally Tally, Failure? Failure) One(int seed, LifeOptions options)
    {
        var life = Life.Run(seed, options);
        if (life.Failure is not null)
        {
            return (life.Tally, Failure.Of(seed, life, options));
        }

        if (seed % TwinShare != 0 || !options.Crashes)
        {
            return (life.Tally, null);
        }

        var calm = Life.Run(seed, options with { Crashes = false });
        life.Tally.Add(calm.Tally);
        return calm switch
        {
            { Failure: not null } => (life.Tally, Failure.Of(seed, calm, options with { Crashes = false })),
            _ when calm.End != life.End => (life.Tally, new Failure(seed, Invariant.SameEnd, $"with crashes:\n{life.End}\nwithout:\n{calm.End}", "", $"bench/simulate --seed {seed}")),
            _ => (life.Tally, null),
        };
    }
}
