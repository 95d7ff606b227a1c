using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MtaSts.Core.Mail;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Cli;

/// <summary>What the options of <c>mtasts check</c> say, and those of <c>mtasts run</c> that are about probes.</summary>
/// <param name="Probes">How to look.</param>
/// <param name="AllowedAddresses">Private and special networks that may be probed.</param>
internal sealed record CheckSettings(ProbeOptions Probes, ImmutableArray<IPNetwork> AllowedAddresses);

/// <summary>The options of <c>mtasts check</c>; most of them are options of <c>mtasts run</c> too.</summary>
internal sealed class CheckOptions
{
    private const int TimeoutSecondsMax = 600;

    private readonly Option<string[]> _resolvers = new("--resolver") { Description = "A resolver to ask instead of the system's; may be given again.", HelpName = "ADDR[:PORT]" };
    private readonly Option<string[]> _authorities = new("--ca") { Description = "A file of trust roots (PEM or DER) beside the system's; may be given again.", HelpName = "FILE" };
    private readonly Option<string[]> _allowed = new("--allow-address") { Description = "A private network that may be probed; may be given again.", HelpName = "CIDR" };
    private readonly Option<int> _smtpPort = Port("--smtp-port", "The port of mail servers.", 25);
    private readonly Option<int> _httpsPort = Port("--https-port", "The port of the policy host.", 443);
    private readonly Option<int> _dnsPort = Port("--dns-port", "The port of authoritative DNS servers.", 53);
    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "How long each fetch and each SMTP session may take, in seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [.. OfThePlatform, _allowed];

    /// <summary>Those that <c>mtasts run</c> takes as well; which private networks may be probed is said by each class there.</summary>
    public IEnumerable<Option> OfThePlatform => [_resolvers, _authorities, _smtpPort, _httpsPort, _dnsPort, _timeout];

    /// <summary>Reads them. On failure <paramref name="problem"/> names the option and what is wrong with it.</summary>
    public bool TryRead(ParseResult parsed, out CheckSettings settings, out string problem)
    {
        settings = new CheckSettings(new ProbeOptions(), []);
        problem = "";
        var resolvers = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (var text in parsed.GetValue(_resolvers) ?? [])
        {
            if (!TryEndPoint(text, out var resolver))
            {
                problem = $"--resolver {Excerpt.Of(text)} is not an address with or without a port";
                return false;
            }

            resolvers.Add(resolver);
        }

        var allowed = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var text in parsed.GetValue(_allowed) ?? [])
        {
            if (!IPNetwork.TryParse(text, out var network))
            {
                problem = $"--allow-address {Excerpt.Of(text)} is not a network such as 10.0.0.0/8";
                return false;
            }

            allowed.Add(network);
        }

        var roots = new X509Certificate2Collection();
        foreach (var file in parsed.GetValue(_authorities) ?? [])
        {
            if (!TryLoad(file, roots, out problem))
            {
                return false;
            }
        }

        foreach (var port in (Option<int>[])[_smtpPort, _httpsPort, _dnsPort])
        {
            if (parsed.GetValue(port) is < 1 or > 65535)
            {
                problem = $"{port.Name} {parsed.GetValue(port)} is not a port from 1 to 65535";
                return false;
            }
        }

        if (parsed.GetValue(_timeout) is not (> 0 and <= TimeoutSecondsMax))
        {
            problem = $"--timeout is not more than 0 and at most {TimeoutSecondsMax} seconds";
            return false;
        }

        var timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var standard = new ProbeOptions();
        settings = new CheckSettings(
            standard with
            {
                Resolvers = resolvers.ToImmutable(),
                ExtraRoots = roots,
                SmtpPort = parsed.GetValue(_smtpPort),
                HttpsPort = parsed.GetValue(_httpsPort),
                DnsPort = parsed.GetValue(_dnsPort),
                DnsDeadline = timeout < standard.DnsDeadline ? timeout : standard.DnsDeadline,
                HttpsDeadline = timeout,
                SmtpDeadline = timeout,
            },
            allowed.ToImmutable());
        return true;
    }

    private static Option<int> Port(string name, string description, int standard) =>
        new(name) { Description = description, HelpName = "PORT", DefaultValueFactory = _ => standard };

    private static bool TryEndPoint(string text, out IPEndPoint endpoint)
    {
        // "1" and "10.1" are addresses to the parser, and mistakes to us.
        var looksLikeOne = text.Count(c => c == '.') == 3 || text.Count(c => c == ':') >= 2;
        endpoint = new IPEndPoint(IPAddress.None, 0);
        if (!looksLikeOne || !IPEndPoint.TryParse(text, out var parsed))
        {
            return false;
        }

        endpoint = parsed.Port == 0 ? new IPEndPoint(parsed.Address, 53) : parsed;
        return true;
    }

    private static bool TryLoad(string file, X509Certificate2Collection roots, out string problem)
    {
        problem = "";
        var before = roots.Count;
        try
        {
            var bytes = File.ReadAllBytes(file);
            if (bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
            {
                roots.ImportFromPem(System.Text.Encoding.Latin1.GetString(bytes));
            }
            else
            {
                roots.Add(X509CertificateLoader.LoadCertificate(bytes));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            problem = $"--ca {Excerpt.Of(file)} cannot be read: {Excerpt.Plain(e.Message, 200)}";
            return false;
        }

        problem = roots.Count > before ? "" : $"--ca {Excerpt.Of(file)} holds no certificate";
        return roots.Count > before;
    }
}
