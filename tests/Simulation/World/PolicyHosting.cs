using System.Collections.Immutable;
using System.Text;
using MtaSts.Core.Observations;

namespace MtaSts.Simulation.World;

/// <summary>
/// The policy host of a domain: an ingress with a certificate that is issued, renewed, or not; replicas of the policy server that lag; and, where the domain
/// was live before, somebody else's server at another address.
/// </summary>
internal sealed class PolicyHosting(Agenda agenda, Random luck, string host, ImmutableArray<Follower> replicas, bool sharesAddress, TimeSpan issueTime)
{
    /// <summary>Where the server of somebody else is.</summary>
    public const string OtherAddress = "198.51.100.9";

    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(90);
    private static readonly TimeSpan RenewAfter = TimeSpan.FromDays(60);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromDays(1);

    private readonly Timeline<string?> _document = new(null);
    private int _ingress;

    /// <summary>The document in the cluster; null: none.</summary>
    public string? Document => _document.Now;

    public DateTimeOffset ChangedAt { get; private set; } = agenda.Now;

    public ImmutableArray<Follower> Replicas => replicas;

    public bool HasIngress { get; private set; }

    /// <summary>The end of the certificate's life; null before the first.</summary>
    public DateTimeOffset? CertificateNotAfter { get; private set; }

    /// <summary>True while no certificate is issued or renewed.</summary>
    public bool RenewalIsBroken { get; set; }

    /// <summary>True while nothing answers at our addresses.</summary>
    public bool IsDown { get; set; }

    /// <summary>The document of somebody else's server.</summary>
    public string? OtherDocument { get; set; }

    /// <summary>Our addresses; several replicas may be behind one.</summary>
    public ImmutableArray<string> Addresses { get; } = sharesAddress ? ["203.0.113.1"] : [.. replicas.Select((_, i) => $"203.0.113.{i + 1}")];

    public void Put(string? document)
    {
        _document.Set(document, agenda.Now);
        ChangedAt = agenda.Now;
    }

    public void PutIngress()
    {
        HasIngress = true;
        var number = ++_ingress;
        agenda.In(issueTime, () => Issue(number));
    }

    public void RemoveIngress()
    {
        HasIngress = false;
        _ingress++;
        CertificateNotAfter = null;
    }

    /// <summary>True when a sender who fetches gets these bytes, whichever replica it meets.</summary>
    public bool IsAtEveryReplica(string document) => replicas.All(r => _document.At(r.Knows(agenda.Now)) == document);

    /// <summary>What a client sees at an address.</summary>
    public PolicyFetch Fetch(string address)
    {
        if (address == OtherAddress)
        {
            return Answer(address, OtherDocument, agenda.Now + CertificateLife);
        }

        var replica = replicas[sharesAddress ? luck.Next(replicas.Length) : Math.Max(0, Addresses.IndexOf(address))];
        if (IsDown || replica.IsDown || !HasIngress)
        {
            return new(host, address, FetchStatus.TimedOut);
        }

        return CertificateNotAfter is { } notAfter
            ? Answer(address, _document.At(replica.Knows(agenda.Now)), notAfter)
            : new(host, address, FetchStatus.CertificateRejected, Certificate: new(ChainStatus.Untrusted, false, ["ingress.local"], agenda.Now.AddYears(1)));
    }

    private PolicyFetch Answer(string address, string? document, DateTimeOffset notAfter)
    {
        if (notAfter <= agenda.Now)
        {
            return new(host, address, FetchStatus.CertificateRejected, Certificate: new(ChainStatus.Expired, true, [host], notAfter));
        }

        var certificate = new CertificateFacts(ChainStatus.Trusted, true, [host], notAfter);
        return document is null
            ? new(host, address, FetchStatus.Responded, 404, "text/plain", default, certificate)
            : new(host, address, FetchStatus.Responded, 200, "text/plain", Encoding.ASCII.GetBytes(document), certificate);
    }

    private void Issue(int number)
    {
        if (number != _ingress)
        {
            return;
        }

        CertificateNotAfter = RenewalIsBroken ? CertificateNotAfter : agenda.Now + CertificateLife;
        agenda.In(RenewalIsBroken ? RetryAfter : RenewAfter, () => Issue(number));
    }
}
