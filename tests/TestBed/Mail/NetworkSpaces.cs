using System.Net;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// The network namespaces of a bed and the cables between them. A bridge in the mail namespace has every server address and joins
/// the root namespace, the sender and the pods, so that all of them are neighbours and nothing is routed: no traffic leaves.
/// </summary>
internal sealed class NetworkSpaces
{
    private const string RunFolder = "/run/netns";
    private const string ConfigFolder = "/etc/netns";
    private const string Bridge = "br0";
    private const string BridgeAddress = "02:00:00:00:00:01"; // locally administered; seen in this bed alone

    private readonly AddressPlan _plan;

    /// <summary>Makes nothing yet.</summary>
    public NetworkSpaces(AddressPlan plan) => _plan = plan;

    /// <summary>Makes the namespaces anew; what a killed bed with this number left is removed first.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await RemoveSpacesAsync();
        await WriteResolverAsync(_plan.MailNamespace, cancellationToken);
        await WriteResolverAsync(_plan.SenderNamespace, cancellationToken);
        await IpAsync(null, cancellationToken,
            $"netns add {_plan.MailNamespace}",
            $"netns add {_plan.SenderNamespace}",
            $"link add {_plan.HostInterface} type veth peer name up0 netns {_plan.MailNamespace}",
            $"link add name up1 netns {_plan.MailNamespace} type veth peer name eth0 netns {_plan.SenderNamespace}",
            $"addr add {_plan.Host}/24 dev {_plan.HostInterface}",
            $"link set {_plan.HostInterface} up");
        await Task.WhenAll(
            IpAsync(_plan.MailNamespace, cancellationToken,
                "link set lo up",
                // With an address of its own: else it takes the lowest of its ports', which changes when a pod is added, and peers send to the old one for a minute.
                $"link add {Bridge} address {BridgeAddress} type bridge stp_state 0 forward_delay 0",
                $"link set up0 master {Bridge}",
                $"link set up1 master {Bridge}",
                "link set up0 up",
                "link set up1 up",
                $"addr add {_plan.PrimaryDns}/24 dev {Bridge}",
                $"addr add {_plan.SecondaryDns}/32 dev {Bridge}",
                $"addr add {_plan.Resolver}/32 dev {Bridge}",
                $"addr add {_plan.Web}/32 dev {Bridge}",
                $"link set {Bridge} up"),
            IpAsync(_plan.SenderNamespace, cancellationToken,
                "link set lo up",
                $"addr add {_plan.Sender}/24 dev eth0",
                "link set eth0 up"));

        // The attacker gives this namespace an MX's address. It must not answer for it on the wire: only the sender is deceived.
        await Command.OutputAsync(
            "sh", ["-c", "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore; echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce"],
            networkNamespace: _plan.SenderNamespace, cancellationToken: cancellationToken);
    }

    /// <summary>Gives the mail namespace more addresses.</summary>
    public Task AddServerAddressesAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        IpAsync(_plan.MailNamespace, cancellationToken, [.. addresses.Select(static address => $"addr replace {address}/32 dev {Bridge}")]);

    /// <summary>Makes a namespace for a pod, with an address on the bridge.</summary>
    public async Task AddPodAsync(int slot, CancellationToken cancellationToken)
    {
        var name = _plan.PodNamespace(slot);
        await WriteResolverAsync(name, cancellationToken);
        await IpAsync(null, cancellationToken,
            $"netns add {name}",
            $"link add name pod{slot} netns {_plan.MailNamespace} type veth peer name eth0 netns {name}");
        await IpAsync(_plan.MailNamespace, cancellationToken, $"link set pod{slot} master {Bridge}", $"link set pod{slot} up");
        await IpAsync(name, cancellationToken, "link set lo up", $"addr add {_plan.Pod(slot)}/24 dev eth0", "link set eth0 up");
    }

    /// <summary>Makes the sender's namespace take an address for its own, or not any more.</summary>
    public Task CaptureAsync(IPAddress address, bool capture, CancellationToken cancellationToken) =>
        IpAsync(_plan.SenderNamespace, cancellationToken, $"addr {(capture ? "replace" : "del")} {address}/32 dev lo");

    /// <summary>Removes all that <see cref="CreateAsync"/> made.</summary>
    public async Task RemoveAsync()
    {
        await RemoveSpacesAsync();
        // The first namespace of a machine makes a mount of the folder itself; the last one to go takes it along. Whoever adds another makes it anew.
        if (IsMountPoint(RunFolder) && !Directory.EnumerateFileSystemEntries(RunFolder).Any())
            await Command.RunAsync("umount", [RunFolder]);
    }

    private async Task RemoveSpacesAsync()
    {
        var pods = Enumerable.Range(0, AddressPlan.PodCount).Select(_plan.PodNamespace);
        foreach (var name in (string[])[_plan.MailNamespace, _plan.SenderNamespace, .. pods])
        {
            if (File.Exists(Path.Combine(RunFolder, name)))
            {
                await KillMembersAsync(name);
                await Command.RunAsync("ip", ["netns", "del", name]);
            }

            var folder = Path.Combine(ConfigFolder, name);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        if (Directory.Exists(Path.Combine("/sys/class/net", _plan.HostInterface)))
            await Command.RunAsync("ip", ["link", "del", _plan.HostInterface]);
    }

    // `ip netns exec` puts the files of this folder over those in /etc.
    private async Task WriteResolverAsync(string name, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(ConfigFolder, name)).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "resolv.conf"), $"nameserver {_plan.Resolver}\noptions timeout:2 attempts:2\n", cancellationToken);
    }

    // Whoever lives in a namespace that only this bed uses was started by this bed, or by an earlier one with its number.
    private static async Task KillMembersAsync(string name)
    {
        for (var round = 0; round < 50; round++)
        {
            var members = (await Command.RunAsync("ip", ["netns", "pids", name])).Output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (members.Length == 0) return;
            await Command.RunAsync("kill", ["-KILL", .. members]);
            await Task.Delay(20);
        }
    }

    private static async Task IpAsync(string? name, CancellationToken cancellationToken, params string[] lines)
    {
        string[] inside = name is null ? [] : ["-n", name];
        var batch = string.Join('\n', lines) + "\n";
        await Command.OutputAsync("ip", [.. inside, "-batch", "-"], batch, cancellationToken: cancellationToken);
    }

    private static bool IsMountPoint(string folder) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == folder);
}
