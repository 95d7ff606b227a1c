namespace MtaSts.Bench;

/// <summary>Reads what a server adds to its log from now on, and nothing twice.</summary>
/// <param name="path">The log; it may not be there yet.</param>
internal sealed class LogCursor(string path)
{
    private long _at = File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The complete lines that were added since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_at, SeekOrigin.Begin);
        var bytes = new byte[Math.Max(0, file.Length - _at)];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var end = Array.LastIndexOf(bytes, (byte)'\n', Math.Max(0, read - 1), read) + 1;
        _at += end;
        return System.Text.Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
