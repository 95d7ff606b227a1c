using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace MtaSts.TestBed.Images;

/// <summary>An image of one architecture in an archive of the OCI layout, as <c>script/image</c> writes it.</summary>
public sealed class OciArchive
{
    private readonly string _layout;
    private readonly JsonNode _manifest;
    private readonly JsonNode _config;

    private OciArchive(string layout, long bytes)
    {
        (_layout, PackedBytes) = (layout, bytes);
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(layout, "index.json")))!;
        Digest = (string)index["manifests"]!.AsArray().Single()!["digest"]!;
        _manifest = JsonNode.Parse(Blob(Digest))!;
        _config = JsonNode.Parse(Blob((string)_manifest["config"]!["digest"]!))!;
    }

    /// <summary>Bytes of the archive, layers compressed.</summary>
    public long PackedBytes { get; }

    /// <summary>Of the manifest, and so of everything in the image: <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public string Digest { get; }

    /// <summary>As Go calls it: <c>amd64</c>, <c>arm64</c>.</summary>
    public string Architecture => (string)_config["architecture"]!;

    /// <summary>Who the program runs as, as the Dockerfile says it; null for root.</summary>
    public string? User => (string?)Setting("User");

    /// <summary>The program and its first arguments.</summary>
    public IReadOnlyList<string> Entrypoint => [.. Setting("Entrypoint")!.AsArray().Select(static part => (string)part!)];

    /// <summary>Such as <c>8080/tcp</c>, in order.</summary>
    public IReadOnlyList<string> Ports =>
        [.. Setting("ExposedPorts")!.AsObject().Select(static port => port.Key).Order(StringComparer.Ordinal)];

    /// <summary>Reads an archive.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="folder">A folder that is not there yet; gets the archive's content, and belongs to the result.</param>
    public static OciArchive Read(string file, string folder)
    {
        Directory.CreateDirectory(folder);
        TarFile.ExtractToDirectory(file, folder, overwriteFiles: false);
        return new OciArchive(folder, new FileInfo(file).Length);
    }

    /// <summary>Lays the layers over each other, as root with their owners and modes. One that takes files away shows as <c>.wh.</c> files.</summary>
    public void Unpack(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var layer in _manifest["layers"]!.AsArray())
        {
            using var packed = new MemoryStream(Blob((string)layer!["digest"]!));
            using var plain = new GZipStream(packed, CompressionMode.Decompress);
            TarFile.ExtractToDirectory(plain, folder, overwriteFiles: true);
        }
    }

    // What a Dockerfile's instruction of nearly this name has set.
    private JsonNode? Setting(string name) => _config["config"]![name];

    private byte[] Blob(string digest)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_layout, "blobs", digest.Replace(':', '/')));
        return digest == $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}"
            ? bytes
            : throw new InvalidDataException($"the archive's {digest} is something else");
    }
}
