using MtaSts.Core.TlsRpt;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads where TLS reports go.</summary>
internal static class TlsReportingReader
{
    private const int UrisMax = 8;
    private const string Fix = "write an address such as mailto:tls@example.com or https://example.com/tls";

    public static TlsRptRecord? Read(string path, TlsReportingSpec? spec, Problems problems)
    {
        if (spec is null)
        {
            return null;
        }

        var uris = spec.Rua ?? [];
        if (uris.Count is 0 or > UrisMax)
        {
            problems.Add($"{path}.rua", $"has {uris.Count} addresses", $"give 1 to {UrisMax}");
            return null;
        }

        var valid = true;
        for (var i = 0; i < uris.Count; i++)
        {
            if (!TlsRptRecord.TryCreate([uris[i]], out _, out var one))
            {
                problems.Add($"{path}.rua[{i}]", $"is wrong: {one}", Fix);
                valid = false;
            }
        }

        if (!valid)
        {
            return null;
        }

        if (!TlsRptRecord.TryCreate(uris, out var record, out var whole))
        {
            problems.Add($"{path}.rua", $"is wrong: {whole}", "name fewer or shorter addresses");
        }

        return record;
    }
}
