using System.Collections.Concurrent;
using System.IO.Enumeration;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MtaSts.PolicyServer.Policies;
using MtaSts.PolicyServer.Telemetry;

namespace MtaSts.PolicyServer.Certificates;

/// <summary>
/// The certificates of the policy hosts, from a folder with two files per mail domain. A certificate is read when somebody first asks for its host, and again when
/// the folder has changed: ten thousand domains cost at the start no more than one.
/// </summary>
internal sealed class CertificateStore(string folder, ServerMetrics metrics, ILogger<CertificateStore> logger)
{
    public const string CertificateSuffix = ".crt";
    public const string KeySuffix = ".key";

    private const int CachedMax = 4096; // contexts, of some ten kilobytes each; beyond it all are read again when asked for
    private const int Attempts = 5;
    private const int FileBytesMax = 256 * 1024; // a chain of dozens of certificates

    private readonly ConcurrentDictionary<string, Entry> _cached = new(StringComparer.Ordinal);
    private Generation? _current;
    private string? _failure;

    /// <summary>Looks at the folder every <paramref name="poll"/>, beginning now, until cancelled.</summary>
    public async Task RunAsync(TimeSpan poll, TimeProvider clock, CancellationToken cancellation)
    {
        Refresh();
        using var timer = new PeriodicTimer(poll, clock);
        using CancellationTokenRegistration end = cancellation.Register(timer.Dispose); // ends the loop without an exception
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
            Refresh();
    }

    /// <summary>One look at the folder.</summary>
    public void Refresh()
    {
        try
        {
            FolderVersion version = FolderVersion.Of(folder);
            if (Volatile.Read(ref _current)?.Version == version)
                return;
            Volatile.Write(ref _current, new Generation(version));
            int domains = new FileSystemEnumerable<bool>(version.Path, (ref _) => true, FolderVersion.Options)
            {
                ShouldIncludePredicate = (ref e) => e.FileName.EndsWith(CertificateSuffix) && !e.FileName.StartsWith(".."),
            }.Count();
            metrics.CertificatesFound(domains);
            logger.Certificates(domains);
            _failure = null;
        }
        catch (Exception e) // whatever a file system can think of, what was read before stays
        {
            if (e.Message != _failure)
                logger.CertificatesUnreadable(folder, e.Message);
            _failure = e.Message;
        }
    }

    /// <summary>The certificate for a host; null where there is none. One that cannot be used does not replace the one before.</summary>
    /// <param name="host">The name that the client asks for, in any case; null for none.</param>
    public SslStreamCertificateContext? Find(string? host)
    {
        string name = host?.ToLowerInvariant() ?? "";
        if (!name.StartsWith(DomainName.HostPrefix, StringComparison.Ordinal))
            return null;
        string domain = name[DomainName.HostPrefix.Length..];
        if (!DomainName.IsValid(domain))
            return null;

        for (int attempt = 1; ; attempt++)
        {
            if (Volatile.Read(ref _current) is not { } generation)
                return null;
            _cached.TryGetValue(domain, out Entry? known);
            if (known?.Generation == generation)
                return known.Certificate;
            string? problem = null;
            try
            {
                if (File.Exists(Path.Combine(generation.Version.Path, domain + CertificateSuffix)))
                    return Keep(domain, new Entry(generation, Load(generation.Version.Path, domain)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or InvalidDataException)
            {
                problem = e.Message;
            }

            // What was not there may have gone with the whole generation, which the kubelet removes behind the swap.
            if (attempt < Attempts && IsSwapped(generation))
            {
                Refresh();
                continue;
            }

            return problem is null ? Drop(domain) : Unusable(domain, problem, generation, known);
        }
    }

    private bool IsSwapped(Generation generation)
    {
        try
        {
            return FolderVersion.Of(folder) != generation.Version;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private SslStreamCertificateContext? Drop(string domain)
    {
        _cached.TryRemove(domain, out _);
        return null;
    }

    private SslStreamCertificateContext? Unusable(string domain, string problem, Generation generation, Entry? known)
    {
        metrics.CertificateFailed();
        logger.CertificateUnusable(domain, problem, known is null ? "the host is not served over TLS" : "the one read before is used");
        return known is null ? null : Keep(domain, known with { Generation = generation });
    }

    private SslStreamCertificateContext Keep(string domain, Entry entry)
    {
        if (_cached.Count >= CachedMax)
            _cached.Clear();
        _cached[domain] = entry;
        return entry.Certificate;
    }

    private static SslStreamCertificateContext Load(string path, string domain)
    {
        string chain = ReadText(Path.Combine(path, domain + CertificateSuffix));
        X509Certificate2 certificate = X509Certificate2.CreateFromPem(chain, ReadText(Path.Combine(path, domain + KeySuffix)));
        var all = new X509Certificate2Collection();
        all.ImportFromPem(chain);
        // Offline: a handshake must not wait for somebody else's web server.
        return SslStreamCertificateContext.Create(certificate, [.. all.Skip(1)], offline: true);
    }

    private static string ReadText(string path)
    {
        var file = new FileInfo(path);
        return file.Length <= FileBytesMax ? File.ReadAllText(path) : throw new InvalidDataException($"{file.Name} is larger than {FileBytesMax} bytes");
    }

    // A state of the folder; told apart by itself, since two may have the same stamp.
    private sealed class Generation(FolderVersion version)
    {
        public FolderVersion Version { get; } = version;
    }

    private sealed record Entry(Generation Generation, SslStreamCertificateContext Certificate);
}
