using System.Text;

namespace MtaSts.Core.Sts;

/// <summary>A policy as it is served: its bytes and the id that follows from them.</summary>
public sealed record PolicyDocument
{
    private PolicyDocument(StsPolicy policy, string text)
    {
        Policy = policy;
        Text = text;
        Id = PolicyId.Of(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>What it says.</summary>
    public StsPolicy Policy { get; }

    /// <summary>The document: ASCII, CRLF line ends, no blank line.</summary>
    public string Text { get; }

    /// <summary>The id of these bytes.</summary>
    public PolicyId Id { get; }

    /// <summary>
    /// Writes a policy for the strictest sender: version first, CRLF (rfc8461#3.2), mx lines with every mode, no extension, patterns in a fixed order,
    /// so that the order in a manifest does not change the id.
    /// </summary>
    public static PolicyDocument Of(StsPolicy policy)
    {
        var text = new StringBuilder("version: STSv1\r\nmode: ").Append(policy.Mode.ToString().ToLowerInvariant()).Append("\r\n");
        foreach (var pattern in policy.Mx.Select(p => p.ToString()).Distinct().Order(StringComparer.Ordinal))
        {
            text.Append("mx: ").Append(pattern).Append("\r\n");
        }

        text.Append("max_age: ").Append(System.Globalization.CultureInfo.InvariantCulture, $"{policy.MaxAgeSeconds}").Append("\r\n");
        return new PolicyDocument(policy, text.ToString());
    }

    /// <inheritdoc/>
    public bool Equals(PolicyDocument? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
