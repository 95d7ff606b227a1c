using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation;

/// <summary>A life that failed, made as small as is cheap.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Invariant">What did not hold.</param>
/// <param name="Message">When, where and how.</param>
/// <param name="Story">The last events of the smallest life that still fails.</param>
/// <param name="Command">What shows it again.</param>
internal sealed record Failure(int Seed, Invariant Invariant, string Message, string Story, string Command)
{
    private const int DeedsMax = 8;
    private const int MishapsMax = 14;

    private static readonly TimeSpan ShrinkingMax = TimeSpan.FromSeconds(40);

    /// <summary>Leaves deeds, mishaps and crashes out one by one while the same invariant still fails.</summary>
    public static Failure Of(int seed, LifeResult found, LifeOptions options)
    {
        var (smallest, result) = (options, found);
        var until = DateTime.UtcNow + ShrinkingMax;
        Try(o => o with { Crashes = false });
        for (var i = 0; i < MishapsMax; i++)
        {
            Try(o => o with { DroppedMishaps = new HashSet<int>(o.DroppedMishaps) { i } });
        }

        for (var i = DeedsMax - 1; i >= 0; i--)
        {
            Try(o => o with { DroppedDeeds = new HashSet<int>(o.DroppedDeeds) { i } });
        }

        return new Failure(seed, result.Failure!.Invariant, result.Failure.Message, result.Story, CommandOf(seed, smallest));

        void Try(Func<LifeOptions, LifeOptions> less)
        {
            if (DateTime.UtcNow < until && less(smallest) is var smaller && Life.Run(seed, smaller) is { Failure: { } failure } other && failure.Invariant == result.Failure!.Invariant)
            {
                (smallest, result) = (smaller, other);
            }
        }
    }

    public override string ToString() => $"seed {Seed}\n{Story}\n{Message}\nagain: {Command}";

    private static string CommandOf(int seed, LifeOptions options) =>
        $"bench/simulate --seed {seed}{(options.Crashes ? "" : " --no-crashes")}"
        + (options.DroppedMishaps.Count > 0 ? $" --without-mishaps {string.Join(',', options.DroppedMishaps)}" : "")
        + (options.DroppedDeeds.Count > 0 ? $" --without-deeds {string.Join(',', options.DroppedDeeds)}" : "");
}
