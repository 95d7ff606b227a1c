using System.Buffers;

namespace MtaSts.PolicyServer.Policies;

/// <summary>Which file names are mail domains: lower-case A-labels, the form that the operator writes.</summary>
internal static class DomainName
{
    /// <summary>A policy is found at <c>mta-sts.</c> and the mail domain.</summary>
    public const string HostPrefix = "mta-sts."; // rfc8461#3.3

    private const int LabelMax = 63; // rfc1035#2.3.4
    private const int HostMax = 253; // rfc1035#2.3.4: 255 octets on the wire

    private static readonly SearchValues<char> LabelChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || HostPrefix.Length + name.Length > HostMax)
            return false;

        ReadOnlySpan<char> last = default;
        foreach (Range range in name.Split('.'))
        {
            last = name[range];
            if (last.Length is 0 or > LabelMax || last[0] == '-' || last[^1] == '-' || last.ContainsAnyExcept(LabelChars))
                return false;
        }

        return last.ContainsAnyExceptInRange('0', '9'); // else it reads as an IP address
    }
}
