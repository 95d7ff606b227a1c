using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>
/// A mail network that takes its folder and its number along when it goes. MTASTS_KEEP_LOGS=1 in the environment leaves the folder.
/// </summary>
internal sealed class TemporaryMailNetwork : IAsyncDisposable
{
    private readonly BedId _id;

    private TemporaryMailNetwork(BedId id, MailNetwork network)
    {
        _id = id;
        Network = network;
    }

    public MailNetwork Network { get; }

    /// <summary>The folder of a network with this number.</summary>
    public static string FolderOf(BedId id) => Path.Combine(id.Folder, "mail");

    /// <summary>Starts a network; owns the number from then on.</summary>
    public static async Task<TemporaryMailNetwork> StartAsync(BedId id, CancellationToken cancellationToken)
    {
        try
        {
            return new TemporaryMailNetwork(id, await MailNetwork.StartAsync(id.Number, FolderOf(id), cancellationToken));
        }
        catch
        {
            id.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        if (Environment.GetEnvironmentVariable("MTASTS_KEEP_LOGS") != "1" && Directory.Exists(_id.Folder))
            Directory.Delete(_id.Folder, recursive: true);
        _id.Dispose();
    }
}
