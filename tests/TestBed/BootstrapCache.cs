namespace MtaSts.TestBed;

/// <summary>Where script/bootstrap keeps what it fetches and builds.</summary>
public static class BootstrapCache
{
    /// <summary>The folder; it need not be there.</summary>
    public static string Folder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "mta-sts-operator");
        }
    }
}
