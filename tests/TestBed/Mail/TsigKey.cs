using System.Security.Cryptography;

namespace MtaSts.TestBed.Mail;

/// <summary>A shared secret that may update the zones of the bed.</summary>
/// <param name="Name">Name of the key, without the last dot.</param>
/// <param name="Algorithm"><c>hmac-sha256</c> or <c>hmac-sha512</c>.</param>
/// <param name="Secret">Base64, 32 bytes.</param>
public sealed record TsigKey(string Name, string Algorithm, string Secret)
{
    /// <summary>Makes a key with a fresh secret.</summary>
    public static TsigKey Create(string name, string algorithm) =>
        new(name, algorithm, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    /// <summary>As a statement of named's configuration, which is also what <c>nsupdate -k</c> and <c>rndc -k</c> read.</summary>
    internal string Statement => $"key \"{Name}\" {{ algorithm {Algorithm}; secret \"{Secret}\"; }};\n";
}
