namespace MtaSts.Core.Observations;

/// <summary>Says in words what a certificate names.</summary>
internal static class CertificateWords
{
    private const int NamesMax = 4;

    /// <summary>"a.example, b.example and 3 more", or "no host at all".</summary>
    public static string Names(CertificateFacts certificate) => certificate.DnsNames switch
    {
        [] => "no host at all",
        { Length: > NamesMax } names => $"{string.Join(", ", names.Take(NamesMax))} and {names.Length - NamesMax} more",
        var names => string.Join(", ", names),
    };
}
