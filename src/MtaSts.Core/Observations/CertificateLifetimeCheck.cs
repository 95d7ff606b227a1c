using System.Globalization;

namespace MtaSts.Core.Observations;

/// <summary>Does the policy host's certificate live long enough? Its chain and names are PolicyServed's business.</summary>
internal static class CertificateLifetimeCheck
{
    /// <summary>Judges the certificate seen at each address; Unknown where none was seen.</summary>
    public static IEnumerable<Finding> Judge(TimeSpan lifeMin, PolicyView view, DateTimeOffset now)
    {
        var seen = view.Fetches.Where(f => f.Certificate is not null).ToList();
        return seen.Count == 0
            ? [new Finding.Unknown(Reason.NotObservedYet, view.Host, "No certificate of the policy host was seen.")]
            : FindingOrder.OfHost(view.Host, [.. seen.Select(f => (f.Address, OfCertificate(f.Certificate!, lifeMin, now)))]);
    }

    // The message gives the date, not the days left: an unchanged certificate must give an unchanged message.
    private static Verdict? OfCertificate(CertificateFacts certificate, TimeSpan lifeMin, DateTimeOffset now)
    {
        var until = certificate.NotAfter.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return certificate.NotAfter <= now
            ? Verdict.Broken(Reason.PolicyCertificateExpired, $"The policy host's certificate ended on {until}; renew it.")
            : certificate.NotAfter - now < lifeMin
                ? Verdict.Broken(Reason.PolicyCertificateExpiresSoon, $"The policy host's certificate ends on {until}; see why it was not renewed.")
                : null;
    }
}
