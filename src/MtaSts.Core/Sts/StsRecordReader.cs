using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Sts;

/// <summary>Reads the TXT record at <c>_mta-sts.DOMAIN</c> by the grammar of rfc8461#3.1. It takes any text and never throws.</summary>
public static class StsRecordReader
{
    /// <summary>Reads one record, its strings joined without anything between them (rfc8461#3.1).</summary>
    public static Reading<StsRecord> Read(string txt)
    {
        // rfc8461#3.1: sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
        var faults = new FaultList();
        PolicyId? id = null;
        var seen = new HashSet<string>(StringComparer.Ordinal) { "v" };
        var fields = RecordText.Split(txt, StsRecord.Prefix, faults);
        foreach (var field in fields ?? [])
        {
            if (!seen.Add(field.Name))
            {
                // rfc8461#3.2 says of records and policies alike: of a field that may not repeat, all but the first are ignored. An ignored one
                // still has to be a field, which any sts-extension is.
                RecordText.CheckExtension(field, faults);
                faults.Warning(Reason.FieldDuplicate, 1, $"{Excerpt.Of(field.Name)} appears again; only the first counts");
            }
            else if (field.Name == "id")
            {
                // %s"id": "ID" is an extension of that name.
                if (!PolicyId.TryParse(field.Value, out id))
                {
                    faults.Error(Reason.IdInvalid, 1, $"the id is {Excerpt.Of(field.Value)}; it has to be 1 to 32 letters and digits");
                }
            }
            else
            {
                RecordText.CheckExtension(field, faults);
                faults.Warning(Reason.FieldUnknown, 1, $"{Excerpt.Of(field.Name)} is not a field of RFC 8461; senders ignore it");
            }
        }

        if (fields is not null && !seen.Contains("id"))
        {
            faults.Error(Reason.IdInvalid, 1, "there is no id; add id= and 1 to 32 letters and digits");
        }

        return faults.Close(() => new StsRecord(id!), txt);
    }

    /// <summary>
    /// Reads the one STS record of all the TXT records at the name (rfc8461#3.1): others are passed over; none is <see cref="Reason.RecordMissing"/> and
    /// more than one <see cref="Reason.RecordDuplicate"/>, both errors of line 0, with the records as the raw text, one a line.
    /// </summary>
    public static Reading<StsRecord> Select(IReadOnlyList<string> txtRecordsAtName)
    {
        var ours = RecordText.OfKind(txtRecordsAtName, StsRecord.Prefix);
        return ours.Count == 1 ? Read(ours[0]) : RecordText.NotOne<StsRecord>(txtRecordsAtName, ours, StsRecord.Prefix);
    }
}
