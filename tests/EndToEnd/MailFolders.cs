namespace MtaSts.EndToEnd;

/// <summary>Where the mail networks of the tests keep their files.</summary>
internal static class MailFolders
{
    /// <summary>A folder for the network with this number. MTASTS_KEEP_LOGS=1 in the environment keeps it after the tests.</summary>
    public static string New(int id) => Path.Combine(Path.GetTempPath(), $"mtasts-bed-{id}", "mail");

    public static void Remove(string? folder)
    {
        if (folder is null || Environment.GetEnvironmentVariable("MTASTS_KEEP_LOGS") == "1") return;
        var parent = Path.GetDirectoryName(folder)!;
        if (Directory.Exists(parent)) Directory.Delete(parent, recursive: true);
    }
}
