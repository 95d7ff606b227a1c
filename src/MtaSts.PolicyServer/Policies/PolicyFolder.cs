using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace MtaSts.PolicyServer.Policies;

/// <summary>Why a file of the folder is not served. Each is a label of a metric.</summary>
internal enum SkipReason
{
    /// <summary>The name is no lower-case mail domain. Rename the file.</summary>
    NotADomain,

    /// <summary>Over 64 KiB; no sender would take it. Shorten the document.</summary>
    TooLarge,

    /// <summary>No bytes. Write the document, or remove the file.</summary>
    Empty,

    /// <summary>It is there but cannot be read. Look at its mode and type.</summary>
    Unreadable,
}

/// <summary>A file that is not served.</summary>
internal readonly record struct SkippedFile(string Name, SkipReason Reason);

/// <summary>What came of reading the folder.</summary>
internal abstract record FolderRead
{
    private FolderRead()
    {
    }

    /// <summary>A whole table, of one moment.</summary>
    public sealed record Loaded(PolicyTable Table, FolderVersion Version, IReadOnlyList<SkippedFile> Skipped) : FolderRead;

    /// <summary>The same state of the folder as last time.</summary>
    public sealed record Unchanged : FolderRead;

    /// <summary>No table of one moment could be had; the last good one stays.</summary>
    public sealed record Failed(string Message) : FolderRead;
}

/// <summary>Reads a folder of policies: one file per mail domain, its name the domain, its content the document.</summary>
internal static class PolicyFolder
{
    /// <summary>A larger document is not served.</summary>
    public const int DocumentBytesMax = 64 * 1024; // rfc8461#3.3: the size that senders are advised to stop at

    private const int Attempts = 5;

    /// <summary>
    /// A table in which all documents are of one moment. A file that vanishes or changes meanwhile makes the whole
    /// reading start again, up to five times.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="known">Its state when it was last read; null before that.</param>
    /// <param name="again">Read it even if its state is the known one.</param>
    /// <param name="beforeFile">Called with each file's name before it is opened; lets tests change the folder right then.</param>
    public static FolderRead Read(string folder, FolderVersion? known, bool again, Action<string>? beforeFile = null)
    {
        string problem = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                FolderVersion version = FolderVersion.Of(folder);
                if (version == known && !again)
                    return new FolderRead.Unchanged();
                if (known is { Sealed: true } && !version.Sealed)
                    return new FolderRead.Failed($"{FolderVersion.DataLink} is gone: the volume is being taken apart");
                if (TryRead(folder, version, beforeFile) is { } loaded)
                    return loaded;
                problem = "the folder keeps changing while it is read";
            }
            catch (Exception e) // whatever a file system can think of, the last good table stays
            {
                problem = e.Message;
            }
        }

        return new FolderRead.Failed(problem);
    }

    private static FolderRead.Loaded? TryRead(string folder, FolderVersion version, Action<string>? beforeFile)
    {
        var builder = new TableBuilder();
        var skipped = new List<SkippedFile>();
        byte[] buffer = new byte[DocumentBytesMax + 1];

        foreach (string name in Names(version.Path))
        {
            if (!DomainName.IsValid(name))
            {
                skipped.Add(new(name, SkipReason.NotADomain));
                continue;
            }

            beforeFile?.Invoke(name);
            int length;
            try
            {
                length = ReadFile(Path.Combine(version.Path, name), buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (FolderVersion.Of(folder) != version)
                    return null; // it vanished in a change, so the rest may be of another moment too
                skipped.Add(new(name, SkipReason.Unreadable));
                continue;
            }

            if (length == 0)
                skipped.Add(new(name, SkipReason.Empty));
            else if (length > DocumentBytesMax)
                skipped.Add(new(name, SkipReason.TooLarge));
            else
                builder.Add(name, buffer.AsSpan(0, length));
        }

        // The kubelet swaps the link before it empties the old generation's folder: where the link is still the same,
        // nothing was missing. In a plain folder each file has to look as it did before.
        return FolderVersion.Of(folder) == version ? new FolderRead.Loaded(builder.Build(), version, skipped) : null;
    }

    // Names that begin with two dots are the kubelet's own. A folder holds no document, whatever its name.
    private static FileSystemEnumerable<string> Names(string folder) =>
        new(folder, (ref e) => e.FileName.ToString(), FolderVersion.Options)
        {
            ShouldIncludePredicate = (ref e) => !e.FileName.StartsWith("..") && !e.IsDirectory,
        };

    /// <summary>Bytes read, at most the size of the buffer.</summary>
    private static int ReadFile(string path, byte[] buffer)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        int used = 0;
        int got;
        do
            used += got = RandomAccess.Read(file, buffer.AsSpan(used), used);
        while (got > 0 && used < buffer.Length);
        return used;
    }
}
