using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>What the mail network needs of the machine.</summary>
public static class MailTools
{
    private static readonly string[] Programs =
    [
        "ip", "named", "rndc", "dig", "nsupdate", "unbound", "postfix", "nginx", "mta-sts-daemon", "mta-sts-query", "swaks", "openssl",
        "setpriv", "setsid", "umount",
    ];

    /// <summary>Why the mail network cannot run here; null when it can.</summary>
    public static string? Missing()
    {
        if (Environment.UserName != "root") return "the mail network needs root, for network namespaces";
        var missing = Programs.Where(static name => Command.Find(name) is null).ToList();
        return missing.Count == 0 ? null : $"not installed: {string.Join(", ", missing)} (script/bootstrap installs them)";
    }
}
