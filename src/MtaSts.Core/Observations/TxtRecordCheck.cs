using MtaSts.Core.Sts;

namespace MtaSts.Core.Observations;

/// <summary>Does every server give exactly one STSv1 record with the published id? The table is at <see cref="TextRecordCheck"/>.</summary>
internal static class TxtRecordCheck
{
    /// <summary>Judges against the published id. Before there is one, a CNAME that leads elsewhere is told already.</summary>
    public static IEnumerable<Finding> Judge(Expectation expectation, DnsView view) => expectation.Published is { } published
        ? TextRecordCheck.Judge(view, Wanted(expectation.Previous is not null, texts => See(texts, published, expectation.Previous)) with
        {
            Delegation = expectation.Delegation,
            IsWritten = true,
        })
        : [
            .. expectation.Delegation is { } delegation ? TextRecordCheck.JudgeAlias(view, delegation) : [],
            new Finding.Unknown(Reason.RecordNotPublishedYet, view.Name, "The TXT record has not been published yet."),
        ];

    /// <summary>Judges as a sender who knows no id: the first valid one counts, and all servers must have the same.</summary>
    public static IEnumerable<Finding> JudgeAsSender(DnsView view)
    {
        var first = view.All
            .Where(r => r.Status == DnsStatus.Answered)
            .Select(r => StsRecordReader.Select(r.Records).Value?.Id)
            .FirstOrDefault(id => id is not null);
        return TextRecordCheck.Judge(view, Wanted(hadPrevious: true, texts => See(texts, first, null)));
    }

    private static TextWanted Wanted(bool hadPrevious, Func<IReadOnlyList<string>, TextSeen> classify) => new(StsRecord.Prefix[2..], hadPrevious, classify);

    private static TextSeen See(IReadOnlyList<string> texts, PolicyId? published, PolicyId? previous)
    {
        var reading = StsRecordReader.Select(texts);
        return reading.Value is not { } record ? TextRecordCheck.SeenOf(reading.Faults)
            : record.Id == published ? TextSeen.Ours
            : record.Id == previous ? TextSeen.Previous
            : TextSeen.Other;
    }
}
