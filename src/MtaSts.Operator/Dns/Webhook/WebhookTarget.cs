using System.Diagnostics.CodeAnalysis;
using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Operator.Dns.Http;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>Targets of endpoints and our values. Addresses and names are as everywhere; TXT comes quoted from some webhooks and bare from others.</summary>
internal static class WebhookTarget
{
    private const int PlainTxtCharsMax = 64 * 1024;

    public static bool IsQuoted(string target) => target.Length > 1 && target[0] == '"' && target[^1] == '"';

    /// <summary>The value of a target; null when it is not of the type.</summary>
    public static string? Decode(RecordType type, string target)
    {
        if (type != RecordType.Txt)
            return PresentationForm.Decode(type, target);
        var quoted = IsQuoted(target) ? PresentationForm.Decode(type, target) : null;
        return quoted ?? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(target)); // One character a byte, as in the quoted form.
    }

    /// <summary>The target of a value that we want; on failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryEncode(RecordType type, string value, WebhookTxtForm form, [NotNullWhen(true)] out string? target, out string problem)
    {
        if (!PresentationForm.TryEncode(type, value, out target, out problem))
            return false;
        if (type == RecordType.Cname)
            target = target.TrimEnd('.');
        if (type != RecordType.Txt || form != WebhookTxtForm.Plain)
            return true;

        // What becomes of these in bare text is up to the webhook: one may end a string with them.
        var isPlain = value.Length <= PlainTxtCharsMax && value.All(c => c is >= ' ' and <= '~' and not ('"' or '\\'));
        target = isPlain ? value : null;
        problem = isPlain ? "" : "this webhook takes TXT as bare text, and that cannot carry quotes, backslashes or control characters";
        return isPlain;
    }
}
