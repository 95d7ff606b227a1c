using MtaSts.Core.TlsRpt;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads where TLS reports go.</summary>
internal static class TlsReportingReader
{
    private const int UrisMax = 8;

    public static TlsRptRecord? Read(string path, TlsReportingSpec? spec, Problems problems)
    {
        if (spec is null)
        {
            return null;
        }

        if (spec.Rua is not { Count: >= 1 and <= UrisMax })
        {
            problems.Add($"{path}.rua", $"has {spec.Rua?.Count ?? 0} addresses", $"give 1 to {UrisMax}");
            return null;
        }

        var valid = true;
        for (var i = 0; i < spec.Rua.Count; i++)
        {
            if (!IsReportUri(spec.Rua[i]))
            {
                problems.Add($"{path}.rua[{i}]", $"is {Problems.Show(spec.Rua[i])}", "write an address such as mailto:tls@example.com or https://example.com/tls");
                valid = false;
            }
        }

        return valid ? new TlsRptRecord([.. spec.Rua.Distinct(StringComparer.Ordinal).Select(Escape)]) : null;
    }

    private static bool IsReportUri(string? text)
    {
        if (text is null || text.Length > Schema.Patterns.ReportUriCharsMax || text.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
        {
            return false;
        }

        if (text.StartsWith("mailto:", StringComparison.Ordinal))
        {
            var address = text["mailto:".Length..].Split('?')[0];
            var at = address.LastIndexOf('@');
            return at > 0 && Core.Mail.HostName.TryNormalise(address[(at + 1)..], out _, out _);
        }

        return text.StartsWith("https://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0;
    }

    // rfc8460#3: commas, exclamation marks and semicolons in a URI are percent-encoded, since the record gives them a meaning of their own.
    private static string Escape(string uri) =>
        uri.Replace(",", "%2C", StringComparison.Ordinal).Replace("!", "%21", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);
}
