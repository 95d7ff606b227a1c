using System.Text.Json.Serialization;

namespace MtaSts.Operator.Cli;

/// <summary>What <c>mtasts lint policy -o json</c> prints.</summary>
/// <param name="Valid">Whether the text is accepted; with <c>--strict</c>, by strict senders.</param>
/// <param name="Policy">What was read; null where an RFC-following sender accepts nothing.</param>
/// <param name="Findings">Every fault, in the order of the text.</param>
internal sealed record LintPolicyJson(bool Valid, PolicyJson? Policy, IReadOnlyList<FindingJson> Findings);

/// <summary>What <c>mtasts lint txt</c> and <c>lint tlsrpt</c> print with <c>-o json</c>.</summary>
/// <param name="Valid">As in <see cref="LintPolicyJson"/>.</param>
/// <param name="Policy">Always null: a record is no policy. It is there so that one reader does for all.</param>
/// <param name="Record">What was read; null where an RFC-following sender accepts nothing.</param>
/// <param name="Findings">As in <see cref="LintPolicyJson"/>.</param>
internal sealed record LintRecordJson<T>(bool Valid, PolicyJson? Policy, T? Record, IReadOnlyList<FindingJson> Findings)
    where T : class;

/// <summary>A policy.</summary>
/// <param name="Version">"STSv1".</param>
/// <param name="Mode">"testing", "enforce" or "none".</param>
/// <param name="Mx">The patterns, lower case, in the order of the document.</param>
/// <param name="MaxAge">Seconds.</param>
internal sealed record PolicyJson(string Version, string Mode, IReadOnlyList<string> Mx, long MaxAge);

/// <summary>An STS record.</summary>
/// <param name="Version">"STSv1".</param>
/// <param name="Id">Its id.</param>
internal sealed record StsRecordJson(string Version, string Id);

/// <summary>A TLSRPT record.</summary>
/// <param name="Version">"TLSRPTv1".</param>
/// <param name="Rua">The URIs that reports can go to.</param>
internal sealed record TlsRptRecordJson(string Version, IReadOnlyList<string> Rua);

/// <summary>A fault.</summary>
/// <param name="Severity">"error" or "warning".</param>
/// <param name="Reason">The name of a <c>Reason</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Line">Counted from 1; 0 for the whole.</param>
internal sealed record FindingJson(string Severity, string Reason, string Message, int Line);

/// <summary>What <c>mtasts match -o json</c> prints.</summary>
/// <param name="Match">Whether the host matches.</param>
/// <param name="Pattern">The pattern in its one form.</param>
/// <param name="Host">The host in its one form.</param>
/// <param name="Reason">One sentence: why.</param>
internal sealed record MatchJson(bool Match, string Pattern, string Host, string Reason);

/// <summary>The generated writers of all that the commands here print as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LintPolicyJson))]
[JsonSerializable(typeof(LintRecordJson<StsRecordJson>))]
[JsonSerializable(typeof(LintRecordJson<TlsRptRecordJson>))]
[JsonSerializable(typeof(MatchJson))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>The writers to use: quotes as \" and not as \u0022. The messages are printable ASCII, and the output goes into no HTML.</summary>
    public static CliJson Plain { get; } = new(new System.Text.Json.JsonSerializerOptions
    {
        PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
