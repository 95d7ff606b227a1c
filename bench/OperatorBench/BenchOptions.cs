using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Bench;

/// <summary>What a bench of the operator is told.</summary>
internal sealed record BenchOptions
{
    public const string Settled = "settled";
    public const string FirstPolicy = "first-policy";
    public const string Onboarding = "onboarding";
    public const string Providers = "providers";

    private const int PoliciesMax = 5000;

    // The options that each bench takes.
    private static readonly Dictionary<string, string[]> Options = new()
    {
        [Settled] = ["--policies", "--interval", "--window"],
        [FirstPolicy] = ["--runs"],
        [Onboarding] = ["--policies", "--interval", "--window"],
        [Providers] = ["--policies", "--runs"],
    };

    /// <summary>The root of the repository.</summary>
    public required string Repository { get; init; }

    /// <summary>Which one.</summary>
    public required string Bench { get; init; }

    public bool Help { get; init; }

    /// <summary>Policies to settle, 2 to 5000.</summary>
    public int Policies { get; init; } = 1000;

    /// <summary>Time between two looks at a settled policy; null for the operator's default.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Length of the steady state that is watched.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often it is measured.</summary>
    public int Runs { get; init; } = 5;

    /// <summary>Gives up after this.</summary>
    public TimeSpan Deadline { get; init; }

    public string HelpText => Bench switch
    {
        Settled => """
          Usage: bench/settled [--policies N] [--interval SECONDS] [--window SECONDS] [--quick] [--help]

          Rolls N policies out to the last stage on real parts, and says what they cost then: writes to the API server, calls to the DNS
          provider, probes, memory; and how long a restarted operator takes until it has looked at all of them.

            --policies N        how many, 2 to 5000 (default 1000)
            --interval SECONDS  time between two looks at a policy (default 30)
            --window SECONDS    how long the steady state is watched (default 60)
            --quick             100 policies, interval 10, window 20
            --help              this text

          Exit code: 0 measured, 1 could not be measured, 2 wrong usage or something is not installed.
          """,
        Onboarding => """
          Usage: bench/onboarding [--policies N] [--interval SECONDS] [--window SECONDS] [--quick] [--help]

          Rolls N policies out to the last stage through one Cloudflare account with its limit of 1,200 requests in five minutes, restarts the operator
          in the middle, and counts the requests; then those of the steady state. A thousand policies take about an hour, which is what the
          limit leaves.

            --policies N        how many, 2 to 5000 (default 1000)
            --interval SECONDS  time between two looks at a policy (default 300)
            --window SECONDS    how long the steady state is watched (default 600)
            --quick             60 policies, window 60
            --help              this text

          Exit code: 0 measured, 1 could not be measured, 2 wrong usage or something is not installed.
          """,
        Providers => """
          Usage: bench/providers [--policies N] [--runs N] [--quick] [--help]

          Rolls N domains of a healthy DNS provider out to the last stage, alone, and beside as many of a provider that answers 500 and of one that never
          answers; in turn, several times.

            --policies N  domains of each provider (default 20)
            --runs N      rounds (default 3)
            --quick       8 domains, 1 round
            --help        this text

          Exit code: 0 measured, 1 could not be measured, 2 wrong usage or something is not installed.
          """,
        _ => """
          Usage: bench/first-policy [--runs N] [--quick] [--help]

          Applies one policy to an idle operator with kubectl and times it until the primary name server answers with its TXT record; again for
          N domains, one after the other. Each step on the way is timed from the log of whoever saw it.

            --runs N  how many domains (default 5)
            --quick   2 domains
            --help    this text

          Exit code: 0 measured, 1 could not be measured, 2 wrong usage or something is not installed.
          """,
    };

    /// <summary>Reads the arguments: the repository, the bench, its options.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out BenchOptions? options, out string problem)
    {
        options = null;
        problem = $"start it by {string.Join(", ", Options.Keys.Select(name => $"bench/{name}"))}";
        if (args is not [var repository, var bench, .. var rest] || !Options.TryGetValue(bench, out var known))
        {
            return false;
        }

        var read = Defaults(repository, bench);
        for (var i = 0; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case "--help" or "-h":
                    read = read with { Help = true };
                    continue;
                case "--quick":
                    read = Quick(read);
                    continue;
            }

            var value = i + 1 < rest.Length && int.TryParse(rest[i + 1], out var number) ? number : -1;
            var changed = (known.Contains(rest[i]) ? rest[i] : "") switch
            {
                "--policies" when value is >= 2 and <= PoliciesMax => read with { Policies = value },
                "--interval" when value is >= 2 and <= 3600 => read with { Interval = TimeSpan.FromSeconds(value) },
                "--window" when value is >= 10 and <= 1200 => read with { Window = TimeSpan.FromSeconds(value) },
                "--runs" when value is >= 1 and <= 50 => read with { Runs = value },
                _ => null,
            };
            if (changed is null)
            {
                problem = $"{rest[i]} is not an option, or its value is missing or out of range";
                return false;
            }

            read = changed;
            i++;
        }

        options = read;
        problem = "";
        return true;
    }

    private static BenchOptions Defaults(string repository, string bench)
    {
        var options = new BenchOptions { Repository = repository, Bench = bench };
        return bench switch
        {
            Settled => options with { Interval = TimeSpan.FromSeconds(30), Deadline = TimeSpan.FromMinutes(30) },
            Onboarding => options with { Interval = TimeSpan.FromMinutes(5), Window = TimeSpan.FromMinutes(10), Deadline = TimeSpan.FromMinutes(100) },
            Providers => options with { Policies = 20, Runs = 3, Interval = TimeSpan.FromSeconds(30), Deadline = TimeSpan.FromMinutes(15) },
            _ => options with { Deadline = TimeSpan.FromMinutes(5) },
        };
    }

    private static BenchOptions Quick(BenchOptions options) => options.Bench switch
    {
        Settled => options with { Policies = 100, Interval = TimeSpan.FromSeconds(10), Window = TimeSpan.FromSeconds(20), Deadline = TimeSpan.FromMinutes(10) },
        Onboarding => options with { Policies = 60, Interval = TimeSpan.FromSeconds(30), Window = TimeSpan.FromSeconds(60), Deadline = TimeSpan.FromMinutes(15) },
        Providers => options with { Policies = 8, Runs = 1 },
        _ => options with { Runs = 2 },
    };
}
