using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Reconcile;

/// <summary>Puts a domain's document before the policy server, and what its host is reached by into the cluster; and takes both away.</summary>
/// <param name="cluster">What is there.</param>
/// <param name="writer">Writes.</param>
public sealed class ServingWriter(Cluster cluster, ServerSideApply writer)
{
    private static readonly ResourceKind ConfigMaps = ResourceKind.Of<V1ConfigMap>();
    private static readonly ResourceKind Secrets = ResourceKind.Of<V1Secret>();

    /// <summary>True when document, certificate and host are as wanted, as far as the caches know.</summary>
    public bool IsInPlace(DesiredState desired, string className, string space, string owner)
    {
        var caches = cluster.Serving[space];
        if (desired.IsRemoval)
        {
            var there = HostOf(caches, desired.Domain);
            return there.Any(o => IsOthers(o, owner)) || (there.IsEmpty && DocumentIn(space, desired.Shard) is null && CertificateIn(caches, desired.Domain, className) is null);
        }

        return desired.Document is null
            || (DocumentIn(space, desired.Shard) == desired.Document.Text
                && (desired.Certificate is null || CertificateIn(caches, desired.Domain, className) == desired.Certificate)
                && desired.Host.All(o => writer.IsApplied(o.Body, o.Kind, Current(caches, o))));
    }

    /// <summary>Writes what is not as wanted: the host, then certificate and document.</summary>
    public async Task<ImmutableArray<ApplyProblem>> ApplyAsync(DesiredState desired, string className, string space, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        var caches = cluster.Serving[space];
        foreach (var item in desired.Host)
        {
            Note(problems, item.ToString(), await writer.ApplyAsync(item.Body, item.Kind, Current(caches, item), force: true, cancellationToken));
        }

        if (desired.Certificate is { } certificate && CertificateIn(caches, desired.Domain, className) != certificate)
        {
            var shard = CertificateShard.Of(desired.Domain, className);
            var key = new ObjectKey(space, shard.SecretName);
            Note(problems, $"Secret {key}", await PutAsync(Secrets, key, shard.Patch(certificate), className, cancellationToken));
        }

        if (desired.Document is { } document && DocumentIn(space, desired.Shard) != document.Text)
        {
            var key = new ObjectKey(space, desired.Shard.ConfigMapName);
            Note(problems, $"ConfigMap {key}", await PutAsync(ConfigMaps, key, Entry(desired.Shard.Key, document.Text), className, cancellationToken));
        }

        return problems.ToImmutable();
    }

    /// <summary>
    /// Takes the host, the certificate and the document of a domain away, if the host (where there is one) is this owner's. Where the operator does not serve,
    /// nothing is its.
    /// </summary>
    public async Task<ImmutableArray<ApplyProblem>> RemoveAsync(
        MailDomain domain, string className, PolicyShard shard, string space, string owner, CancellationToken cancellationToken)
    {
        if (!cluster.Serving.TryGetValue(space, out var caches))
        {
            return [];
        }

        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        if (caches.IsListing)
        {
            problems.Add(new ApplyProblem(Reason.ApplyFailed, $"namespace {space}", "what serves the domain is not known yet", NeedsSomebody: false));
            return problems.ToImmutable();
        }

        var there = HostOf(caches, domain);
        if (there.Any(o => IsOthers(o, owner)))
        {
            return [];
        }

        foreach (var item in there)
        {
            await DeleteAsync(problems, item, cancellationToken);
        }

        if (CertificateIn(caches, domain, className) is not null)
        {
            var certificates = CertificateShard.Of(domain, className);
            var key = new ObjectKey(space, certificates.SecretName);
            Note(problems, $"Secret {key}", await writer.MergePatchAsync(Secrets, key, certificates.Patch(null), null, cancellationToken));
        }

        var gone = await writer.MergePatchAsync(
            ConfigMaps, new ObjectKey(space, shard.ConfigMapName), Entry(shard.Key, null), null, cancellationToken);
        if (gone is not WriteOutcome.NotFound)
        {
            Note(problems, $"ConfigMap {space}/{shard.ConfigMapName}", gone);
        }

        return problems.ToImmutable();
    }

    /// <summary>Takes a domain's document out of the class that it was in before, and away what the host was reached by there and is not now.</summary>
    /// <returns>What could not be done.</returns>
    public async Task<ImmutableArray<ApplyProblem>> LeaveAsync(
        DesiredState desired, string className, Admission.Admitted admitted, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        var domain = desired.Domain;
        var old = PolicyShard.Of(domain, className);
        foreach (var (space, caches) in cluster.Serving)
        {
            if (DocumentIn(space, old) is not null)
            {
                Note(problems, $"ConfigMap {space}/{old.ConfigMapName}",
                    await writer.MergePatchAsync(ConfigMaps, new ObjectKey(space, old.ConfigMapName), Entry(old.Key, null), null, cancellationToken));
            }

            if (CertificateIn(caches, domain, className) is not null)
            {
                var certificates = CertificateShard.Of(domain, className);
                Note(problems, $"Secret {space}/{certificates.SecretName}",
                    await writer.MergePatchAsync(Secrets, new ObjectKey(space, certificates.SecretName), certificates.Patch(null), null, cancellationToken));
            }

            foreach (var item in HostOf(caches, domain).Where(o => OwnerOf(o) == admitted.Owner && !desired.Host.Any(h => Is(h, o))))
            {
                await DeleteAsync(problems, item, cancellationToken);
            }
        }

        return problems.ToImmutable();
    }

    private async Task DeleteAsync(ImmutableArray<ApplyProblem>.Builder problems, IKubernetesObject<V1ObjectMeta> item, CancellationToken cancellationToken)
    {
        var (kind, key) = (ResourceKind.Of(item.GetType()), ObjectKey.Of(item));
        Note(problems, $"{kind.Kind} {key}", await writer.DeleteAsync(kind, key, item.Metadata.Uid, null, cancellationToken));
    }

    // One entry is merged in, so that thousands of domains can share an object without knowing of one another.
    private async Task<WriteOutcome> PutAsync(ResourceKind kind, ObjectKey key, JsonObject entry, string className, CancellationToken cancellationToken)
    {
        var outcome = await writer.MergePatchAsync(kind, key, entry, null, cancellationToken);
        if (outcome is not WriteOutcome.NotFound)
        {
            return outcome;
        }

        var metadata = new V1ObjectMeta { Name = key.Name, NamespaceProperty = key.Namespace, Labels = ServingLabels.OfClass(className) };
        var created = await writer.ApplyAsync(
            JsonText.ObjectOf(kind == Secrets ? new V1Secret { Metadata = metadata } : new V1ConfigMap { Metadata = metadata }), kind, null, force: true, cancellationToken);
        return created.IsSuccess ? await writer.MergePatchAsync(kind, key, entry, null, cancellationToken) : created;
    }

    private static JsonObject Entry(string key, string? value) => new() { ["data"] = new JsonObject { [key] = value } };

    private string? DocumentIn(string space, PolicyShard shard) =>
        cluster.Serving[space].ConfigMaps.Cache.Find(new ObjectKey(space, shard.ConfigMapName))?.Data is { } data
        && data.TryGetValue(shard.Key, out var text)
            ? text
            : null;

    private static ServedCertificate? CertificateIn(ServingCaches caches, MailDomain domain, string className)
    {
        var shard = CertificateShard.Of(domain, className);
        return shard.In(caches.CertificateShards.Cache.Find(new ObjectKey(caches.Namespace, shard.SecretName)));
    }

    // What there is by which the policy host of a domain is reached, of whatever exposure. A certificate that cert-manager made for an Ingress is cert-manager's.
    private static ImmutableArray<IKubernetesObject<V1ObjectMeta>> HostOf(ServingCaches caches, MailDomain domain)
    {
        var (host, certificate) = (new ObjectKey(caches.Namespace, ServingNames.OfHost(domain)), new ObjectKey(caches.Namespace, ServingNames.OfTlsSecret(domain)));
        IKubernetesObject<V1ObjectMeta>?[] found =
        [
            caches.Routes.Cache.Find(host),
            caches.ListenerSets.Cache.Find(host),
            caches.Ingresses.Cache.Find(host),
            caches.Certificates.Cache.Find(certificate) is { } own && OwnerOf(own) is not null ? own : null,
        ];
        return [.. found.OfType<IKubernetesObject<V1ObjectMeta>>()];
    }

    private static bool Is(HostObject wanted, IKubernetesObject<V1ObjectMeta> item) => wanted.Kind == ResourceKind.Of(item.GetType()) && wanted.Key == ObjectKey.Of(item);

    private static bool IsOthers(IKubernetesObject<V1ObjectMeta> item, string owner) => OwnerOf(item) is { } other && other != owner;

    private static string? OwnerOf(IKubernetesObject<V1ObjectMeta> item) => ServingCaches.Annotation(item, ApiGroup.OwnerAnnotation);

    private static JsonObject? Current(ServingCaches caches, HostObject wanted) =>
        caches.Find(wanted.Kind, wanted.Key) is { } found ? JsonText.ObjectOf(found) : null;

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
