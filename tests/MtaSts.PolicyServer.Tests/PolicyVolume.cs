using System.Runtime.InteropServices;
using System.Text;

namespace MtaSts.PolicyServer.Tests;

/// <summary>A folder as the kubelet writes a projected volume: generation folders, an atomic link, a link for each file.</summary>
public sealed class PolicyVolume : IDisposable
{
    private int _generation;

    public string Folder { get; } = Directory.CreateTempSubdirectory("policies-").FullName;

    /// <summary>The folder that <c>..data</c> points to now.</summary>
    public string Generation => Path.Combine(Folder, new FileInfo(Path.Combine(Folder, "..data")).LinkTarget!);

    /// <summary>Replaces everything, in the kubelet's order: new folder, swap, links of new files, old links, old folder.</summary>
    /// <param name="files">Name and content of each.</param>
    /// <param name="links">False stops right after the swap, when new files have no link yet.</param>
    public void Write(IEnumerable<KeyValuePair<string, string>> files, bool links = true)
    {
        string name = $"..2026_11_24_00_00_00.{++_generation}";
        string folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        var names = new HashSet<string>();
        foreach ((string file, string text) in files)
        {
            File.WriteAllText(Path.Combine(folder, file), text);
            names.Add(file);
        }

        string data = Path.Combine(Folder, "..data");
        string? old = new FileInfo(data).LinkTarget;
        File.CreateSymbolicLink(data + "_tmp", name);
        Assert.Equal(0, Rename(CString(data + "_tmp"), CString(data))); // File.Move moves no link to a folder

        if (!links)
            return;
        foreach (string file in names)
        {
            if (new FileInfo(Path.Combine(Folder, file)).LinkTarget is null)
                File.CreateSymbolicLink(Path.Combine(Folder, file), Path.Combine("..data", file));
        }

        foreach (string path in Directory.GetFiles(Folder).Where(p => !Path.GetFileName(p).StartsWith("..", StringComparison.Ordinal) && !names.Contains(Path.GetFileName(p))))
            File.Delete(path);
        if (old is not null)
            Directory.Delete(Path.Combine(Folder, old), recursive: true);
    }

    public void Write(params (string Domain, string Document)[] files) =>
        Write(files.Select(f => KeyValuePair.Create(f.Domain, f.Document)));

    private static byte[] CString(string text) => Encoding.UTF8.GetBytes(text + '\0');

    [DllImport("libc", EntryPoint = "rename")]
    private static extern int Rename(byte[] from, byte[] to);

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
