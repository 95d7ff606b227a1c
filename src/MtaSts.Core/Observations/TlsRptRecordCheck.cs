using MtaSts.Core.TlsRpt;

namespace MtaSts.Core.Observations;

/// <summary>Does every server give exactly one TLSRPTv1 record with the wanted addresses? The table is at <see cref="TextRecordCheck"/>.</summary>
internal static class TlsRptRecordCheck
{
    /// <summary>Judges against the wanted record; where none is wanted all is well.</summary>
    public static IEnumerable<Finding> Judge(Expectation expectation, DnsView view) => expectation.TlsRpt is { } wanted
        ? TextRecordCheck.Judge(view, Wanted(hadPrevious: false, wanted) with { Delegation = expectation.Delegation, IsWritten = true })
        : [new Finding.Healthy()];

    /// <summary>Judges as a sender: the first valid record counts, and all servers must have the same. None at all is allowed (rfc8460#3).</summary>
    public static IEnumerable<Finding> JudgeAsSender(DnsView view)
    {
        var readings = view.All.Where(r => r.Status == DnsStatus.Answered).Select(r => TlsRptRecordReader.Select(r.Records)).ToList();
        var allAnswered = view.All.Any(r => r.IsDefinite) && view.All.All(r => r.IsDefinite || r.Status == DnsStatus.NoRoute);
        if (allAnswered && readings.All(r => r.Value is null && TextRecordCheck.SeenOf(r.Faults) == TextSeen.Missing))
        {
            return [new Finding.Healthy($"There is no TLSRPT record at {view.Name}: nobody reports failures to you.")];
        }

        var first = readings.FirstOrDefault(r => r.Value is not null)?.Value;
        return TextRecordCheck.Judge(view, Wanted(hadPrevious: true, first));
    }

    private static TextWanted Wanted(bool hadPrevious, TlsRptRecord? wanted) => new(TlsRptRecord.Prefix[2..], hadPrevious, texts => See(texts, wanted));

    private static TextSeen See(IReadOnlyList<string> texts, TlsRptRecord? wanted)
    {
        var reading = TlsRptRecordReader.Select(texts);
        return reading.Value is not { } record ? TextRecordCheck.SeenOf(reading.Faults)
            : record.Equals(wanted) ? TextSeen.Ours
            : TextSeen.Other;
    }
}
