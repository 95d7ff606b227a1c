using System.Globalization;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Writes the files of a ConfigMap, Secret or projected volume as a kubelet does: into a folder named by the time, to which the link
/// <c>..data</c> is switched in one step; each file is a link through <c>..data</c>. A reader sees all of the old files or all of the new ones.
/// </summary>
internal static class VolumeWriter
{
    private const string DataLink = "..data";

    /// <summary>Makes the volume have exactly these files (relative paths); nothing is touched when it has them already.</summary>
    public static void Write(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(folder);
        var link = Path.Combine(folder, DataLink);
        var old = new DirectoryInfo(link).LinkTarget;
        if (old is not null && SameFiles(Path.Combine(folder, old), files)) return;

        var stamp = DateTime.UtcNow.ToString("yyyy_MM_dd_HH_mm_ss.fffffff", CultureInfo.InvariantCulture);
        var fresh = $"..{stamp}";
        Directory.CreateDirectory(Path.Combine(folder, fresh));
        foreach (var (path, content) in files)
        {
            var target = Path.Combine(folder, fresh, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        // The only step in which what a reader sees changes.
        Links.Switch(link, fresh);

        LinkNames(folder, [.. files.Keys.Select(static path => path.Split('/')[0]).Distinct()]);
        if (old is not null) Directory.Delete(Path.Combine(folder, old), recursive: true);
    }

    private static void LinkNames(string folder, HashSet<string> names)
    {
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (new FileInfo(path).LinkTarget is null) File.CreateSymbolicLink(path, $"{DataLink}/{name}");
        }

        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (!entry.Name.StartsWith("..", StringComparison.Ordinal) && !names.Contains(entry.Name)) entry.Delete();
        }
    }

    private static bool SameFiles(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        if (!Directory.Exists(folder)) return false;
        var present = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path));
        return present.Count == files.Count && files.All(file =>
            present.TryGetValue(file.Key, out var path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Value));
    }
}
