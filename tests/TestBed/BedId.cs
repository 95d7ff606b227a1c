using System.Net;

namespace MtaSts.TestBed;

/// <summary>
/// The number of a bed, from 0 to 63: it names the bed's folder, its network namespaces and its addresses. It is held by a lock on
/// a file, which the kernel gives back when the holder dies, however it dies.
/// </summary>
public sealed class BedId : IDisposable
{
    /// <summary>The largest number.</summary>
    public const int Max = 63;

    private readonly FileStream _lock;

    private BedId(int number, FileStream fileLock)
    {
        Number = number;
        _lock = fileLock;
    }

    /// <summary>0 to 63.</summary>
    public int Number { get; }

    /// <summary>The bed's folder; the same for every bed of this number.</summary>
    public string Folder => FolderOf(Number);

    /// <summary>All network namespaces of this bed have names that begin so.</summary>
    public string NamespacePrefix => $"mtasts-{Number}-";

    /// <summary>The addresses of this bed: 198.18.N.0/24, of the range that is set aside for benchmarks (RFC 2544).</summary>
    public IPNetwork AddressPlan => new(new IPAddress([198, 18, (byte)Number, 0]), 24);

    /// <summary>An address of this bed.</summary>
    /// <param name="host">The last octet, 1 to 254.</param>
    public IPAddress Address(byte host) => new([198, 18, (byte)Number, host]);

    /// <summary>Takes this number, or returns null while another bed holds it.</summary>
    public static BedId? TryTake(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Max);
        try
        {
            var path = FolderOf(number) + ".lock";
            return new BedId(number, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Takes the lowest number that is free.</summary>
    /// <exception cref="InvalidOperationException">All 64 are taken.</exception>
    public static BedId TakeAny() =>
        Enumerable.Range(0, Max + 1).Select(TryTake).FirstOrDefault(static id => id is not null)
        ?? throw new InvalidOperationException($"all {Max + 1} test beds of this machine are in use");

    /// <summary>Gives the number back.</summary>
    public void Dispose() => _lock.Dispose();

    private static string FolderOf(int number) => Path.Combine(Path.GetTempPath(), $"mtasts-bed-{number}");
}
