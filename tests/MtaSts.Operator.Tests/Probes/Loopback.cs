using System.Collections.Immutable;
using System.Net;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

/// <summary>What the probe tests share.</summary>
internal static class Loopback
{
    public static readonly ImmutableArray<IPNetwork> Allowed = [IPNetwork.Parse("127.0.0.0/8")];

    /// <summary>Short enough to wait for, where the outcome is a time-out.</summary>
    public static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(400);

    /// <summary>Long enough for a busy machine, where it is not.</summary>
    public static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    public static ProbeOptions Options => new()
    {
        ExtraRoots = TestCertificates.Roots,
        DnsDeadline = Ample,
        HttpsDeadline = Ample,
        SmtpDeadline = Ample,
    };
}
