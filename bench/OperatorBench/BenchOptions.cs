using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Bench;

/// <summary>What a bench of the operator is told.</summary>
internal sealed record BenchOptions
{
    public const string Settled = "settled";
    public const string FirstPolicy = "first-policy";

    private const int PoliciesMax = 5000;

    /// <summary>The root of the repository.</summary>
    public required string Repository { get; init; }

    /// <summary><see cref="Settled"/> or <see cref="FirstPolicy"/>.</summary>
    public required string Bench { get; init; }

    public bool Help { get; init; }

    /// <summary>Policies to settle, 2 to 5000.</summary>
    public int Policies { get; init; } = 1000;

    /// <summary>Time between two looks at a settled policy; null for the operator's default.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Length of the steady state that is watched.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a first policy is applied.</summary>
    public int Runs { get; init; } = 5;

    /// <summary>Gives up after this.</summary>
    public TimeSpan Deadline { get; init; }

    public string HelpText => Bench == Settled
        ? """
          Usage: bench/settled [--policies N] [--interval SECONDS] [--window SECONDS] [--quick] [--help]

          Rolls N policies out to the last stage on real parts, and says what they cost then: writes to the API server, calls to the DNS
          provider, probes, memory; and how long a restarted operator takes until it has looked at all of them.

            --policies N        how many, 2 to 5000 (default 1000)
            --interval SECONDS  time between two looks at a policy (default 30)
            --window SECONDS    how long the steady state is watched (default 60)
            --quick             100 policies, interval 10, window 20
            --help              this text

          Exit code: 0 measured, 1 could not be measured, 2 wrong usage or something is not installed.
          """
        : """
          Usage: bench/first-policy [--runs N] [--quick] [--help]

          Applies one policy to an idle operator with kubectl and times it until the primary name server answers with its TXT record; again for
          N domains, one after the other. Each step on the way is timed from the log of whoever saw it.

            --runs N  how many domains (default 5)
            --quick   2 domains
            --help    this text

          Exit code: 0 measured, 1 could not be measured, 2 wrong usage or something is not installed.
          """;

    /// <summary>Reads the arguments: the repository, the bench, its options.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out BenchOptions? options, out string problem)
    {
        options = null;
        problem = "start it by bench/settled or bench/first-policy";
        if (args is not [var repository, Settled or FirstPolicy, .. var rest])
        {
            return false;
        }

        var isSettled = args[1] == Settled;
        var read = new BenchOptions
        {
            Repository = repository,
            Bench = args[1],
            Interval = isSettled ? TimeSpan.FromSeconds(30) : null,
            Deadline = TimeSpan.FromMinutes(isSettled ? 30 : 5),
        };
        for (var i = 0; i < rest.Length; i++)
        {
            var value = i + 1 < rest.Length && int.TryParse(rest[i + 1], out var number) ? number : -1;
            switch (rest[i])
            {
                case "--help" or "-h":
                    read = read with { Help = true };
                    continue;
                case "--quick" when isSettled:
                    read = read with { Policies = 100, Interval = TimeSpan.FromSeconds(10), Window = TimeSpan.FromSeconds(20), Deadline = TimeSpan.FromMinutes(10) };
                    continue;
                case "--quick":
                    read = read with { Runs = 2 };
                    continue;
                case "--policies" when isSettled && value is >= 2 and <= PoliciesMax:
                    read = read with { Policies = value };
                    break;
                case "--interval" when isSettled && value is >= 2 and <= 3600:
                    read = read with { Interval = TimeSpan.FromSeconds(value) };
                    break;
                case "--window" when isSettled && value is >= 10 and <= 600:
                    read = read with { Window = TimeSpan.FromSeconds(value) };
                    break;
                case "--runs" when !isSettled && value is >= 1 and <= 50:
                    read = read with { Runs = value };
                    break;
                default:
                    problem = $"{rest[i]} is not an option, or its value is missing or out of range";
                    return false;
            }

            i++;
        }

        options = read;
        problem = "";
        return true;
    }
}
