using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// Sockets that live in another network namespace while this program stays where it is. A socket belongs to the namespace of the
/// thread that made it, so a thread goes there, makes it, and ends.
/// </summary>
internal static partial class NamespaceSocket
{
    private const int CloneNewNetwork = 0x40000000; // CLONE_NEWNET of sched.h

    /// <summary>Listens for TCP in the namespace. What it accepts lives there too.</summary>
    /// <exception cref="SocketException">The address is taken, or not one of the namespace's.</exception>
    /// <exception cref="Win32Exception">The namespace cannot be entered.</exception>
    public static Socket Listen(string networkNamespace, IPEndPoint endPoint) => Inside(networkNamespace, () =>
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <summary>A TCP socket of the namespace, not yet connected.</summary>
    /// <exception cref="Win32Exception">The namespace cannot be entered.</exception>
    public static Socket Create(string networkNamespace) =>
        Inside(networkNamespace, static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    private static Socket Inside(string networkNamespace, Func<Socket> make)
    {
        var made = new TaskCompletionSource<Socket>();
        // Not a thread of the pool: it would carry its next work into the namespace.
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{networkNamespace}");
                if (SetNamespace(handle, CloneNewNetwork) != 0) throw new Win32Exception();
                made.SetResult(make());
            }
            catch (Exception failure)
            {
                made.SetException(failure);
            }
        });
        thread.Start();
        thread.Join();
        return made.Task.GetAwaiter().GetResult();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeHandle handle, int kind);
}
