using MtaSts.Core.TlsRpt;

namespace MtaSts.Core.Observations;

/// <summary>Does every server give exactly one TLSRPTv1 record with the wanted addresses? The table is at <see cref="TextRecordCheck"/>.</summary>
internal static class TlsRptRecordCheck
{
    /// <summary>Judges against the wanted record; where none is wanted all is well.</summary>
    public static IEnumerable<Finding> Judge(TlsRptRecord? wanted, DnsView view) =>
        wanted is null
            ? [new Finding.Healthy()]
            : TextRecordCheck.Judge(view, TlsRptRecord.Prefix[2..], hadPrevious: false, texts => See(texts, wanted));

    /// <summary>Judges as a sender: the first valid record counts, and all servers must have the same. None at all is allowed (rfc8460#3).</summary>
    public static IEnumerable<Finding> JudgeAsSender(DnsView view)
    {
        var answered = view.All.Where(r => r.Status == DnsStatus.Answered).Select(r => Texts(r.Records)).ToList();
        if (answered.All(t => t.Count == 0) && view.All.All(r => r.IsDefinite || r.Status == DnsStatus.NoRoute) && view.All.Any(r => r.IsDefinite))
        {
            return [new Finding.Healthy($"There is no TLSRPT record at {view.Name}: nobody reports failures to you.")];
        }

        var first = answered.Select(t => t is [var text] ? TlsRptRecordReader.Read(text).Value : null).FirstOrDefault(r => r is not null);
        return TextRecordCheck.Judge(view, TlsRptRecord.Prefix[2..], hadPrevious: true, texts => See(texts, first));
    }

    private static TextSeen See(IReadOnlyList<string> texts, TlsRptRecord? wanted) => Texts(texts) switch
    {
        [] => TextSeen.Missing,
        [var text] => TlsRptRecordReader.Read(text).Value is { } record && record.Equals(wanted) ? TextSeen.Ours : TextSeen.Other,
        _ => TextSeen.Duplicate,
    };

    // rfc8460#3: records that do not begin with "v=TLSRPTv1;" are discarded before they are counted.
    private static List<string> Texts(IReadOnlyList<string> texts) => TxtRecordCheck.TextsOf(texts, TlsRptRecord.Prefix);
}
