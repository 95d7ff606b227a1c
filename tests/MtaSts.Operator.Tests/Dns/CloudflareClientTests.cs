using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>Cloudflare's own client drives the test bed's server, so that the server is Cloudflare's API and not our idea of it.</summary>
public sealed class CloudflareClientTests
{
    [Fact]
    public async Task The_official_client_lists_creates_updates_deletes_and_batches()
    {
        var folder = Folder();
        var node = $"{Environment.GetEnvironmentVariable("PATH")}".Split(':').Select(p => Path.Combine(p, "node")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(node is null, "node is not installed (Debian: nodejs)");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "cloudflare")), $"Cloudflare's client is not installed: run npm ci in {folder}");

        await using var bed = await CloudflareBed.StartAsync();
        for (var i = 0; i < 25; i++)
            bed.Server.AddZone($"zone{i:D2}.test");
        var start = new ProcessStartInfo(node!, [Path.Combine(folder, "drive.mjs"), bed.Server.BaseAddress.AbsoluteUri.TrimEnd('/'), CloudflareBed.Token])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // What the machine has for the real service, or for a proxy, is no business of this test's.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("CLOUDFLARE_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, output + await error);
            Assert.Equal("19 checks passed\n", output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        Assert.Contains(bed.Server.Requests, r => r.StartsWith("POST", StringComparison.Ordinal) && r.EndsWith("/dns_records/batch", StringComparison.Ordinal));
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "cloudflare-client");
}
