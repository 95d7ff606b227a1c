using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MtaSts.Simulation;
using MtaSts.Simulation.Mutants;

const string Usage = """
    Usage: bench/simulate [--minutes N | --seed S [--count N]] [options]

    Lives the virtual lives of tests/Simulation with the real engine, on fresh seeds until the time is over, and stops at the first
    invariant that does not hold: it prints the seed, a story made as small as is cheap, and the command that shows it again.

      --minutes N            for how long, 1 to 10000; 10 by default
      --seed S               this seed and no other
      --count N              with --seed: so many seeds from there on
      --side-by-side N       lives at a time, 1 to 64; 2 by default
      --no-crashes           the operator never dies
      --without-mishaps A,B  leaves some of what goes wrong out, by number
      --without-deeds A,B    leaves some of what the owners do out, by number
      --mutant NAME          with a broken engine in place of the sound one, by a part of its name
      --help                 this text

    Exit code: 0 nothing found, 1 an invariant does not hold, 2 wrong usage.
    """;

var (minutes, count, sideBySide) = (10, 1, 2);
int? seed = null;
var options = LifeOptions.Whole;
for (var i = 0; i < args.Length; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--help" or "-h":
            Console.WriteLine(Usage);
            return 0;
        case "--no-crashes":
            options = options with { Crashes = false };
            continue;
        case "--minutes" when Number(value, 1, 10_000) is { } n:
            minutes = n;
            break;
        case "--seed" when Number(value, 0, int.MaxValue) is { } n:
            seed = n;
            break;
        case "--count" when Number(value, 1, 1_000_000) is { } n:
            count = n;
            break;
        case "--side-by-side" when Number(value, 1, 64) is { } n:
            sideBySide = n;
            break;
        case "--without-mishaps" when Numbers(value) is { } some:
            options = options with { DroppedMishaps = some };
            break;
        case "--without-deeds" when Numbers(value) is { } some:
            options = options with { DroppedDeeds = some };
            break;
        case "--mutant" when AllMutants.List.FirstOrDefault(m => value.Length > 0 && m.Name.Contains(value, StringComparison.Ordinal)) is { } mutant:
            options = options with { Engine = mutant.Make };
            break;
        default:
            Console.Error.WriteLine($"simulate: \"{args[i]}\"{(value.Length > 0 ? $" with \"{value}\"" : "")} is not understood");
            Console.Error.WriteLine(Usage);
            return 2;
    }

    i++;
}

var watch = Stopwatch.StartNew();
var first = seed ?? RandomNumberGenerator.GetInt32(1_000_000_000);
var (tally, failure) = seed is null
    ? Lives.Run(Enumerable.Range(first, int.MaxValue - first), options, sideBySide, () => watch.Elapsed > TimeSpan.FromMinutes(minutes))
    : Lives.Run(Enumerable.Range(first, count), options, sideBySide);
Console.WriteLine($"simulate: {tally.Line()}");
Console.WriteLine($"simulate: {tally.Days / watch.Elapsed.TotalSeconds:0} days a second, from seed {first} on");
if (failure is null)
{
    return 0;
}

Console.WriteLine(failure);
return 1;

static int? Number(string text, int least, int most) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

static HashSet<int>? Numbers(string text)
{
    var numbers = text.Split(',').Select(t => Number(t, 0, 1000)).ToList();
    return numbers.All(n => n is not null) ? [.. numbers.Select(n => n!.Value)] : null;
}
