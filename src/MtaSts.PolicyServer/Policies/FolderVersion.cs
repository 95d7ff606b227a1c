using System.IO.Enumeration;

namespace MtaSts.PolicyServer.Policies;

/// <summary>
/// Tells two states of the folder apart without reading a document.
/// </summary>
/// <param name="Path">The folder to read the documents from.</param>
/// <param name="Stamp">
/// For a plain folder a sum over the name, size and time of each file; 0 for a mounted volume, whose path says it all.
/// </param>
/// <param name="Sealed">
/// True for a mounted volume: the kubelet writes each generation into a new folder and then swaps the link <c>..data</c>,
/// so that what is in the folder never changes and the link's target is all there is to watch.
/// </param>
internal readonly record struct FolderVersion(string Path, ulong Stamp, bool Sealed)
{
    /// <summary>The link that the kubelet swaps.</summary>
    public const string DataLink = "..data";

    /// <exception cref="IOException">The folder cannot be read, or it changed meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static FolderVersion Of(string folder)
    {
        // The documents are read from the generation's own folder. The links of the single files would not do: those of
        // new files appear only after the swap.
        if (new FileInfo(System.IO.Path.Combine(folder, DataLink)).LinkTarget is { } target)
        {
            string generation = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, target));
            return Directory.Exists(generation)
                ? new(generation, 0, true)
                : throw new DirectoryNotFoundException($"{DataLink} points to {target}, which is not there");
        }

        ulong sum = 0;
        foreach (ulong stamp in new FileSystemEnumerable<ulong>(folder, (ref e) => StampOf(ref e), Options))
            unchecked { sum += stamp; } // a sum, since the order of the entries means nothing
        return new(folder, sum, false);
    }

    /// <summary>All entries count, also those that a dot or an attribute hides.</summary>
    public static EnumerationOptions Options { get; } = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private static ulong StampOf(ref FileSystemEntry entry)
    {
        long size, time;
        if ((entry.Attributes & FileAttributes.ReparsePoint) != 0)
        {
            // A link's own size and time say nothing about what it points to.
            FileSystemInfo? file = entry.ToFileSystemInfo().ResolveLinkTarget(returnFinalTarget: true);
            size = file is FileInfo { Exists: true } f ? f.Length : -1;
            time = file?.LastWriteTimeUtc.Ticks ?? 0;
        }
        else
        {
            size = entry.IsDirectory ? -1 : entry.Length;
            time = entry.LastWriteTimeUtc.Ticks;
        }

        ulong hash = 14695981039346656037; // FNV-1a, 64 bits
        foreach (char c in entry.FileName)
            hash = Mix(hash, c);
        return Mix(Mix(hash, (ulong)size), (ulong)time);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        unchecked
        {
            hash = (hash ^ value) * 1099511628211;
            return hash ^ (hash >> 32); // a wide value must reach the low bits too
        }
    }
}
