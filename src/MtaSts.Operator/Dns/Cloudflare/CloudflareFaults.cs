using System.Collections.Immutable;
using System.Net;
using System.Text;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>What Cloudflare's answers mean to us, in words that say what to look at.</summary>
internal static class CloudflareFaults
{
    // Cloudflare publishes no list of these; each is what its API answers.
    public const int InvalidRequestHeaders = 6003;
    public const int InvalidAccessToken = 9109;
    public const int AuthenticationError = 10000;
    public const int InvalidTtl = 9021;
    public const int RecordMissing = 81044;
    public const int RecordExists = 81057;
    public const int RecordIdentical = 81058;
    public const int NameTaken = 81053;
    public const int NameTakenByAlias = 81054;

    public const string TtlRange = "Cloudflare takes a TTL of 60 to 86400 seconds (from 30 in Enterprise zones), or 1, which is \"automatic\"";

    private const int ShownCharsMax = 300;

    public static ProviderFault Unavailable(CloudflareOptions options, string why) =>
        new(Reason.ProviderUnavailable, $"{options.BaseAddress.Authority} {why}", Transient: true);

    public static ProviderFault RateLimited(string why, TimeSpan retryAfter) =>
        new(Reason.ProviderRateLimited, why, Transient: true, retryAfter);

    public static ProviderFault Refused(string why) => new(Reason.ProviderRefused, why, Transient: false);

    public static ProviderFault Conflict(string why) => new(Reason.ProviderConflict, why, Transient: true);

    public static ProviderFault NoZone(string why) => new(Reason.ZoneNotFound, why, Transient: false);

    /// <summary>The fault of an answer that is no success; <paramref name="subject"/> is what was asked for.</summary>
    public static ProviderFault Of(
        CloudflareOptions options, string subject, HttpStatusCode status, ImmutableArray<ApiError> errors, TimeSpan? retryAfter)
    {
        var codes = Flatten(errors).Select(e => e.Code).ToHashSet();
        var words = $"at {subject} ({(int)status}{Shown(options, errors)})";
        if (status == HttpStatusCode.TooManyRequests)
            return RateLimited($"{options.BaseAddress.Authority} asks to slow down {words}", retryAfter ?? RequestBudget.Window);
        if ((int)status >= 500)
            return Unavailable(options, $"failed {words}") with { RetryAfter = retryAfter };
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            || codes.Overlaps([InvalidRequestHeaders, InvalidAccessToken, AuthenticationError]))
        {
            return new ProviderFault(
                Reason.ProviderCredentialsRefused,
                $"{options.BaseAddress.Authority} refuses the API token {words}; it has to be valid, and may need the rights Zone: Read and DNS: Edit there",
                Transient: false);
        }

        if (codes.Contains(InvalidTtl))
            return Refused($"{TtlRange}; it refuses {words}");
        if (codes.Overlaps([RecordMissing, RecordExists, RecordIdentical, NameTaken, NameTakenByAlias]))
            return Conflict($"a record is no longer as it was read {words}");
        return status == HttpStatusCode.NotFound
            ? NoZone($"{options.BaseAddress.Authority} does not find it {words}; look whether the zone is still there and the token may read it")
            : Refused($"{options.BaseAddress.Authority} refuses {words}");
    }

    private static IEnumerable<ApiError> Flatten(ImmutableArray<ApiError> errors) =>
        errors.SelectMany(e => (e.ErrorChain ?? []).Prepend(e));

    private static string Shown(CloudflareOptions options, ImmutableArray<ApiError> errors)
    {
        var text = new StringBuilder();
        foreach (var error in Flatten(errors).TakeWhile(_ => text.Length < ShownCharsMax))
            text.Append(": ").Append(error.Code).Append(' ').Append(error.Message);
        var shown = string.Concat(options.Token.Redact(text.ToString()).Select(c => char.IsControl(c) ? ' ' : c));
        return shown.Length <= ShownCharsMax ? shown : shown[..ShownCharsMax] + "...";
    }
}
