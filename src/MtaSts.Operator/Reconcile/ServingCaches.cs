using k8s;
using k8s.Models;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Serving.Foreign;

namespace MtaSts.Operator.Reconcile;

/// <summary>What we manage in one serving namespace. The operator has rights in these namespaces alone, so it looks at them one by one.</summary>
/// <remarks>What only some exposures need is watched from the moment that a class has one of them: a cluster need not have those kinds, nor the operator rights to them.</remarks>
public sealed class ServingCaches(ApiClient api, string space, ILogger logger, TimeProvider time)
{
    // What a certificate is served by; the Secrets of other types in the namespace are none of our business.
    private const string TlsSecretsOnly = "type=kubernetes.io/tls";

    /// <summary>The namespace.</summary>
    public string Namespace => space;

    /// <summary>The documents.</summary>
    public Informer<V1ConfigMap> ConfigMaps { get; } = new(api, Ours<V1ConfigMap>(space), logger, time);

    /// <summary>The ingresses of the policy hosts.</summary>
    public Informer<V1Ingress> Ingresses { get; } = new(api, Ours<V1Ingress>(space), logger, time);

    /// <summary>The policy servers.</summary>
    public Informer<V1Deployment> Deployments { get; } = new(api, Ours<V1Deployment>(space), logger, time);

    /// <summary>The Services before them.</summary>
    public Informer<V1Service> Services { get; } = new(api, Ours<V1Service>(space), logger, time);

    /// <summary>The routes of the policy hosts.</summary>
    public OnDemandInformer<HttpRoute> Routes { get; } = new(api, Ours<HttpRoute>(space), logger, time);

    /// <summary>The listeners of the policy hosts.</summary>
    public OnDemandInformer<ListenerSet> ListenerSets { get; } = new(api, Ours<ListenerSet>(space), logger, time);

    /// <summary>All certificates of the namespace: those for ingresses are cert-manager's own and have none of our labels.</summary>
    public OnDemandInformer<Certificate> Certificates { get; } = new(api, new InformerOptions<Certificate> { Namespace = space }, logger, time);

    /// <summary>The Secrets with certificates of the namespace, whoever made them.</summary>
    public OnDemandInformer<V1Secret> TlsSecrets { get; } =
        new(api, new InformerOptions<V1Secret> { Namespace = space, FieldSelector = TlsSecretsOnly }, logger, time);

    /// <summary>The Secrets from which the policy servers have their certificates.</summary>
    public OnDemandInformer<V1Secret> CertificateShards { get; } = new(api, Ours<V1Secret>(space), logger, time);

    /// <summary>All of them.</summary>
    public IReadOnlyList<IInformer> Informers =>
        [ConfigMaps, Ingresses, Deployments, Services, .. OnDemand];

    private IReadOnlyList<IOnDemandInformer> OnDemand => [Routes, ListenerSets, Certificates, TlsSecrets, CertificateShards];

    /// <summary>Runs them until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(Informers.Select(i => i.RunAsync(cancellationToken)));

    /// <summary>What an exposure needs of that which is watched on demand.</summary>
    public IReadOnlyList<IOnDemandInformer> NeededBy(Exposure exposure) =>
    [
        .. exposure is Exposure.Gateway ? new IOnDemandInformer[] { Routes } : [],
        .. exposure is Exposure.Gateway { OwnListeners: true } ? new IOnDemandInformer[] { ListenerSets } : [],
        .. exposure is Exposure.LoadBalancer ? new IOnDemandInformer[] { TlsSecrets, CertificateShards } : [],
        .. exposure.ClusterIssuer is not null ? new IOnDemandInformer[] { Certificates } : [],
    ];

    /// <summary>True while something that is watched on demand has just been asked for: what is there is not known yet, and will be soon.</summary>
    public bool IsListing => OnDemand.Any(i => i is { IsWanted: true, HasSynced: false, LastError: null });

    /// <summary>The object of a policy host as it is; null where there is none, or where its kind is not watched.</summary>
    public IKubernetesObject<V1ObjectMeta>? Find(ResourceKind kind, ObjectKey key) =>
        kind == Ingresses.Kind ? Ingresses.Cache.Find(key)
        : kind == Routes.Kind ? Routes.Cache.Find(key)
        : kind == ListenerSets.Kind ? ListenerSets.Cache.Find(key)
        : kind == Certificates.Kind ? Certificates.Cache.Find(key)
        : null;

    /// <summary>The hosts in this namespace that have their certificates where those of a class have theirs, and when each was made.</summary>
    public IEnumerable<(ObjectKey Host, DateTimeOffset MadeAt)> HostsOf(ServingSettings serving)
    {
        var objects = serving.Exposure.ClusterIssuer is { } issuer
            ? Ingresses.Cache.All.Values.Where(i => Annotation(i, DomainIngress.IssuerAnnotation) == issuer).Cast<IKubernetesObject<V1ObjectMeta>>()
                .Concat(Certificates.Cache.All.Values.Where(c => c.Issuer == issuer && Annotation(c, ApiGroup.OwnerAnnotation) is not null))
            : Ingresses.Cache.All.Values.Cast<IKubernetesObject<V1ObjectMeta>>().Concat(Routes.Cache.All.Values)
                .Where(o => o.Metadata.Labels?.TryGetValue(ApiGroup.ClassLabel, out var name) == true && name == ServingNames.LabelValue(serving.ClassName));
        return objects.Where(o => o.Metadata.CreationTimestamp is not null)
            .Select(o => (ObjectKey.Of(o), new DateTimeOffset(o.Metadata.CreationTimestamp!.Value.ToUniversalTime(), TimeSpan.Zero)));
    }

    /// <summary>An annotation of an object; null where it has none of that name.</summary>
    internal static string? Annotation(IKubernetesObject<V1ObjectMeta> item, string name) =>
        item.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : null;

    private static InformerOptions<T> Ours<T>(string space)
        where T : class, IKubernetesObject<V1ObjectMeta> => new() { Namespace = space, LabelSelector = ServingLabels.ManagedSelector };
}
