namespace MtaSts.TestBed;

/// <summary>Writes kubeconfig files that kubectl and every client library can read.</summary>
internal static class Kubeconfig
{
    /// <summary>Writes the file, readable by its owner alone, and returns its absolute path.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="server">Base URL of the API server.</param>
    /// <param name="authorityPem">PEM of the authority that signed its certificate.</param>
    /// <param name="user">Name shown for the user.</param>
    /// <param name="token">Bearer token.</param>
    public static string Write(string path, Uri server, string authorityPem, string user, string token)
    {
        var text = $"""
            apiVersion: v1
            kind: Config
            current-context: test-bed
            clusters:
              - name: test-bed
                cluster:
                  server: {server.GetLeftPart(UriPartial.Authority)}
                  certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authorityPem))}
            contexts:
              - name: test-bed
                context: {"{"} cluster: test-bed, user: "{user}" {"}"}
            users:
              - name: "{user}"
                user: {"{"} token: "{token}" {"}"}

            """;
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
