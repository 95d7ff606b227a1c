using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s.Models;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Reconcile;

/// <summary>Puts a domain's document before the policy server, and its Ingress into the cluster; and takes both away.</summary>
/// <param name="cluster">What is there.</param>
/// <param name="writer">Writes.</param>
public sealed class ServingWriter(Cluster cluster, ServerSideApply writer)
{
    private static readonly ResourceKind ConfigMaps = ResourceKind.Of<V1ConfigMap>();
    private static readonly ResourceKind Ingresses = ResourceKind.Of<V1Ingress>();

    /// <summary>True when document and Ingress are as wanted, as far as the caches know.</summary>
    public bool IsInPlace(DesiredState desired, string space, string owner) => desired.IsRemoval
        ? IngressOf(space, desired.Shard.Key) is { } ingress ? OwnerOf(ingress) is { } other && other != owner : DocumentIn(space, desired.Shard) is null
        : desired.Document is null
        || (DocumentIn(space, desired.Shard) == desired.Document.Text
            && (desired.Ingress is null || SubsetCompare.Holds(JsonText.ObjectOf(desired.Ingress), Current(desired.Ingress))));

    /// <summary>Writes what is not as wanted: the Ingress, then the document.</summary>
    public async Task<ImmutableArray<ApplyProblem>> ApplyAsync(DesiredState desired, string className, string space, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        if (desired.Ingress is { } ingress)
        {
            var current = cluster.Serving[space].Ingresses.Cache.Find(ObjectKey.Of(ingress));
            Note(problems, $"Ingress {space}/{ingress.Metadata.Name}", await writer.ApplyAsync(ingress, current, force: true, cancellationToken));
        }

        if (desired.Document is { } document && DocumentIn(space, desired.Shard) != document.Text)
        {
            var outcome = await PutAsync(space, desired.Shard, document.Text, className, cancellationToken);
            Note(problems, $"ConfigMap {space}/{desired.Shard.ConfigMapName}", outcome);
        }

        return problems.ToImmutable();
    }

    /// <summary>
    /// Takes the Ingress and the document of a domain away, if the Ingress (where there is one) is this owner's. Where the operator does not serve, nothing is its.
    /// </summary>
    public async Task<ImmutableArray<ApplyProblem>> RemoveAsync(
        MailDomain domain, PolicyShard shard, string space, string owner, CancellationToken cancellationToken)
    {
        if (!cluster.Serving.TryGetValue(space, out var serving))
        {
            return [];
        }

        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        var key = new ObjectKey(space, ServingNames.OfIngress(domain));
        if (serving.Ingresses.Cache.Find(key) is { } ingress)
        {
            if (OwnerOf(ingress) is { } other && other != owner)
            {
                return [];
            }

            Note(problems, $"Ingress {key}", await writer.DeleteAsync(Ingresses, key, ingress.Metadata.Uid, null, cancellationToken));
        }

        var gone = await writer.MergePatchAsync(
            ConfigMaps, new ObjectKey(space, shard.ConfigMapName), Entry(shard.Key, null), null, cancellationToken);
        if (gone is not WriteOutcome.NotFound)
        {
            Note(problems, $"ConfigMap {space}/{shard.ConfigMapName}", gone);
        }

        return problems.ToImmutable();
    }

    /// <summary>Takes a domain's document out of the class that it was in before, and its Ingress out of that class's namespace.</summary>
    /// <returns>What could not be done.</returns>
    public async Task<ImmutableArray<ApplyProblem>> LeaveAsync(
        MailDomain domain, string className, Admission.Admitted admitted, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        var old = PolicyShard.Of(domain, className);
        foreach (var (space, caches) in cluster.Serving)
        {
            if (DocumentIn(space, old) is not null)
            {
                Note(problems, $"ConfigMap {space}/{old.ConfigMapName}",
                    await writer.MergePatchAsync(ConfigMaps, new ObjectKey(space, old.ConfigMapName), Entry(old.Key, null), null, cancellationToken));
            }

            var key = new ObjectKey(space, ServingNames.OfIngress(domain));
            if (space != admitted.Class.Serving.Namespace && caches.Ingresses.Cache.Find(key) is { } ingress && OwnerOf(ingress) == admitted.Owner)
            {
                Note(problems, $"Ingress {key}", await writer.DeleteAsync(Ingresses, key, ingress.Metadata.Uid, null, cancellationToken));
            }
        }

        return problems.ToImmutable();
    }

    // One entry is merged in, so that thousands of domains can share a ConfigMap without knowing of one another.
    private async Task<WriteOutcome> PutAsync(string space, PolicyShard shard, string document, string className, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(space, shard.ConfigMapName);
        var outcome = await writer.MergePatchAsync(ConfigMaps, key, Entry(shard.Key, document), null, cancellationToken);
        if (outcome is not WriteOutcome.NotFound)
        {
            return outcome;
        }

        var empty = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = key.Name, NamespaceProperty = space, Labels = ServingLabels.OfClass(className) },
        };
        var created = await writer.ApplyAsync(empty, null, force: true, cancellationToken);
        return created.IsSuccess ? await writer.MergePatchAsync(ConfigMaps, key, Entry(shard.Key, document), null, cancellationToken) : created;
    }

    private static JsonObject Entry(string key, string? value) => new() { ["data"] = new JsonObject { [key] = value } };

    private string? DocumentIn(string space, PolicyShard shard) =>
        cluster.Serving[space].ConfigMaps.Cache.Find(new ObjectKey(space, shard.ConfigMapName))?.Data is { } data
        && data.TryGetValue(shard.Key, out var text)
            ? text
            : null;

    // The entry of a shard is named after the domain.
    private V1Ingress? IngressOf(string space, string domain) =>
        cluster.Serving[space].Ingresses.Cache.Find(new ObjectKey(space, ServingNames.OfIngress(MailDomain.Parse(domain))));

    private static string? OwnerOf(V1Ingress ingress) =>
        ingress.Metadata.Annotations?.TryGetValue(ApiGroup.OwnerAnnotation, out var owner) == true ? owner : null;

    private JsonObject? Current(V1Ingress wanted) =>
        cluster.Serving[wanted.Metadata.NamespaceProperty].Ingresses.Cache.Find(ObjectKey.Of(wanted)) is { } found ? JsonText.ObjectOf(found) : null;

    /// <summary>Turns the outcome of a write into a problem, where it is one.</summary>
    internal static void Note(ImmutableArray<ApplyProblem>.Builder problems, string what, WriteOutcome outcome)
    {
        if (outcome.IsSuccess)
        {
            return;
        }

        problems.Add(outcome is WriteOutcome.ApiMissing
            ? new ApplyProblem(Reason.ApiMissing, what, outcome.ToString(), NeedsSomebody: true)
            : new ApplyProblem(Reason.ApplyFailed, what, outcome.ToString(), NeedsSomebody: !outcome.IsTransient) { RetryAfter = (outcome as WriteOutcome.Unavailable)?.RetryAfter });
    }
}
