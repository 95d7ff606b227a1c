using System.Security.Cryptography;
using System.Text;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Serving;

/// <summary>The names of the objects that serve policies. Each is a function of class and domain alone, and valid whatever they are.</summary>
public static class ServingNames
{
    private const string Prefix = "mta-sts-";
    private const int ServiceCharsMax = 63; // a Service's name is a DNS label (rfc1035#2.3.4)
    private const int ObjectCharsMax = 253;
    private const int LabelValueCharsMax = 63;
    private const int HashChars = 10; // 40 bits: names are shortened rarely, and a clash needs two of them in one namespace
    private const int ClassCharsMax = ServiceCharsMax - 8;

    /// <summary>The name of Deployment, Service and PodDisruptionBudget of a class: at most 63 characters.</summary>
    public static string OfClass(string className) => Prefix + ClassPart(className);

    /// <summary>The name of the ConfigMap that holds one shard of a class's policies.</summary>
    public static string OfShard(string className, int shard) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Prefix}{ClassPart(className)}-policies-{shard}");

    /// <summary>The name of the Secret that holds one shard of the certificates of a class whose policy servers end TLS.</summary>
    public static string OfCertificates(string className, int shard) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Prefix}{ClassPart(className)}-certificates-{shard}");

    /// <summary>The name of the objects by which a domain's policy host is reached: Ingress, HTTPRoute, ListenerSet.</summary>
    public static string OfHost(MailDomain domain) => Fit(Prefix + domain, "");

    /// <summary>The name of the Secret with the certificate of a domain's policy host, and of the Certificate that leads to it.</summary>
    public static string OfTlsSecret(MailDomain domain) => Fit(Prefix + domain, "-tls");

    /// <summary>A name as a label value: itself, or where that is too long its beginning and a hash.</summary>
    public static string LabelValue(string name) => Shorten(name, LabelValueCharsMax);

    // Class names may have dots and 253 characters; a Service's may not.
    private static string ClassPart(string className) =>
        className.Contains('.', StringComparison.Ordinal)
            ? Shorten(className.Replace('.', '-'), ClassCharsMax, always: true, hashOf: className)
            : Shorten(className, ClassCharsMax);

    private static string Fit(string name, string suffix) => Shorten(name, ObjectCharsMax - suffix.Length) + suffix;

    private static string Shorten(string name, int charsMax, bool always = false, string? hashOf = null)
    {
        if (name.Length <= charsMax && !always)
        {
            return name;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashOf ?? name)))[..HashChars];
        var kept = name[..Math.Min(name.Length, charsMax - HashChars - 1)].TrimEnd('-', '.');
        return $"{kept}-{hash}";
    }
}
