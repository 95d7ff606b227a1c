using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Demo;

/// <summary>What the demo is told.</summary>
internal sealed record DemoOptions(string Repository, bool Keep, bool Chaos, bool Help)
{
    public const string HelpText = """
        Usage: script/demo [--keep] [--chaos] [--help]

        Installs the operator's chart on a local control plane (etcd, kube-apiserver), with real DNS, web and mail servers around it, applies
        eleven policies for ten domains, six of the policies in trouble, and proves how each ends: on the way up, and later. One domain is taken
        over from somebody else who enforces it; the cluster is lost and built anew from its manifests; one domain moves to another mail server
        at enforce while mail comes in; one is deleted with its namespace, and its records go when no sender holds its policy any more.
        Exit code 0 only if everything held.

          --keep   leave everything up at the end and print how to reach it; Ctrl-C takes it down
          --chaos  kill -9 the operator again and again while the domains roll out; the end must be the same
          --help   this text
        """;

    /// <summary>Reads the arguments. The first is the repository, given by script/demo.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out DemoOptions? options, out string problem)
    {
        options = new DemoOptions(args.Length > 0 ? args[0] : ".", false, false, false);
        problem = "";
        foreach (var arg in args.Skip(1))
        {
            switch (arg)
            {
                case "--keep":
                    options = options with { Keep = true };
                    break;
                case "--chaos":
                    options = options with { Chaos = true };
                    break;
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                default:
                    problem = $"{arg} is not an option";
                    options = null;
                    return false;
            }
        }

        return true;
    }
}
