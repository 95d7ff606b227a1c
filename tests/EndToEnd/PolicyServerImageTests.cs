using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MtaSts.TestBed.Images;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>The policy server's image: what is in it, and how it runs as the strictest pods do.</summary>
public sealed class PolicyServerImageTests(PolicyServerImageFixture fixture) : IClassFixture<PolicyServerImageFixture>
{
    private const double Megabyte = 1e6;

    private static readonly string Loader = RuntimeInformation.OSArchitecture == Architecture.Arm64
        ? "lib/ld-linux-aarch64.so.1"
        : "lib64/ld-linux-x86-64.so.2";

    [Fact]
    public void It_has_the_program_the_C_library_and_OpenSSL_and_nothing_else()
    {
        var root = fixture.NewPath("root");
        fixture.Image.Unpack(root);

        string[] expected =
        [
            "etc/os-release", "etc/passwd", "lib/libc.so.6", "lib/libcrypto.so.3", "lib/libm.so.6", "lib/libssl.so.3", Loader, "policy-server",
            "usr/share/doc/libc6/copyright", "usr/share/doc/libssl3/copyright", "var/lib/dpkg/status.d/libc6", "var/lib/dpkg/status.d/libssl3",
        ];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(root, file)).Order(StringComparer.Ordinal));
        Assert.Equal("nonroot:x:65532:65532::/:/none\n", File.ReadAllText(Path.Combine(root, "etc/passwd")));
        Assert.All(
            new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories),
            static entry => Assert.Equal(
                UnixFileMode.None,
                entry.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.SetUser | UnixFileMode.SetGroup)));
    }

    [Fact]
    public void It_says_its_program_its_user_and_its_ports()
    {
        Assert.Equal(["/policy-server"], fixture.Image.Entrypoint);
        Assert.Equal("65532:65532", fixture.Image.User);
        Assert.Equal(["8080/tcp", "8081/tcp", "8443/tcp"], fixture.Image.Ports);
        Assert.Equal(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64", fixture.Image.Architecture);
    }

    [Fact]
    public async Task The_same_program_gives_the_same_image_and_building_leaves_nothing_behind()
    {
        Assert.Equal(fixture.Image.Digest, (await fixture.BuildAsync()).Digest);

        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Temporary));
        Assert.DoesNotContain(fixture.Temporary, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_serves_the_documents_of_its_volume_from_a_read_only_root_without_any_rights()
    {
        await using var running = await fixture.RunAsync();
        var program = running.Container;

        Assert.Equal((HttpStatusCode.OK, PolicyServerImageFixture.Document), await fixture.AskAsync(running.Address, "mta-sts.example.com"));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.AskAsync(running.Address, "mta-sts.example.net"))?.Status);
        Assert.Equal("65532 65532 65532 65532", program.Status("Uid"));
        Assert.Equal("65532 65532 65532 65532", program.Status("Gid"));
        Assert.Equal("0000000000000000", program.Status("CapEff"));
        Assert.Equal("1", program.Status("NoNewPrivs"));
        // Not even root, which these tests are, can write through the program's view of its files.
        foreach (var place in (string[])["", "policies", "lib"])
        {
            var failure = Assert.Throws<IOException>(() => File.WriteAllText($"/proc/{program.ProgramId}/root/{place}/new", "text"));
            Assert.Contains("Read-only file system", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_ends_TLS_with_what_is_in_the_image()
    {
        var issued = LocalCa.SelfSigned("mta-sts.example.com");
        await using var running = await fixture.RunAsync(issued);

        using var client = new TcpClient();
        await client.ConnectAsync(running.TlsAddress!.Host, running.TlsAddress.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "mta-sts.example.com",
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=mta-sts.example.com",
            },
            TestContext.Current.CancellationToken);
        await tls.WriteAsync("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.com\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls);
        Assert.EndsWith(PolicyServerImageFixture.Document, await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_small_on_disk_and_in_memory()
    {
        var root = fixture.NewPath("root");
        fixture.Image.Unpack(root);
        var packed = fixture.Image.PackedBytes / Megabyte;
        var unpacked = new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length) / Megabyte;
        // The first ones also warm this program up.
        List<double> starts = [];
        for (var run = 0; run < 4; run++)
        {
            await using var one = await fixture.RunAsync();
            starts.Add(one.StartUp.TotalMilliseconds);
        }

        await using var running = await fixture.RunAsync();
        starts.Add(running.StartUp.TotalMilliseconds);
        var resident = double.Parse(running.Container.Status("VmRSS").Split(' ')[0], CultureInfo.InvariantCulture) * 1024 / Megabyte;

        // To the console, so that a run that passes shows them too. How long the start takes depends on what else the machine does.
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"policy server's image: {packed:0.0} MB packed, {unpacked:0.0} MB unpacked; container until ready {starts.Min():0} to {starts.Max():0} ms in {starts.Count} starts; resident {resident:0.0} MB"));
        Assert.InRange(unpacked, 1, 20);
        Assert.InRange(resident, 1, 40);
    }

    [Fact]
    public async Task It_stops_in_good_order_and_leaves_nothing_behind()
    {
        await using var running = await fixture.RunAsync();

        Assert.Equal(0, await running.Container.StopAsync(Deadlines.Start));

        await NothingIsLeftAsync(running.Container);
    }

    [Fact]
    public async Task A_container_that_is_killed_leaves_nothing_behind()
    {
        var running = await fixture.RunAsync();
        Assert.NotNull(running.Container.ProgramId);

        await running.DisposeAsync();

        await NothingIsLeftAsync(running.Container);
    }

    private static async Task NothingIsLeftAsync(ImageContainer container)
    {
        Assert.Null(container.ProgramId);
        Assert.DoesNotContain(container.Root, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        // An unmounted root can be written to again, and removed.
        Directory.Delete(container.Root, recursive: true);
    }
}
