using System.Net;

namespace MtaSts.TestBed.Mail;

/// <summary>A receiving mail server to be added.</summary>
/// <param name="HostName">Its name, for example <c>mx1.mx.test</c>.</param>
/// <param name="Certificate">What it presents after STARTTLS.</param>
/// <param name="Domains">The domains that it takes mail for.</param>
public sealed record MxOptions(string HostName, IssuedCertificate Certificate, IReadOnlyList<string> Domains)
{
    /// <summary>Its address, .100 to .149 of the network; the lowest free one when null.</summary>
    public IPAddress? Address { get; init; }
}
