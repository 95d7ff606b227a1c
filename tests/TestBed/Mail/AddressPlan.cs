using System.Globalization;
using System.Net;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// Who has which address and name in the network of one bed. The range is 198.18.0.0/15, which is set aside for tests
/// (rfc2544), so no route of the machine is shadowed.
/// </summary>
public sealed class AddressPlan
{
    /// <summary>How many pods there can be.</summary>
    public const int PodCount = 24;

    private const int FirstMx = 100;
    private const int MxCount = 50;

    private readonly Lock _lock = new();
    private readonly SortedSet<int> _free = [.. Enumerable.Range(FirstMx, MxCount)];

    /// <param name="id">Number of the bed, 0 to 63.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another number.</exception>
    public AddressPlan(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, BedId.Max);
        Id = id;
    }

    /// <summary>Number of the bed.</summary>
    public int Id { get; }

    /// <summary>The network in CIDR form.</summary>
    public string Subnet => string.Create(CultureInfo.InvariantCulture, $"198.18.{Id}.0/24");

    /// <summary>The root namespace's end: what the servers reach this machine's own programs by.</summary>
    public IPAddress Host => At(1);

    /// <summary>The primary name server.</summary>
    public IPAddress PrimaryDns => At(53);

    /// <summary>The secondary name server.</summary>
    public IPAddress SecondaryDns => At(54);

    /// <summary>The recursive resolver.</summary>
    public IPAddress Resolver => At(55);

    /// <summary>A Knot with zones of its own.</summary>
    public IPAddress Knot => At(56);

    /// <summary>A PowerDNS with zones of its own.</summary>
    public IPAddress PowerDns => At(57);

    /// <summary>The web server.</summary>
    public IPAddress Web => At(80);

    /// <summary>The web server that is somebody else's.</summary>
    public IPAddress OtherWeb => At(81);

    /// <summary>Where a Service of type LoadBalancer is reached.</summary>
    public IPAddress LoadBalancer => At(82);

    /// <summary>The sending mail server.</summary>
    public IPAddress Sender => At(200);

    /// <summary>What the names of all namespaces and interfaces begin with, without the dash that follows.</summary>
    public string NamePrefix => string.Create(CultureInfo.InvariantCulture, $"mtasts-{Id}");

    /// <summary>Namespace of all servers but the sender.</summary>
    public string MailNamespace => NamePrefix + "-mail";

    /// <summary>Namespace of the sender.</summary>
    public string SenderNamespace => NamePrefix + "-sender";

    /// <summary>The veth end in the root namespace.</summary>
    public string HostInterface => NamePrefix + "-r";

    /// <summary>Namespace of a pod.</summary>
    /// <param name="slot">0 to <see cref="PodCount"/> - 1.</param>
    public string PodNamespace(int slot) => string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}-pod{slot}");

    /// <summary>Address of a pod, from .210 upwards.</summary>
    /// <param name="slot">0 to <see cref="PodCount"/> - 1.</param>
    public IPAddress Pod(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, PodCount);
        return At(210 + slot);
    }

    /// <summary>Takes the lowest free address for an MX out of .100 to .149.</summary>
    /// <exception cref="InvalidOperationException">All fifty are taken.</exception>
    public IPAddress TakeMx()
    {
        lock (_lock)
        {
            if (_free.Count == 0) throw new InvalidOperationException($"all {MxCount} MX addresses of bed {Id} are taken");
            var last = _free.Min;
            _free.Remove(last);
            return At(last);
        }
    }

    /// <summary>Takes a given address for an MX.</summary>
    /// <exception cref="ArgumentException">It is taken, or not one of .100 to .149 in this network.</exception>
    public IPAddress TakeMx(IPAddress address)
    {
        lock (_lock)
        {
            var last = address.GetAddressBytes()[^1];
            return At(last).Equals(address) && _free.Remove(last)
                ? address
                : throw new ArgumentException($"{address} is taken, or outside {At(FirstMx)} to {At(FirstMx + MxCount - 1)}");
        }
    }

    /// <summary>Gives an MX address back.</summary>
    public void Return(IPAddress address)
    {
        lock (_lock) _free.Add(address.GetAddressBytes()[^1]);
    }

    /// <summary>The second address of an MX, which no DNS record names.</summary>
    public IPAddress AlternateOf(IPAddress mx) => At(mx.GetAddressBytes()[^1] + MxCount);

    private IPAddress At(int last) => new([198, 18, (byte)Id, (byte)last]);
}
