using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MtaSts.TestBed.Players;

/// <summary>Switches symbolic links in one step.</summary>
internal static partial class Links
{
    /// <summary>Makes <paramref name="link"/> point to <paramref name="target"/>; a reader sees the old target or the new one, never none.</summary>
    public static void Switch(string link, string target)
    {
        var next = link + "_tmp";
        File.Delete(next);
        File.CreateSymbolicLink(next, target);
        // File.Move looks through the link, and refuses since it is a folder that it finds there.
        if (Rename(next, link) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(string from, string to);
}
