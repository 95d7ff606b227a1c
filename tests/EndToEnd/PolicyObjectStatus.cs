using System.Globalization;
using System.Text.Json.Nodes;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>What the status of a policy or a retirement says about what senders may hold.</summary>
internal static class PolicyObjectStatus
{
    extension(PolicyObject policy)
    {
        /// <summary>When records and policy go; null while that is not known.</summary>
        public DateTimeOffset? RemoveAt => Time(policy.Resource["status"]?["removeAt"]);

        /// <summary>When all was healthy in this stage for the first time; null before.</summary>
        public DateTimeOffset? SettledAt => Time(policy.Resource["status"]?["settledAt"]);

        /// <summary>The patterns that are served although the spec has them no more.</summary>
        public IReadOnlyList<(string Pattern, string Reason, DateTimeOffset? Until)> KeptMx =>
            [.. Entries(policy, "keptMx").Select(k => ((string)k["pattern"]!, (string)k["reason"]!, Time(k["until"])))];

        /// <summary>The policies that a sender may hold.</summary>
        public IReadOnlyList<(string Id, string Mode, long MaxAge, DateTimeOffset? Until)> Ledger =>
            [.. Entries(policy, "ledger").Select(e => ((string)e["id"]!, (string)e["mode"]!, (long)e["maxAge"]!, Time(e["until"])))];

        /// <summary>The class under which the domain is served.</summary>
        public string ClassName => (string?)policy.Resource["status"]?["className"] ?? "";

        /// <summary>The provider that has its records.</summary>
        public string ProviderName => (string?)policy.Resource["status"]?["providerName"] ?? "";
    }

    private static IEnumerable<JsonNode> Entries(PolicyObject policy, string field) => (policy.Resource["status"]?[field]?.AsArray() ?? []).OfType<JsonNode>();

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse((string?)node, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
