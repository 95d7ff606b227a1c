using k8s;
using k8s.Autorest;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>Writes a Deployment's status through the status subresource, when it differs from what the object has.</summary>
internal sealed class DeploymentStatusWriter(IKubernetes client)
{
    // What was written last, so that a mirror which lags behind does not lead to a second write.
    private readonly Dictionary<(string Uid, long Generation), (int Replicas, int Updated, int Ready)> _written = [];

    /// <summary>Brings the status up to date.</summary>
    /// <param name="deployment">As last seen.</param>
    /// <param name="replicas">Pods of any template.</param>
    /// <param name="updated">Pods of the newest template.</param>
    /// <param name="ready">Pods that are ready, of any template.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task WriteAsync(V1Deployment deployment, int replicas, int updated, int ready, CancellationToken cancellationToken)
    {
        var generation = deployment.Metadata.Generation ?? 0;
        var key = (deployment.Metadata.Uid, generation);
        if (_written.TryGetValue(key, out var last) && last == (replicas, updated, ready)) return;
        var old = deployment.Status;
        if (old is not null && old.ObservedGeneration == generation && (old.Replicas ?? 0) == replicas &&
            (old.UpdatedReplicas ?? 0) == updated && (old.ReadyReplicas ?? 0) == ready)
        {
            _written[key] = (replicas, updated, ready);
            return;
        }

        var patch = new V1Patch(
            new V1Deployment { Status = StatusOf(deployment, generation, replicas, updated, ready) }, V1Patch.PatchType.MergePatch);
        try
        {
            await client.AppsV1.PatchNamespacedDeploymentStatusAsync(
                patch, deployment.Metadata.Name, deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _written[key] = (replicas, updated, ready);
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Deleted meanwhile.
        }
    }

    private static V1DeploymentStatus StatusOf(V1Deployment deployment, long generation, int replicas, int updated, int ready)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        // maxUnavailable is 25 % by default, rounded down: none of up to three.
        var available = ready >= wanted - wanted / 4;
        var complete = updated == wanted && replicas == wanted && ready >= wanted;
        return new V1DeploymentStatus
        {
            ObservedGeneration = generation,
            Replicas = replicas,
            UpdatedReplicas = updated,
            ReadyReplicas = ready,
            AvailableReplicas = ready,
            UnavailableReplicas = Math.Max(0, wanted - ready),
            Conditions =
            [
                Condition(deployment, "Available", available, available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable"),
                Condition(deployment, "Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"),
            ],
        };
    }

    private static V1DeploymentCondition Condition(V1Deployment deployment, string type, bool value, string reason)
    {
        var status = value ? "True" : "False";
        var now = DateTime.UtcNow;
        var old = deployment.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type && condition.Status == status);
        return new V1DeploymentCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            LastTransitionTime = old?.LastTransitionTime ?? now,
            LastUpdateTime = now,
        };
    }
}
