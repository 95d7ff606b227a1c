using MtaSts.Core.Sts;

namespace MtaSts.Core.Observations;

/// <summary>Does every server give exactly one STSv1 record with the published id? The table is at <see cref="TextRecordCheck"/>.</summary>
internal static class TxtRecordCheck
{
    /// <summary>Judges against the published id.</summary>
    public static IEnumerable<Finding> Judge(PolicyId? published, PolicyId? previous, DnsView view) =>
        published is null
            ? [new Finding.Unknown(Reason.RecordNotPublishedYet, view.Name, "The TXT record has not been published yet.")]
            : TextRecordCheck.Judge(view, StsRecord.Prefix[2..], previous is not null, texts => See(texts, published, previous));

    /// <summary>Judges as a sender who knows no id: the first valid one counts, and all servers must have the same.</summary>
    public static IEnumerable<Finding> JudgeAsSender(DnsView view)
    {
        var first = view.All
            .Where(r => r.Status == DnsStatus.Answered)
            .Select(r => StsTexts(r.Records) is [var text] ? StsRecordReader.Read(text).Value?.Id : null)
            .FirstOrDefault(id => id is not null);
        return TextRecordCheck.Judge(view, StsRecord.Prefix[2..], hadPrevious: true, texts => See(texts, first, null));
    }

    private static TextSeen See(IReadOnlyList<string> texts, PolicyId? published, PolicyId? previous) => StsTexts(texts) switch
    {
        [] => TextSeen.Missing,
        [var text] when StsRecordReader.Read(text).Value is { } record =>
            record.Id == published ? TextSeen.Ours : record.Id == previous ? TextSeen.Previous : TextSeen.Other,
        [_] => TextSeen.Other,
        _ => TextSeen.Duplicate,
    };

    // rfc8461#3.1: records that do not begin with "v=STSv1;" are discarded before they are counted.
    private static List<string> StsTexts(IReadOnlyList<string> texts) => TextsOf(texts, StsRecord.Prefix);

    /// <summary>The texts that begin with a version tag and a semicolon.</summary>
    internal static List<string> TextsOf(IReadOnlyList<string> texts, string prefix) =>
        [.. texts.Where(t => t.StartsWith(prefix, StringComparison.Ordinal) && t.AsSpan(prefix.Length).TrimStart(" \t").StartsWith(";"))];
}
