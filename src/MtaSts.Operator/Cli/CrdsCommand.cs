using System.CommandLine;
using System.Reflection;
using System.Text;

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
        var plain = new Option<bool>("--no-cel") { Description = "Leave out the CEL rules, which API servers before 1.25 do not take in a server-side apply." };
        var command = new Command("crds", "Prints the CustomResourceDefinitions of this version, for kubectl apply --server-side.") { folder, plain };
        command.SetAction(parsed =>
        {
            var definitions = Definitions().Select(d => parsed.GetValue(plain) ? (d.File, WithoutRules(d.Yaml)) : d).ToList();
            return parsed.GetValue(folder) is { } path ? Write(host, path, definitions) : Print(host, definitions);
        });
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

    /// <summary>A definition without its CEL rules; the operator checks the same itself.</summary>
    internal static string WithoutRules(string yaml)
    {
        var kept = new StringBuilder();
        var rulesIndent = -1; // of the key whose lines are being left out
        foreach (var line in yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = line.TrimStart(' ');
            var indent = line.Length - text.Length;
            var inRules = rulesIndent >= 0 && (indent > rulesIndent || (indent == rulesIndent && text.StartsWith('-')));
            rulesIndent = inRules ? rulesIndent : text == "x-kubernetes-validations:" ? indent : -1;
            if (rulesIndent < 0)
            {
                kept.Append(line).Append('\n');
            }
        }

        return kept.ToString();
    }

    private static int Print(CliHost host, IEnumerable<(string File, string Yaml)> definitions)
    {
        foreach (var (_, yaml) in definitions)
        {
            host.Out.Write("---\n" + yaml);
        }

        return ExitCodes.Fine;
    }

    private static int Write(CliHost host, string folder, IEnumerable<(string File, string Yaml)> definitions)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (file, yaml) in definitions)
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
