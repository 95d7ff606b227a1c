namespace MtaSts.TestBed.Processes;

/// <summary>Reads log files that another process is writing.</summary>
public static class Logs
{
    private const int TailBytes = 32 * 1024;

    /// <summary>The last <paramref name="lines"/> lines, of at most 32 KB; empty when there is no such file.</summary>
    public static string Tail(string path, int lines = 30)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(file.Length, TailBytes), SeekOrigin.End);
            using var reader = new StreamReader(file);
            return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(lines));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
