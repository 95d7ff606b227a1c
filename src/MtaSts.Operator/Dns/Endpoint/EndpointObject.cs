using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MtaSts.Core.Desired;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Webhook;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Dns.Endpoint;

/// <summary>
/// The DNSEndpoint of one record name: its sets, those of its companion, and which values they ever had. Name and companion share an object, so that a batch is one
/// write.
/// </summary>
/// <param name="RecordName">The name, without the companion's label.</param>
/// <param name="Version">The resource version and uid that it was read at; null for one that is not there.</param>
/// <param name="Sets">The sets with values.</param>
/// <param name="Written">Hashes of the values that were ever written, the newest last. The DNS follows late: a value of ours that is no longer wanted is ours still.</param>
internal sealed record EndpointObject(
    string RecordName, (string ResourceVersion, string Uid)? Version, ImmutableDictionary<RecordKey, RecordSet> Sets, ImmutableList<string> Written)
{
    /// <summary>The kind.</summary>
    public static readonly ResourceKind Kind = new("externaldns.k8s.io", "v1alpha1", "DNSEndpoint", "dnsendpoints");

    private const string NameAnnotation = ApiGroup.Name + "/dns-name";
    private const string WrittenAnnotation = ApiGroup.Name + "/written";
    private const int WrittenMax = 64;
    private const int HashChars = 16;
    private const int NameHashChars = 10;
    private const int ReadableCharsMax = 40;

    /// <summary>The record name whose object has a set: that of the set, or the one that it is the companion of.</summary>
    public static string RecordNameOf(string name) =>
        name.StartsWith(OwnerRecord.Label + ".", StringComparison.Ordinal) ? name[(OwnerRecord.Label.Length + 1)..] : name;

    /// <summary>The name of the object: readable, and told apart by a hash. A DNS label.</summary>
    public static string ObjectName(string recordName)
    {
        var readable = string.Concat(recordName.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));
        var kept = readable[..Math.Min(readable.Length, ReadableCharsMax)].Trim('-');
        return $"mta-sts-dns-{(kept.Length > 0 ? kept + "-" : "")}{Hash(recordName)[..NameHashChars]}";
    }

    /// <summary>One that is not there.</summary>
    public static EndpointObject Absent(string recordName) => new(recordName, null, ImmutableDictionary<RecordKey, RecordSet>.Empty, []);

    /// <summary>Reads an object of the API server. Null with a problem where somebody else wrote in it what we would not.</summary>
    public static EndpointObject? Read(string recordName, JsonObject body, out string problem)
    {
        var metadata = body["metadata"];
        if (JsonText.TextOf(metadata?["labels"]?["app.kubernetes.io/managed-by"]) != ServingLabels.ManagedBy || JsonText.TextOf(metadata?["annotations"]?[NameAnnotation]) != recordName)
        {
            problem = "is not the operator's; give it another name";
            return null;
        }

        var sets = ImmutableDictionary.CreateBuilder<RecordKey, RecordSet>();
        foreach (var endpoint in body["spec"]?["endpoints"] as JsonArray ?? [])
        {
            if (ReadSet(recordName, endpoint) is not { } set || !sets.TryAdd(set.Key, set))
            {
                problem = "has an endpoint that the operator did not write; delete the object, and it is written anew";
                return null;
            }
        }

        problem = "";
        var written = JsonText.TextOf(metadata?["annotations"]?[WrittenAnnotation])?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var version = (JsonText.TextOf(metadata?["resourceVersion"]) ?? "", JsonText.TextOf(metadata?["uid"]) ?? "");
        return new EndpointObject(recordName, version, sets.ToImmutable(), [.. written]);
    }

    /// <summary>A set of it; empty where it has none.</summary>
    public RecordSet this[RecordKey key] => Sets.GetValueOrDefault(key) ?? new RecordSet(key, 0, ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>True when the value is in the object, or ever was.</summary>
    public bool Wrote(RecordKey key, string value) => this[key].Values.Contains(value) || Written.Contains(Mark(key, value));

    /// <summary>The object after a change.</summary>
    public EndpointObject With(RecordChange change)
    {
        var written = Written.AddRange(change.Result.Union(change.Expected).Select(v => Mark(change.Key, v)).Except(Written));
        return this with
        {
            Sets = change.Result.IsEmpty
                ? Sets.Remove(change.Key)
                : Sets.SetItem(change.Key, new RecordSet(change.Key, change.Add.IsEmpty ? this[change.Key].TtlSeconds : change.TtlSeconds, change.Result)),
            Written = written.RemoveRange(0, Math.Max(0, written.Count - WrittenMax)),
        };
    }

    /// <summary>The object as it is applied; the fault names the value that cannot be written.</summary>
    public JsonObject? ToJson(EndpointOptions options, out string problem)
    {
        problem = "";
        var endpoints = new JsonArray();
        foreach (var set in Sets.Values.OrderBy(s => s.Key.Name, StringComparer.Ordinal).ThenBy(s => s.Key.Type))
        {
            var targets = new JsonArray();
            foreach (var value in set.Values)
            {
                if (!WebhookTarget.TryEncode(set.Key.Type, value, options.TxtForm, out var target, out problem))
                {
                    problem = $"{set.Key}: {problem}";
                    return null;
                }

                targets.Add(target);
            }

            endpoints.Add(new JsonObject
            {
                ["dnsName"] = set.Key.Name,
                ["recordType"] = PresentationForm.Name(set.Key.Type),
                ["recordTTL"] = set.TtlSeconds,
                ["targets"] = targets,
            });
        }

        return new JsonObject { ["metadata"] = Metadata(options), ["spec"] = new JsonObject { ["endpoints"] = endpoints } };
    }

    private static RecordSet? ReadSet(string recordName, JsonNode? endpoint)
    {
        var name = JsonText.TextOf(endpoint?["dnsName"]);
        var type = Enum.GetValues<RecordType>().Cast<RecordType?>().FirstOrDefault(t => PresentationForm.Name(t!.Value) == JsonText.TextOf(endpoint?["recordType"]));
        if (name is null || RecordNameOf(name) != recordName || type is null || !string.IsNullOrEmpty(JsonText.TextOf(endpoint?["setIdentifier"])))
            return null;
        string?[] values = [.. (endpoint?["targets"] as JsonArray ?? []).Select(t => JsonText.TextOf(t) is { } target ? WebhookTarget.Decode(type.Value, target) : null)];
        return values.Contains(null) ? null : RecordSet.Of(name, type.Value, JsonText.NumberOf(endpoint?["recordTTL"]) ?? 0, values!);
    }

    private static string Mark(RecordKey key, string value) => Hash($"{key} {value}")[..HashChars];

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private JsonObject Metadata(EndpointOptions options)
    {
        var labels = new JsonObject();
        foreach (var (key, value) in options.Labels)
            labels[key] = value;
        labels["app.kubernetes.io/name"] = "mta-sts-records";
        labels["app.kubernetes.io/component"] = "dns-records";
        labels["app.kubernetes.io/part-of"] = "mta-sts";
        labels["app.kubernetes.io/managed-by"] = ServingLabels.ManagedBy;
        var annotations = new JsonObject { [NameAnnotation] = RecordName, [WrittenAnnotation] = string.Join(',', Written) };
        var owners = Sets.Values.Where(s => s.Key == OwnerRecord.KeyFor(RecordName)).SelectMany(s => s.Values)
            .Select(v => OwnerRecord.TryParse(v, out var mark) ? mark.Owner.Resource : null).OfType<string>().Distinct().ToArray();
        if (owners.Length > 0)
            annotations[ApiGroup.OwnerAnnotation] = string.Join(',', owners);
        var metadata = new JsonObject { ["namespace"] = options.Namespace, ["name"] = ObjectName(RecordName), ["labels"] = labels, ["annotations"] = annotations };
        if (Version is { } version)
            metadata["resourceVersion"] = version.ResourceVersion;
        return metadata;
    }
}
