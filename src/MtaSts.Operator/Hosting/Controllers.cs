using k8s;
using k8s.Models;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Serving.Foreign;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Hosting;

/// <summary>The controllers of the five kinds, and what makes each look again.</summary>
internal sealed class Controllers : IDisposable
{
    // Longer than the probes of one domain may take in all.
    private static readonly TimeSpan PassDeadline = TimeSpan.FromMinutes(4);

    private readonly Controller<MtaStsPolicy> _policies;
    private readonly Controller<MtaStsRetirement> _retirements;
    private readonly Controller<MtaStsClass> _classes;
    private readonly Controller<ClusterDnsProvider> _providers;
    private readonly Controller<DnsProvider> _ownProviders;
    private readonly Providers _opened;

    private Controllers(
        Controller<MtaStsPolicy> policies,
        Controller<MtaStsRetirement> retirements,
        Controller<MtaStsClass> classes,
        Controller<ClusterDnsProvider> providers,
        Controller<DnsProvider> ownProviders,
        Providers opened) =>
        (_policies, _retirements, _classes, _providers, _ownProviders, _opened) = (policies, retirements, classes, providers, ownProviders, opened);

    /// <summary>How full the queues are.</summary>
    public IReadOnlyList<QueueFigures> Queues => [FiguresOf(_policies), FiguresOf(_retirements), FiguresOf(_classes), FiguresOf(_providers), FiguresOf(_ownProviders)];

    /// <summary>What is left to each provider that has a limit on requests.</summary>
    public IReadOnlyList<(string Provider, RequestHeadroom Headroom)> Limits => _opened.Limits();

    /// <summary>Puts them together.</summary>
    /// <param name="options">What the operator was told.</param>
    /// <param name="ownerId">The owner id of DNS records for providers that name none.</param>
    /// <param name="cluster">The informers; the controllers hear what they bring from now on.</param>
    /// <param name="prober">Looks at domains.</param>
    /// <param name="adapters">How providers are reached.</param>
    /// <param name="writer">Writes to the API server.</param>
    /// <param name="events">Where events go.</param>
    /// <param name="fence">Whether this process may write.</param>
    /// <param name="instruments">Where figures go.</param>
    /// <param name="loggers">Where log lines go.</param>
    /// <param name="time">The clock.</param>
    public static Controllers Build(
        OperatorOptions options,
        string ownerId,
        Cluster cluster,
        DomainProber prober,
        DnsAdapters adapters,
        ServerSideApply writer,
        EventRecorder events,
        Fence fence,
        Instruments instruments,
        ILoggerFactory loggers,
        TimeProvider time)
    {
        var desk = new AdmissionDesk(cluster, ownerId, options.MaxAgeMin, options.ServingLag);
        var providers = new Providers(new SecretEntries(cluster, writer), adapters, time);
        var serving = new ServingWriter(cluster, writer);
        var book = new ProviderBook(time);
        var domains = new DomainWriter(serving, new RecordWriter(providers, new RecordPublisher(loggers.CreateLogger<RecordPublisher>()), book, instruments.Operator));
        var announcer = new Announcer(events, instruments.Operator, loggers.CreateLogger<Announcer>());
        var watch = new Watch();
        var moves = new ClassMoves(options.ServingLag);
        var fleets = new FleetDesk(cluster);
        var hosts = new HostDesk(cluster);
        var handover = new Handover(cluster, writer);
        var pass = new DomainPass(
            cluster, prober, fleets, hosts, new HostPacer(cluster), serving, domains, new StatusWriter(writer, fence, time), announcer, instruments.Board, watch, moves, fence, time);
        var policyController = new PolicyController(
            cluster, desk, pass, handover, domains, fleets, announcer, instruments.Board, watch, moves, fence, time, loggers.CreateLogger<PolicyController>());
        var retirementController = new RetirementController(
            desk, pass, handover, writer, instruments.Board, watch, moves, fence, time, loggers.CreateLogger<RetirementController>());

        var policies = new Controller<MtaStsPolicy>(
            writer, cluster.Policies, policyController, policyController, Options(options.Workers), loggers.CreateLogger<Controller<MtaStsPolicy>>(), time);
        var retirements = new Controller<MtaStsRetirement>(
            writer, cluster.Retirements, retirementController, null, Options(options.Workers), loggers.CreateLogger<Controller<MtaStsRetirement>>(), time);
        var classes = new Controller<MtaStsClass>(
            writer, cluster.Classes,
            new ClassController(cluster, writer, fence, instruments.Operator, options.MaxAgeMin, time, loggers.CreateLogger<ClassController>()), null, Options(2),
            loggers.CreateLogger<Controller<MtaStsClass>>(), time);
        var clusterProviders = Of(cluster.Providers);
        var ownProviders = Of(cluster.OwnProviders);

        book.News += name =>
        {
            if (name.Split('/') is [var space, var own])
            {
                ownProviders.Enqueue(new ObjectKey(space, own));
            }
            else
            {
                clusterProviders.Enqueue(new ObjectKey(null, name));
            }
        };
        WatchAll(cluster, policies, classes, clusterProviders);
        WatchAll(cluster, policies, retirements);
        return new Controllers(policies, retirements, classes, clusterProviders, ownProviders, providers);

        ControllerOptions Options(int workers) =>
            new() { Workers = new WorkerPoolOptions { Workers = workers, PassDeadline = PassDeadline, Metrics = instruments.Runtime } };

        Controller<T> Of<T>(Informer<T> informer)
            where T : class, IDnsProviderResource<T> => new(
                writer, informer,
                new ProviderController<T>(providers, book, cluster, writer, fence, ownerId, time, loggers.CreateLogger<ProviderController<T>>()), null, Options(2),
                loggers.CreateLogger<Controller<T>>(), time);
    }

    /// <summary>Runs all until stopped or aborted.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken abort) =>
        Task.WhenAll(
            _policies.RunAsync(stop, abort), _retirements.RunAsync(stop, abort), _classes.RunAsync(stop, abort), _providers.RunAsync(stop, abort),
            _ownProviders.RunAsync(stop, abort));

    /// <inheritdoc/>
    public void Dispose()
    {
        _policies.Dispose();
        _retirements.Dispose();
        _classes.Dispose();
        _providers.Dispose();
        _ownProviders.Dispose();
    }

    private static QueueFigures FiguresOf<T>(Controller<T> controller)
        where T : class, IKubernetesObject<V1ObjectMeta> => new(ResourceKind.Of<T>().Kind, controller.Waiting, controller.Running, controller.Delayed);

    private static void WatchAll(
        Cluster cluster, Controller<MtaStsPolicy> policies, Controller<MtaStsClass> classes, Controller<ClusterDnsProvider> providers)
    {
        // Of what many domains hang on, a change of status alone concerns none of them: they go by the spec.
        policies.Watches(cluster.Classes, cluster.PoliciesOf, ChangeFilter.SpecOrMetadata);
        policies.Watches(cluster.Providers, cluster.PoliciesOf, ChangeFilter.SpecOrMetadata);
        policies.Watches(cluster.OwnProviders, cluster.PoliciesOf, ChangeFilter.SpecOrMetadata);
        policies.Watches(cluster.Secrets, secret => cluster.ProvidersOf(secret).SelectMany(cluster.PoliciesOf));
        policies.Watches(cluster.Namespaces, cluster.PoliciesIn);

        // The next in line for a domain looks when the one before it goes.
        policies.Watches(cluster.Policies, policy => cluster.WithDomainOf(policy).Select(p => ObjectKey.Of(p)).Where(k => k != ObjectKey.Of(policy)));
        providers.Watches(cluster.Secrets, secret => cluster.ProvidersOf(secret).Select(p => ObjectKey.Of(p)));
        foreach (var serving in cluster.Serving.Values)
        {
            policies.Watches(serving.Ingresses, OwnerOf);
            policies.Watches(serving.Routes, OwnerOf);
            policies.Watches(serving.ListenerSets, OwnerOf);
            policies.Watches(serving.Certificates, certificate => cluster.OfHost(certificate.Host).Policies);
            policies.Watches(serving.TlsSecrets, secret => cluster.OfTlsSecret(secret.Metadata.Name).Policies);
            policies.Watches(serving.Services, service => cluster.ClassesOf(service).SelectMany(cluster.PoliciesOf), HasMoved);
            serving.ConfigMaps.OnChange(change => OnDocuments(cluster, policies, change));
            classes.Watches(serving.Deployments, d => ClassOf(cluster, d.Metadata));
            classes.Watches(serving.Services, s => ClassOf(cluster, s.Metadata));
        }

        policies.Watches(cluster.Gateways, gateway => cluster.ClassesOf(gateway).SelectMany(cluster.PoliciesOf), HasMoved);
        classes.Watches(cluster.Gateways, gateway => cluster.ClassesOf(gateway).Select(c => ObjectKey.Of(c)), HasMoved);
    }

    private static void WatchAll(Cluster cluster, Controller<MtaStsPolicy> policies, Controller<MtaStsRetirement> retirements)
    {
        retirements.Watches(cluster.Classes, cluster.RetirementsOf, ChangeFilter.SpecOrMetadata);
        retirements.Watches(cluster.Providers, cluster.RetirementsOf, ChangeFilter.SpecOrMetadata);
        retirements.Watches(cluster.OwnProviders, cluster.RetirementsOf, ChangeFilter.SpecOrMetadata);
        retirements.Watches(cluster.Secrets, secret => cluster.ProvidersOf(secret).SelectMany(cluster.RetirementsOf));
        foreach (var serving in cluster.Serving.Values)
        {
            retirements.Watches(serving.Ingresses, ingress => RetirementOf(cluster, ingress));
            retirements.Watches(serving.Routes, route => RetirementOf(cluster, route));
            retirements.Watches(serving.ListenerSets, listeners => RetirementOf(cluster, listeners));
            retirements.Watches(serving.Certificates, certificate => cluster.OfHost(certificate.Host).Retirements);
            retirements.Watches(serving.TlsSecrets, secret => cluster.OfTlsSecret(secret.Metadata.Name).Retirements);
            retirements.Watches(serving.Services, service => cluster.ClassesOf(service).SelectMany(cluster.RetirementsOf), HasMoved);
        }

        retirements.Watches(cluster.Gateways, gateway => cluster.ClassesOf(gateway).SelectMany(cluster.RetirementsOf), HasMoved);

        // A policy that comes for the domain, or one to which it was yielded and that is gone again.
        retirements.Watches(cluster.Policies, policy => Existing(cluster, policy.Spec?.Domain));
        policies.Watches(cluster.Retirements, retirement => cluster.OfDomain(retirement.Spec.Domain).Select(p => ObjectKey.Of(p)));
    }

    // What thousands of domains are reached through changes its status with every one of them; they go by its address alone.
    private static bool HasMoved(Gateway old, Gateway current) => !HostView.TargetsOf(old).Equals(HostView.TargetsOf(current));

    private static bool HasMoved(V1Service old, V1Service current) => !HostView.TargetsOf(old).Equals(HostView.TargetsOf(current));

    private static IEnumerable<ObjectKey> RetirementOf(Cluster cluster, IKubernetesObject<V1ObjectMeta> item) =>
        Existing(cluster, ServingCaches.Annotation(item, ApiGroup.DomainAnnotation));

    private static IEnumerable<ObjectKey> Existing(Cluster cluster, string? domain) =>
        domain is not null && cluster.Retirements.Cache.Find(new ObjectKey(null, domain)) is { } found ? [ObjectKey.Of(found)] : [];

    private static IEnumerable<ObjectKey> OwnerOf(IKubernetesObject<V1ObjectMeta> item) =>
        ServingCaches.Annotation(item, ApiGroup.OwnerAnnotation)?.Split('/') is [var space, var name]
            ? [new ObjectKey(space, name)]
            : [];

    private static IEnumerable<ObjectKey> ClassOf(Cluster cluster, V1ObjectMeta metadata) =>
        cluster.Classes.Cache.All.Keys.Where(key => ServingNames.OfClass(key.Name) == metadata.Name);

    // A ConfigMap holds hundreds of documents: only the domains whose entry somebody else changed are looked at.
    private static void OnDocuments(Cluster cluster, Controller<MtaStsPolicy> policies, Change<V1ConfigMap> change)
    {
        var (old, current) = change switch
        {
            Change<V1ConfigMap>.Updated updated => (updated.Old.Data, updated.Current.Data),
            Change<V1ConfigMap>.Deleted deleted => (deleted.Last.Data, null),
            _ => (null, null),
        };
        foreach (var (domain, text) in old ?? new Dictionary<string, string>())
        {
            if (current?.TryGetValue(domain, out var now) == true && now == text)
            {
                continue;
            }

            foreach (var policy in cluster.OfDomain(domain))
            {
                policies.Enqueue(ObjectKey.Of(policy));
            }
        }
    }
}
