using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MtaSts.Core.Sts;

/// <summary>A policy as it is served: its bytes and the id that follows from them.</summary>
public sealed record PolicyDocument
{
    /// <summary>The size that strict senders read, in bytes; the RFC suggests 64 KiB (rfc8461#3.3). At 10 KB there is room for over 35 of the longest patterns.</summary>
    public const int BytesMax = 10 * 1024;

    private PolicyDocument(StsPolicy policy, string text)
    {
        Policy = policy;
        Text = text;
        Id = PolicyId.Of(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>What it says, its patterns in the order of the document.</summary>
    public StsPolicy Policy { get; }

    /// <summary>The document: ASCII, CRLF line ends, no blank line.</summary>
    public string Text { get; }

    /// <summary>The id of these bytes.</summary>
    public PolicyId Id { get; }

    /// <summary>
    /// Writes a policy for the strictest sender: version first, CRLF (rfc8461#3.2), mx lines with every mode, no extension, patterns in a fixed order,
    /// so that the order in a manifest does not change the id. It does not check the policy; <see cref="TryOf"/> does.
    /// </summary>
    public static PolicyDocument Of(StsPolicy policy)
    {
        var text = new StringBuilder("version: STSv1\r\nmode: ").Append(policy.Mode.ToString().ToLowerInvariant()).Append("\r\n");
        policy = policy with { Mx = [.. policy.Mx.Distinct().OrderBy(p => p.ToString(), StringComparer.Ordinal)] };
        foreach (var pattern in policy.Mx)
        {
            text.Append("mx: ").Append(pattern).Append("\r\n");
        }

        text.Append("max_age: ").Append(CultureInfo.InvariantCulture, $"{policy.MaxAgeSeconds}").Append("\r\n");
        return new PolicyDocument(policy, text.ToString());
    }

    /// <summary>Writes a policy that the strictest sender accepts, or says in <paramref name="problem"/> why there is no such document.</summary>
    public static bool TryOf(StsPolicy policy, [NotNullWhen(true)] out PolicyDocument? document, out string problem)
    {
        document = null;
        if (policy.Mx.IsDefaultOrEmpty)
        {
            problem = "there is no mx pattern";
            return false;
        }

        if (policy.MaxAgeSeconds is < StsPolicy.MaxAgeSecondsStrictMin or > StsPolicy.MaxAgeSecondsStrictMax)
        {
            problem = $"max_age is {policy.MaxAgeSeconds} seconds; strict senders take {StsPolicy.MaxAgeSecondsStrictMin} to {StsPolicy.MaxAgeSecondsStrictMax}";
            return false;
        }

        var written = Of(policy);
        if (written.Text.Length > BytesMax)
        {
            problem = $"the document would have {written.Text.Length} bytes; strict senders read {BytesMax}. Use a wildcard for some of the {policy.Mx.Length} mx patterns";
            return false;
        }

        document = written;
        problem = "";
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(PolicyDocument? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
