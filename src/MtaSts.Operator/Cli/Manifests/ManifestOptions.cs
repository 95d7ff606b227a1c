using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>What <c>plan</c> and <c>simulate</c> share: which manifests, and what of the operator is not in them.</summary>
/// <param name="records">True where records are shown, so that it matters whose they are.</param>
internal sealed class ManifestOptions(bool records)
{
    private const string SomeOwnerId = "some-cluster";

    private const int FileBytesMax = 8 * 1024 * 1024; // five times the largest list that etcd takes in one object

    private readonly Option<string[]> _files = new("--filename", "-f")
    {
        Description = "A file of manifests (YAML or JSON, one or more documents): MtaStsPolicy, and their MtaStsClass, ClusterDnsProvider and Namespace; - is standard input. May be given again.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _ownerId = new("--owner-id")
    {
        Description = "The operator's own --owner-id, for providers that say none.",
        HelpName = "ID",
    };

    private readonly Option<string> _maxAgeMin = CliOptions.MaxAgeMin();

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => records ? [_files, _ownerId, _maxAgeMin] : [_files, _maxAgeMin];

    /// <summary>Reads the manifests. False when the command was used wrongly; then <paramref name="problem"/> says how.</summary>
    public bool TryRead(
        CliHost host,
        ParseResult parsed,
        out (ImmutableArray<PlannedDomain> Domains, IReadOnlyList<ManifestProblem> Problems, IReadOnlyList<string> Ignored) read,
        out string problem)
    {
        read = ([], [], []);
        var owner = records ? parsed.GetValue(_ownerId) : SomeOwnerId;
        if (owner is not null && !OwnerIdentity.TryCreate(owner, "a/b", out _, out problem))
        {
            problem = $"--owner-id: {problem}";
            return false;
        }

        if (!CliOptions.TryReadMaxAgeMin(parsed.GetValue(_maxAgeMin), out var maxAgeMin, out problem))
        {
            return false;
        }

        var manifests = new ManifestSet();
        foreach (var file in parsed.GetValue(_files)!)
        {
            if (!TryReadText(host, file, out var text, out problem))
            {
                problem = $"cannot read {Excerpt.Of(file)}: {problem}";
                return false;
            }

            manifests.Add(Excerpt.Plain(file, charsMax: 4096), text);
        }

        var (domains, problems) = new Admissions(manifests, owner, maxAgeMin).Read();
        if (manifests.Policies.Count == 0 && problems.Count == 0)
        {
            problem = "there is no MtaStsPolicy among the manifests";
            return false;
        }

        read = (domains, problems, manifests.Ignored);
        return true;
    }

    private static bool TryReadText(CliHost host, string path, out string text, out string problem)
    {
        text = "";
        problem = "";
        try
        {
            if (Directory.Exists(path))
            {
                problem = "it is a directory";
                return false;
            }

            using var opened = path == "-" ? null : File.OpenRead(path);
            var buffer = new byte[FileBytesMax + 1];
            var count = (opened ?? host.In).ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (count > FileBytesMax)
            {
                problem = $"it has more than {FileBytesMax} bytes";
                return false;
            }

            text = Encoding.UTF8.GetString(buffer, 0, count);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = failure is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : Excerpt.Plain(failure.Message);
            return false;
        }
    }
}
