using System.Text.Json.Nodes;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Hosting;

/// <summary>
/// The owner id of an operator that was told none. It must differ between any two clusters, since who has the id may change the records, and two clusters on one Git
/// are told the same: it is made of the UID of the namespace kube-system, which each cluster has had from its first day. A cluster that is built anew has another one.
/// </summary>
internal static class ClusterIdentity
{
    // A list, as the informers ask for namespaces: so it needs no right of its own.
    private const string Path = "api/v1/namespaces?fieldSelector=metadata.name%3Dkube-system";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <summary>Asks until the API server answers.</summary>
    /// <returns>"cluster-" and the UID.</returns>
    public static async Task<string> OwnerIdAsync(ApiClient api, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await api.GetAsync(Path, cancellationToken);
            if (reply.IsSuccess && reply.Json()?["items"] is JsonArray { Count: 1 } found && (string?)found[0]?["metadata"]?["uid"] is { Length: > 0 } uid)
            {
                return "cluster-" + uid;
            }

            ReconcileLog.OwnerIdUnknown(logger, reply.IsSuccess ? "the API server shows no namespace kube-system" : reply.Message, Retry.TotalSeconds);
            await Task.Delay(Retry, time, cancellationToken);
        }
    }
}
