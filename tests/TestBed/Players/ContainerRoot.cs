using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Players;

/// <summary>One folder or file of this machine that a container sees under another path.</summary>
/// <param name="Source">Absolute path on this machine.</param>
/// <param name="Target">Absolute path in the container.</param>
/// <param name="ReadOnly">Whether the container may only read it.</param>
internal sealed record ContainerMount(string Source, string Target, bool ReadOnly);

/// <summary>
/// Gives a container's process a root of its own: a mount namespace with an overlay above this machine's root, in which the volumes are
/// bound to their paths, and a change of root into it. So the paths of the Deployment are the real ones, nothing of it shows outside, and
/// all of it goes when the process ends. What the container writes outside its volumes lands in the overlay's upper folder.
/// It sees this machine's programs and libraries (there is no image), its devices and its process table; it runs as root.
/// </summary>
internal static class ContainerRoot
{
    /// <summary>Where the folder that stands for the image is in the container.</summary>
    public const string ImageTarget = "/.image";

    // The volumes' targets are made by mkdir inside the new root, so that no link leads them out of it. /run is a fresh one, since
    // /var/run points to it.
    private const string Script =
        """
        set -e
        base=$1; readonly=$2; shift 2
        mkdir -p "$base/root" "$base/upper" "$base/work"
        mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
        while read -r _ point _; do
          case $point in
            / | /tmp | /tmp/* | /run | /run/* | /proc/* | /sys/* | /dev/*) ;;
            "$base" | "$base"/*) ;;
            *) [ ! -e "$base/root$point" ] || mount --rbind "$point" "$base/root$point" ;;
          esac
        done </proc/self/mounts
        mount -t tmpfs tmpfs "$base/root/run"
        while [ "$1" != -- ]; do
          if [ -d "$1" ]; then
            chroot "$base/root" mkdir -p "$2"
          else
            chroot "$base/root" sh -c 'mkdir -p "$(dirname "$1")" && touch "$1"' sh "$2"
          fi
          mount --bind -o "$3" "$1" "$base/root$(chroot "$base/root" realpath "$2")"
          shift 3
        done
        shift
        [ "$readonly" = no ] || mount -o remount,bind,ro "$base/root"
        exec chroot "$base/root" "$@"
        """;

    /// <summary>The command that makes the root and then becomes <paramref name="command"/> in it.</summary>
    /// <param name="folder">Folder for the overlay; emptied when the container starts anew.</param>
    /// <param name="readOnly">Whether the root may not be written to, the volumes excepted.</param>
    /// <param name="mounts">In the order in which they are bound.</param>
    /// <param name="command">Program, as a path in the container, and arguments.</param>
    public static (string FileName, IReadOnlyList<string> Arguments) Wrap(
        string folder, bool readOnly, IEnumerable<ContainerMount> mounts, IEnumerable<string> command) =>
        ("unshare",
        [
            "--mount", "--propagation", "private", "sh", "-c", Script, "sh", folder, readOnly ? "yes" : "no",
            .. mounts.SelectMany(static mount => new[] { mount.Source, mount.Target, mount.ReadOnly ? "ro" : "rw" }),
            "--", .. command,
        ]);

    /// <summary>Why containers cannot be played on this machine, or null when they can.</summary>
    public static string? MissingReason() =>
        !Environment.IsPrivilegedProcess ? "only root can make mount namespaces"
        : Command.Find("unshare") is null ? "unshare (util-linux) is not on PATH"
        : null;
}
