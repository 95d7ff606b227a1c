using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Operator.Cli;

/// <summary>What <c>mtasts check -o json</c> prints.</summary>
/// <param name="Domain">The domain as an A-label name.</param>
/// <param name="Checks">Each check, in a fixed order; several entries where several subjects are not healthy.</param>
/// <param name="Policy">The live policy; null where a sender finds none.</param>
/// <param name="Covers">What MTA-STS covers of the way of a mail.</param>
internal sealed record CheckJson(string Domain, IReadOnlyList<CheckResultJson> Checks, PolicyJson? Policy, IReadOnlyList<MailHop> Covers)
{
    /// <summary>The JSON form of the results.</summary>
    public static CheckJson Of(MailDomain domain, ImmutableArray<CheckResult> results, StsPolicy? policy) => new(
        domain.ToString(),
        [.. results.Select(r => CheckResultJson.Of(r, domain))],
        policy is null
            ? null
            : new PolicyJson("STSv1", policy.Mode.ToString().ToLowerInvariant(), [.. policy.Mx.Select(m => m.ToString())], policy.MaxAgeSeconds),
        MailHops.All);
}

/// <summary>A check's result.</summary>
/// <param name="Name">The name of a <c>Check</c>.</param>
/// <param name="Outcome">"Healthy", "Broken" or "Unknown".</param>
/// <param name="Reason">The name of a <c>Reason</c>; "AsExpected" for Healthy.</param>
/// <param name="Subject">The host, server or record; the domain for Healthy.</param>
/// <param name="Message">One sentence, or empty.</param>
internal sealed record CheckResultJson(string Name, string Outcome, string Reason, string Subject, string Message)
{
    /// <summary>The JSON form of a result.</summary>
    public static CheckResultJson Of(CheckResult result, MailDomain domain) => result.Finding switch
    {
        Finding.Broken f => new(result.Check.ToString(), "Broken", f.Reason.ToString(), f.Subject, f.Message),
        Finding.Unknown f => new(result.Check.ToString(), "Unknown", f.Reason.ToString(), f.Subject, f.Message),
        var f => new(
            result.Check.ToString(), "Healthy", nameof(MtaSts.Core.Observations.Reason.AsExpected), domain.ToString(), (f as Finding.Healthy)?.Note ?? ""),
    };
}

/// <summary>The generated writer of <see cref="CheckJson"/>.</summary>
[JsonSerializable(typeof(CheckJson))]
internal sealed partial class CheckJsonContext : JsonSerializerContext
{
    /// <summary>The writer to use: indented, since people read it too; quotes stay readable, since it goes into no HTML.</summary>
    public static CheckJsonContext Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    });
}
