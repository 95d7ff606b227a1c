using System.Globalization;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// Says that a bed's number is in use. A lock of a file goes with the process that has it, even one that was killed, so the number
/// of a live bed is never taken, and that of a dead one always can be.
/// </summary>
internal sealed class BedLock : IDisposable
{
    private readonly FileStream _file;

    private BedLock(FileStream file) => _file = file;

    /// <summary>Takes the number; null when a live program has it.</summary>
    public static BedLock? TryTake(int id)
    {
        try
        {
            return new BedLock(new FileStream(PathOf(id), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        File.Delete(_file.Name);
        _file.Dispose();
    }

    private static string PathOf(int id) =>
        Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"mtasts-bed-{id}.lock"));
}
