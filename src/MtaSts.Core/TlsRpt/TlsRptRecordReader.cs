using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.TlsRpt;

/// <summary>Reads the TXT record at <c>_smtp._tls.DOMAIN</c> by the grammar of rfc8460#3. It takes any text and never throws.</summary>
public static class TlsRptRecordReader
{
    private static readonly char[] Wsp = [' ', '\t'];

    /// <summary>Reads one record, its strings joined without anything between them (rfc8460#3). The value has the URIs that reports can go to.</summary>
    public static Reading<TlsRptRecord> Read(string txt)
    {
        // rfc8460#3: tlsrpt-record = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]
        var faults = new FaultList();
        var usable = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { "v" };
        var fields = RecordText.Split(txt, TlsRptRecord.Prefix, faults);
        foreach (var field in fields ?? [])
        {
            var first = seen.Add(field.Name);
            if (!first)
            {
                // The grammar allows rua again, and unlike rfc8461 this RFC does not say that the first alone counts: all are read.
                var verdict = field.Name == "rua" ? "write one, with commas between the URIs" : "only the first counts";
                faults.Warning(Reason.FieldDuplicate, 1, $"{Excerpt.Of(field.Name)} appears again; {verdict}");
            }

            if (field.Name == "rua") // %s"rua": "RUA" is an extension of that name
            {
                ReadUris(field.Value, usable, faults);
                continue;
            }

            RecordText.CheckExtension(field, faults);
            if (first)
            {
                faults.Warning(Reason.FieldUnknown, 1, $"{Excerpt.Of(field.Name)} is not a field of RFC 8460; senders ignore it");
            }
        }

        if (fields is not null && !seen.Contains("rua"))
        {
            faults.Error(Reason.RuaInvalid, 1, "there is no rua; add rua=mailto:local-part@domain");
        }
        else if (fields is not null && usable.Count == 0 && !faults.HasError)
        {
            faults.Error(Reason.RuaInvalid, 1, "no report can be sent: the rua has no usable mailto: or https: URI");
        }

        return faults.Close(() => new TlsRptRecord([.. usable]), txt);
    }

    /// <summary>
    /// Reads the one TLSRPT record of all the TXT records at the name (rfc8460#3): others are passed over; none is <see cref="Reason.RecordMissing"/> and
    /// more than one <see cref="Reason.RecordDuplicate"/>, both errors of line 0, with the records as the raw text, one a line.
    /// </summary>
    public static Reading<TlsRptRecord> Select(IReadOnlyList<string> txtRecordsAtName)
    {
        var ours = RecordText.OfKind(txtRecordsAtName, TlsRptRecord.Prefix);
        return ours.Count == 1 ? Read(ours[0]) : RecordText.NotOne<TlsRptRecord>(txtRecordsAtName, ours, TlsRptRecord.Prefix);
    }

    private static void ReadUris(string value, List<string> usable, FaultList faults)
    {
        // tlsrpt-rua = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri): no white space before the first or after the last.
        var parts = value.Split(',');
        for (var i = 0; i < parts.Length; i++)
        {
            var uri = i == 0 ? parts[i] : parts[i].TrimStart(Wsp);
            uri = i == parts.Length - 1 ? uri : uri.TrimEnd(Wsp);
            switch (ReportUri.Judge(uri, out var problem))
            {
                case ReportUriKind.Usable:
                    usable.Add(uri);
                    break;
                case ReportUriKind.OtherScheme:
                    faults.Warning(Reason.RuaSchemeUnknown, 1, problem);
                    break;
                case ReportUriKind.Unusable:
                    faults.Warning(Reason.RuaInvalid, 1, problem);
                    break;
                default:
                    faults.Error(Reason.RuaInvalid, 1, problem);
                    break;
            }
        }
    }
}
