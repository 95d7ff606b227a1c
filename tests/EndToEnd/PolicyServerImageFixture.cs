using System.Diagnostics;
using System.Net;
using MtaSts.TestBed;
using MtaSts.TestBed.Images;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>The policy server's image, built here as <c>script/image</c> does it; not there where the machine cannot do that.</summary>
public sealed class PolicyServerImageFixture : IAsyncLifetime
{
    public const string Document = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n";

    private static readonly string Script = Repository.PathOf("script", "image");
    private static readonly string Program = Repository.PathOf("artifacts", "bin", "policy-server");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mtasts-image-");
    private readonly HttpClient _http = new() { Timeout = Deadlines.Start };
    private OciArchive? _image;
    private int _count;

    /// <summary>The image; skips the test where there is none.</summary>
    internal OciArchive Image
    {
        get
        {
            if (MissingReason() is { } reason) Assert.Skip(reason);
            return _image!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (MissingReason() is null) _image = await BuildAsync();
    }

    /// <summary>Builds the image once more.</summary>
    internal async Task<OciArchive> BuildAsync()
    {
        var archive = NewPath("archive");
        await Command.OutputAsync(Script, ["--no-build", "--output", archive], environment: new Dictionary<string, string> { ["TMPDIR"] = Temporary });
        return OciArchive.Read(archive, NewPath("layout"));
    }

    /// <summary>Where the script's temporary folders are.</summary>
    internal string Temporary => _folder.CreateSubdirectory("tmp").FullName;

    /// <summary>A path that nothing is at.</summary>
    internal string NewPath(string name) => Path.Combine(_folder.FullName, $"{name}-{Interlocked.Increment(ref _count)}");

    /// <summary>Runs the image with one policy in its volume, and returns when it is ready and has answered for it.</summary>
    /// <param name="certificate">With it TLS is ended, too.</param>
    internal async Task<RunningImage> RunAsync(IssuedCertificate? certificate = null)
    {
        var policies = Directory.CreateDirectory(NewPath("policies")).FullName;
        await File.WriteAllTextAsync(Path.Combine(policies, "example.com"), Document);
        var certificates = Directory.CreateDirectory(NewPath("certificates")).FullName;
        if (certificate is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(certificates, "example.com.crt"), certificate.CertificatePem);
            await File.WriteAllTextAsync(Path.Combine(certificates, "example.com.key"), certificate.KeyPem);
        }

        var (address, health, tls) = (Loopback(), Loopback(), certificate is null ? null : Loopback());
        var began = Stopwatch.GetTimestamp();
        var container = ImageContainer.Start(
            Image,
            NewPath("container"),
            ["--listen", address.Authority, "--health-listen", health.Authority, "--drain", "0", .. tls is null ? [] : new[] { "--tls-listen", tls.Authority }],
            new Dictionary<string, string> { ["/policies"] = policies, ["/certificates"] = certificates });
        try
        {
            await container.WaitReadyAsync(
                async () => await HealthProbe.AnswersOkAsync(_http, new Uri(health, "/readyz"), CancellationToken.None) && await AskAsync(address, "mta-sts.example.com") is (HttpStatusCode.OK, _), Deadlines.Start);
            return new RunningImage(container, address, tls, Stopwatch.GetElapsedTime(began));
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the server says for a host; null when it does not listen, or takes too long.</summary>
    internal async Task<(HttpStatusCode Status, string Body)?> AskAsync(Uri server, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/.well-known/mta-sts.txt"));
        request.Headers.Host = host;
        try
        {
            using var answer = await _http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string? MissingReason() =>
        ImageContainer.MissingReason()
        ?? (Command.Find("buildah") is null ? "buildah is not on PATH: run script/bootstrap"
            : !File.Exists(Program) ? "artifacts/bin/policy-server is not there: run script/build"
            : null);

    private static Uri Loopback() => new($"http://127.0.0.1:{FreePorts.Next(IPAddress.Loopback)}");
}

/// <summary>The image's program, in its container.</summary>
/// <param name="Container">Its container.</param>
/// <param name="Address">Where policies are served.</param>
/// <param name="TlsAddress">Where they are served over TLS; null for nowhere.</param>
/// <param name="StartUp">From before the container was made until it was ready and had answered with a policy.</param>
internal sealed record RunningImage(ImageContainer Container, Uri Address, Uri? TlsAddress, TimeSpan StartUp) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Container.DisposeAsync();
}
