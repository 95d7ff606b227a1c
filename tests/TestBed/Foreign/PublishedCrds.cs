using System.Text.RegularExpressions;

namespace MtaSts.TestBed.Foreign;

/// <summary>
/// CustomResourceDefinitions as other projects publish them. They are not part of the repository: they are looked for in the folder that MTASTS_CRDS names, else
/// beside the repository.
/// </summary>
public static partial class PublishedCrds
{
    /// <summary>The definitions of a project as documents of YAML; null where they are not at hand.</summary>
    /// <param name="project">The project's folder: <c>gateway-api</c>, <c>cert-manager</c> or <c>external-dns</c>.</param>
    /// <param name="plurals">The resources whose definitions are wanted.</param>
    public static string? Find(string project, params string[] plurals)
    {
        var folder = Environment.GetEnvironmentVariable("MTASTS_CRDS") ?? Repository.PathOf("..", "shared", "crds");
        var files = plurals.Select(plural => Path.Combine(folder, project, plural + ".yaml")).ToList();
        return files.TrueForAll(File.Exists) ? string.Join("\n---\n", files.Select(File.ReadAllText)) : null;
    }

    /// <summary>Installs definitions; those that are there already stay. Returns when the API server has them.</summary>
    /// <param name="plane">The control plane.</param>
    /// <param name="manifests">The definitions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task InstallAsync(ControlPlane plane, string manifests, CancellationToken cancellationToken)
    {
        // API servers of 1.20 take an empty default for none, and refuse the definition.
        manifests = EmptyDefault().Replace(manifests, "");
        // Created, not applied, as Helm does it: API servers before 1.25 drop the CEL rules in them, and refuse them in a server-side apply.
        var created = await plane.TryKubectlAsync(["create", "--validate=false", "-f", "-"], manifests, cancellationToken);
        var faults = created.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("AlreadyExists", StringComparison.Ordinal)).ToList();
        if (!created.Succeeded && faults.Count > 0) throw new Processes.ChildProcessException($"not created: {string.Join('\n', faults)}");
        await plane.UntilCrdsEstablishedAsync(cancellationToken);
    }

    [GeneratedRegex("^ *default: \"\"\\n", RegexOptions.Multiline)]
    private static partial Regex EmptyDefault();
}
