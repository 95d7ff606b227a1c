using System.CommandLine;
using System.Reflection;

namespace MtaSts.Operator.Cli;

/// <summary><c>mtasts crds</c>: the CustomResourceDefinitions of this version, as the program carries them.</summary>
public static class CrdsCommand
{
    private const string Name = "mtasts crds";
    private const string Folder = "crds/";

    /// <summary>The command.</summary>
    public static Command Create(CliHost host)
    {
        var folder = new Option<string?>("--output-dir") { Description = "Write one file a kind into this folder instead of printing.", HelpName = "DIR" };
        var command = new Command("crds", "Prints the CustomResourceDefinitions of this version, for kubectl apply --server-side (with --validate=false where the API server is older than 1.25).") { folder };
        command.SetAction(parsed => parsed.GetValue(folder) is { } path ? Write(host, path) : Print(host));
        return command;
    }

    /// <summary>The definitions: file name and YAML text, ordered by name.</summary>
    internal static IReadOnlyList<(string File, string Yaml)> Definitions()
    {
        var assembly = typeof(CrdsCommand).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(n => (n[Folder.Length..], Read(assembly, n))),
        ];
    }

    private static int Print(CliHost host)
    {
        foreach (var (_, yaml) in Definitions())
        {
            host.Out.Write("---\n" + yaml);
        }

        return ExitCodes.Fine;
    }

    private static int Write(CliHost host, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (file, yaml) in Definitions())
            {
                var path = Path.Combine(folder, file);
                File.WriteAllText(path, yaml);
                host.Out.WriteLine(path);
            }

            return ExitCodes.Fine;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return host.WrongUsage($"--output-dir {folder}: {failure.Message}", Name);
        }
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
