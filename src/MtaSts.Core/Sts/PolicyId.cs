using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MtaSts.Core.Sts;

/// <summary>
/// The <c>id</c> of a TXT record: 1 to 32 letters and digits (rfc8461#3.1). Ours is a function of the document's bytes, so the same document has
/// the same id on another replica, after a crash, and in a rebuilt cluster.
/// </summary>
public sealed record PolicyId
{
    // 24 characters of 32 hold 120 bits of SHA-256; RFC 4648 base32 in lower case is letters and digits alone.
    private const int HashChars = 24;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private readonly string _text;

    private PolicyId(string text) => _text = text;

    /// <summary>The id of a document: base32 of the first 120 bits of the SHA-256 of its bytes.</summary>
    public static PolicyId Of(ReadOnlySpan<byte> document)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(document, hash);
        Span<char> text = stackalloc char[HashChars];
        for (var i = 0; i < HashChars; i++)
        {
            var bit = i * 5;
            var window = (hash[bit / 8] << 8) | hash[(bit / 8) + 1];
            text[i] = Alphabet[(window >> (11 - (bit % 8))) & 31];
        }

        return new PolicyId(new string(text));
    }

    /// <summary>Reads an id; false unless it is 1 to 32 ASCII letters and digits (rfc8461#3.1, <c>sts-id</c>).</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PolicyId? id)
    {
        var valid = text is { Length: >= 1 and <= 32 } && text.All(char.IsAsciiLetterOrDigit);
        id = valid ? new PolicyId(text!) : null;
        return valid;
    }

    /// <summary>The id as the record has it.</summary>
    public override string ToString() => _text;
}
