namespace MtaSts.TestBed.Mail;

/// <summary>Reads logs line by line while a server is writing them.</summary>
internal static class LogFile
{
    /// <summary>The complete lines up to now; none when there is no such file yet.</summary>
    public static async Task<IReadOnlyList<string>> LinesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            var text = await reader.ReadToEndAsync(cancellationToken);
            // A line that is still being written is not there yet.
            return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }
}
