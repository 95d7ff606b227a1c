using System.Text;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Reads what providers keep in Secrets: a cluster's provider in the operator's namespace, which is watched, and nowhere else; a namespace's provider in its own
/// namespace and nowhere else. There each read asks the API server, so that the operator needs no right to list anybody's Secrets: a team lets it get the one.
/// </summary>
/// <param name="cluster">The operator's own Secrets.</param>
/// <param name="reader">Reads those of others.</param>
public sealed class SecretEntries(Cluster cluster, ServerSideApply reader)
{
    private static readonly ResourceKind Secrets = ResourceKind.Of<V1Secret>();

    /// <summary>The entry, or why there is none; never the secret in the fault.</summary>
    public async Task<(string? Value, ProviderFault? Fault)> ReadAsync(ProviderSettings settings, SecretEntry entry, CancellationToken cancellationToken)
    {
        var key = KeyOf(settings, entry);
        if (settings.Namespace is null)
        {
            return ValueOf(cluster.Secrets.Cache.Find(key), entry) is { } known ? (known, null) : (null, Absent(key, entry));
        }

        return await reader.ReadAsync(Secrets, key, cancellationToken) switch
        {
            WriteOutcome.Written found => ValueOf(found.As<V1Secret>(), entry) is { } value ? (value, null) : (null, Absent(key, entry)),
            WriteOutcome.NotFound or WriteOutcome.ApiMissing => (null, Absent(key, entry)),
            WriteOutcome.Rejected { Code: 401 or 403 } => (null, Refused(
                $"the operator may not read Secret {key}; let its service account get it: a Role with the verb get for secrets named \"{entry.Name}\", and a RoleBinding")),
            var other => (null, new ProviderFault(Reason.ProviderUnavailable, $"Secret {key} could not be read: {other}", Transient: true)),
        };
    }

    /// <summary>Where the entry of a provider is.</summary>
    public ObjectKey KeyOf(ProviderSettings settings, SecretEntry entry) => new(settings.Namespace ?? cluster.OperatorNamespace, entry.Name);

    private static ProviderFault Absent(ObjectKey key, SecretEntry entry) => Refused($"Secret {key} with the key \"{entry.Key}\" is not there; create it");

    private static ProviderFault Refused(string message) => new(Reason.ProviderCredentialsRefused, message, Transient: false);

    private static string? ValueOf(V1Secret? secret, SecretEntry entry) =>
        secret?.Data is { } data && data.TryGetValue(entry.Key, out var bytes) ? Encoding.UTF8.GetString(bytes).Trim() : null;
}
