using k8s.Models;
using MtaSts.Core.Mail;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Serving.Foreign;

namespace MtaSts.Operator.Reconcile;

/// <summary>The operator's view of the API server: one informer a kind, with the indexes that passes ask by.</summary>
public sealed class Cluster
{
    private const string ByDomain = "domain";
    private const string ByClass = "class";
    private const string ByProvider = "provider";
    private const string ByOwnProvider = "own-provider";
    private const string ByTlsSecret = "tls-secret";
    private const string DefaultClass = "";

    /// <summary>Informers over everything that the operator reads; none runs before <see cref="RunAsync"/>.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="operatorNamespace">Where the Secrets of cluster providers are.</param>
    /// <param name="servingNamespaces">The namespaces in which classes may have their policy servers.</param>
    /// <param name="watchNamespaces">The namespaces of the policies and of their own providers; empty for all.</param>
    /// <param name="loggers">For the informers.</param>
    /// <param name="time">The clock.</param>
    public Cluster(ApiClient api, string operatorNamespace, IEnumerable<string> servingNamespaces, IReadOnlyCollection<string> watchNamespaces, ILoggerFactory loggers, TimeProvider time)
    {
        var log = loggers.CreateLogger("MtaSts.Kubernetes.Informer");
        Policies = new Informer<MtaStsPolicy>(api, new InformerOptions<MtaStsPolicy> { Scopes = In(watchNamespaces) }, log, time);
        Retirements = new Informer<MtaStsRetirement>(api, null, log, time);
        Classes = new Informer<MtaStsClass>(api, null, log, time);
        Providers = new Informer<ClusterDnsProvider>(api, null, log, time);
        OwnProviders = new Informer<DnsProvider>(api, new InformerOptions<DnsProvider> { Scopes = In(watchNamespaces) }, log, time);
        Namespaces = new Informer<V1Namespace>(
            api, new InformerOptions<V1Namespace> { Scopes = watchNamespaces.Count == 0 ? null : [.. watchNamespaces.Select(name => new InformerScope(null, name))] }, log, time);
        Secrets = new Informer<V1Secret>(api, new InformerOptions<V1Secret> { Namespace = operatorNamespace }, log, time);
        Serving = servingNamespaces.Distinct(StringComparer.Ordinal).ToDictionary(n => n, n => new ServingCaches(api, n, log, time), StringComparer.Ordinal);
        Gateways = new OnDemandInformer<Gateway>(api, null, log, time);
        OperatorNamespace = operatorNamespace;

        Policies.AddIndex(ByDomain, policy => [DomainKey(policy)]);
        Policies.AddIndex(ByTlsSecret, policy => TlsSecretOf(policy.Spec?.Domain));
        Retirements.AddIndex(ByTlsSecret, retirement => TlsSecretOf(retirement.Spec?.Domain));
        Policies.AddIndex(ByClass, policy => [policy.Spec?.ClassName ?? DefaultClass]);
        Policies.AddIndex(ByOwnProvider, policy => OwnProviderOf(policy.Metadata.NamespaceProperty, policy.Spec?.DnsProviderRef) is { } key ? [key.ToString()] : []);
        Classes.AddIndex(ByProvider, c => c.Spec?.DnsProviderRef?.Name is { } name ? [name] : []);
        Classes.OnChange(change => Want(change switch
        {
            Change<MtaStsClass>.Added added => added.Current,
            Change<MtaStsClass>.Updated updated => updated.Current,
            _ => null,
        }));
    }

    /// <summary>The namespace of the operator.</summary>
    public string OperatorNamespace { get; }

    /// <summary>The policies.</summary>
    public Informer<MtaStsPolicy> Policies { get; }

    /// <summary>The retirements, each named after its domain.</summary>
    public Informer<MtaStsRetirement> Retirements { get; }

    /// <summary>The classes.</summary>
    public Informer<MtaStsClass> Classes { get; }

    /// <summary>The providers of the cluster.</summary>
    public Informer<ClusterDnsProvider> Providers { get; }

    /// <summary>The providers of namespaces.</summary>
    public Informer<DnsProvider> OwnProviders { get; }

    /// <summary>The namespaces, for their labels.</summary>
    public Informer<V1Namespace> Namespaces { get; }

    /// <summary>The Secrets of the operator's namespace.</summary>
    public Informer<V1Secret> Secrets { get; }

    /// <summary>The gateways, from the moment that a class names one.</summary>
    public OnDemandInformer<Gateway> Gateways { get; }

    /// <summary>What we manage in each serving namespace, by its name.</summary>
    public IReadOnlyDictionary<string, ServingCaches> Serving { get; }

    /// <summary>What is wrong with a class that serves in a namespace; null when it is one of <see cref="Serving"/>.</summary>
    public FieldProblem? ServingProblem(string space) => Serving.ContainsKey(space)
        ? null
        : new FieldProblem(
            "spec.serving.namespace",
            $"is \"{space}\", which this operator does not serve in",
            $"name one of {string.Join(", ", Serving.Keys.Order(StringComparer.Ordinal))}, or give it to the operator by --serving-namespace");

    /// <summary>All informers.</summary>
    public IReadOnlyList<IInformer> Informers => [Policies, Retirements, Classes, Providers, OwnProviders, Namespaces, Secrets, Gateways, .. Serving.Values.SelectMany(s => s.Informers)];

    /// <summary>Runs all informers until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
    [
        Policies.RunAsync(cancellationToken), Retirements.RunAsync(cancellationToken), Classes.RunAsync(cancellationToken), Providers.RunAsync(cancellationToken),
        OwnProviders.RunAsync(cancellationToken), Namespaces.RunAsync(cancellationToken), Secrets.RunAsync(cancellationToken), Gateways.RunAsync(cancellationToken), .. Serving.Values.Select(s => s.RunAsync(cancellationToken)),
    ]);

    /// <summary>The policies that name the same domain as this one, itself included.</summary>
    public IReadOnlyList<MtaStsPolicy> WithDomainOf(MtaStsPolicy policy) => Policies.ByIndex(ByDomain, DomainKey(policy));

    /// <summary>The policies of a domain.</summary>
    public IReadOnlyList<MtaStsPolicy> OfDomain(string domain) => Policies.ByIndex(ByDomain, domain);

    /// <summary>The class that a policy uses: the named one, else the oldest that is marked as default. Null when there is none.</summary>
    public MtaStsClass? ClassOf(MtaStsPolicy policy) => policy.Spec?.ClassName is { } name
        ? Classes.Cache.Find(new ObjectKey(null, name))
        : Default;

    /// <summary>The policies that use a class.</summary>
    public IEnumerable<MtaStsPolicy> OfClass(string name) =>
        Policies.ByIndex(ByClass, name).Concat(Default?.Metadata.Name == name ? Policies.ByIndex(ByClass, DefaultClass) : []);

    /// <summary>The retirements under a class.</summary>
    public IEnumerable<ObjectKey> RetirementsOf(MtaStsClass c) =>
        Retirements.Cache.All.Values.Where(r => r.Spec.ClassName == c.Metadata.Name).Select(r => ObjectKey.Of(r));

    /// <summary>The retirements whose class uses a provider.</summary>
    public IEnumerable<ObjectKey> RetirementsOf(ClusterDnsProvider provider) =>
        Classes.ByIndex(ByProvider, provider.Metadata.Name).SelectMany(RetirementsOf);

    /// <summary>The policies that use a class, or would if it were the default.</summary>
    public IEnumerable<ObjectKey> PoliciesOf(MtaStsClass c) =>
        Policies.ByIndex(ByClass, c.Metadata.Name).Concat(Policies.ByIndex(ByClass, DefaultClass)).Select(p => ObjectKey.Of(p));

    /// <summary>What an exposure in a serving namespace needs of that which is watched on demand.</summary>
    public IReadOnlyList<IOnDemandInformer> NeededBy(string space, Exposure exposure) =>
        [.. exposure is Exposure.Gateway ? new IOnDemandInformer[] { Gateways } : [], .. Serving[space].NeededBy(exposure)];

    /// <summary>The classes whose policy hosts are reached through a Gateway.</summary>
    public IEnumerable<MtaStsClass> ClassesOf(Gateway gateway) => Classes.Cache.All.Values.Where(c =>
        c.Spec?.Serving is { Exposure: { Type: nameof(Exposure.Gateway), Gateway.ParentRef: { } parent } } serving
        && ObjectKey.Of(gateway) == new ObjectKey(parent.Namespace ?? serving.Namespace, parent.Name));

    /// <summary>The classes of a Service of policy servers.</summary>
    public IEnumerable<MtaStsClass> ClassesOf(V1Service service) => Classes.Cache.All.Values.Where(c =>
        c.Spec?.Serving is { Exposure.Type: nameof(Exposure.LoadBalancer) } serving
        && ObjectKey.Of(service) == new ObjectKey(serving.Namespace, ServingNames.OfClass(c.Metadata.Name)));

    /// <summary>The policies and retirements whose policy host is the one of a certificate.</summary>
    public (IEnumerable<ObjectKey> Policies, IEnumerable<ObjectKey> Retirements) OfHost(string? host)
    {
        if (host?.StartsWith(MailDomain.PolicyHostPrefix, StringComparison.Ordinal) != true)
        {
            return ([], []);
        }

        var domain = host[MailDomain.PolicyHostPrefix.Length..];
        return (OfDomain(domain).Select(p => ObjectKey.Of(p)), Retirements.Cache.Find(new ObjectKey(null, domain)) is { } found ? [ObjectKey.Of(found)] : []);
    }

    /// <summary>The policies and retirements whose policy host has its certificate in a Secret of this name.</summary>
    public (IEnumerable<ObjectKey> Policies, IEnumerable<ObjectKey> Retirements) OfTlsSecret(string name) => (
        Policies.ByIndex(ByTlsSecret, name).Select(p => ObjectKey.Of(p)),
        Retirements.ByIndex(ByTlsSecret, name).Select(r => ObjectKey.Of(r)));

    /// <summary>The policies whose class uses a provider.</summary>
    public IEnumerable<ObjectKey> PoliciesOf(ClusterDnsProvider provider) =>
        Classes.ByIndex(ByProvider, provider.Metadata.Name).SelectMany(PoliciesOf);

    /// <summary>The policies that name a provider of their namespace.</summary>
    public IEnumerable<ObjectKey> PoliciesOf(DnsProvider provider) => WrittenBy(provider).Select(p => ObjectKey.Of(p));

    /// <summary>The policies whose records a provider is to write: of a cluster's those whose class names it and that name none themselves.</summary>
    public IEnumerable<MtaStsPolicy> WrittenBy(IDnsProviderResource provider) => provider is DnsProvider
        ? Policies.ByIndex(ByOwnProvider, ObjectKey.Of(provider).ToString())
        : Classes.ByIndex(ByProvider, provider.Metadata.Name).SelectMany(c => OfClass(c.Metadata.Name)).Where(p => p.Spec?.DnsProviderRef is null);

    /// <summary>The retirements whose records are written by a provider of a namespace.</summary>
    public IEnumerable<ObjectKey> RetirementsOf(DnsProvider provider) => Retirements.Cache.All.Values
        .Where(r => OwnProviderOf(r.Spec.PolicyRef.Namespace, r.Spec.DnsProviderRef) == ObjectKey.Of(provider)).Select(r => ObjectKey.Of(r));

    /// <summary>Where the provider is that a policy names; null where it names none. A reference never leaves its namespace.</summary>
    /// <param name="space">The policy's namespace.</param>
    /// <param name="reference">The reference.</param>
    public static ObjectKey? OwnProviderOf(string? space, OwnProviderReference? reference) => reference is null ? null : new ObjectKey(space, reference.Name);

    /// <summary>The providers that read a Secret.</summary>
    public IEnumerable<ClusterDnsProvider> ProvidersOf(V1Secret secret) =>
        Providers.Cache.All.Values.Where(p => p.Spec?.CredentialName == secret.Metadata.Name);

    /// <summary>
    /// The policies for domains above a policy's that are in other namespaces, older than it, and whose records have been seen in the DNS, which shows whose the
    /// domain is. None for a policy that has published: what was begun is not left unattended.
    /// </summary>
    public IEnumerable<MtaStsPolicy> SettledAbove(MtaStsPolicy policy)
    {
        var claim = DomainClaim.Of(policy);
        if (policy.Status?.ServedId is not null)
        {
            yield break;
        }

        for (var name = DomainKey(policy); name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0;)
        {
            name = name[(dot + 1)..];
            foreach (var above in OfDomain(name).Where(p => p.Status?.SettledAt is not null && p.Metadata.NamespaceProperty != claim.Namespace))
            {
                if (DomainClaims.Winner([DomainClaim.Of(above), claim]) != claim)
                {
                    yield return above;
                }
            }
        }
    }

    /// <summary>The policies in a namespace.</summary>
    public IEnumerable<ObjectKey> PoliciesIn(V1Namespace space) =>
        Policies.Cache.All.Keys.Where(key => key.Namespace == space.Metadata.Name);

    private MtaStsClass? Default => Classes.Cache.All.Values.Where(c => c.IsDefault)
        .OrderBy(c => c.Metadata.CreationTimestamp).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();

    private static IReadOnlyList<InformerScope>? In(IReadOnlyCollection<string> namespaces) =>
        namespaces.Count == 0 ? null : [.. namespaces.Select(space => new InformerScope(space, null))];

    private static IEnumerable<string> TlsSecretOf(string? domain) => MailDomain.TryParse(domain, out var parsed, out _) ? [ServingNames.OfTlsSecret(parsed)] : [];

    // What a class asks for is known before it is found valid; a kind that is watched in vain costs nothing.
    private void Want(MtaStsClass? c)
    {
        if (c?.Spec?.Serving is not { Namespace: { } space } serving || !Serving.ContainsKey(space))
        {
            return;
        }

        foreach (var informer in NeededBy(space, ExposureReader.Read(serving.Exposure, space, new Problems())))
        {
            informer.Want();
        }
    }

    // Only resources whose domain is in its one form are valid, so that the text itself is key enough.
    private static string DomainKey(MtaStsPolicy policy) => policy.Spec?.Domain ?? "";
}
