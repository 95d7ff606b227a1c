using System.Reflection;
using k8s;
using Microsoft.Extensions.Logging.Console;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns.Endpoint;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Hosting;

/// <summary>Puts the operator together and runs it.</summary>
public static class OperatorHost
{
    /// <summary>The process ended in order.</summary>
    public const int Ended = 0;

    /// <summary>The leadership was lost; the process must be started again.</summary>
    public const int LeadershipLost = 3;

    private const string Component = "mta-sts-operator";

    /// <summary>Runs until stopped, or until the leadership is lost.</summary>
    /// <param name="options">What it was told.</param>
    /// <param name="configuration">How the API server is reached.</param>
    /// <param name="stop">Ends it in order.</param>
    /// <returns><see cref="Ended"/> or <see cref="LeadershipLost"/>.</returns>
    public static async Task<int> RunAsync(OperatorOptions options, KubernetesClientConfiguration configuration, CancellationToken stop)
    {
        var time = TimeProvider.System;
        using var loggers = LoggerFactory.Create(logging => Configure(logging, options));
        var log = loggers.CreateLogger("MtaSts.Operator");
        using var client = new k8s.Kubernetes(configuration);
        var api = new ApiClient(client, time);
        var cluster = new Cluster(api, options.OperatorNamespace, options.ServingNamespaces, options.WatchNamespaces, loggers, time);
        using var prober = new DomainProber(options.Probes, time, loggers);
        using var names = new DnsProbe(options.Probes, time);
        using var adapters = new DnsAdapters(loggers, time, new EndpointSurroundings(new ServerSideApply(api, Component), options.OperatorNamespace, names));
        var election = LeaderElectionOptions.For(options.OperatorNamespace, Component, options.LeaseDuration);
        var elector = new LeaderElector(api, election, loggers.CreateLogger<LeaderElector>(), time);
        var events = new EventRecorder(
            api, new EventRecorderOptions { ReportingController = ApiGroup.Name, ReportingInstance = election.Identity }, loggers.CreateLogger<EventRecorder>(), time);
        var fence = new Fence(api, () => !options.ElectLeader || elector.IsLeader);
        await using var side = SideServer.Build(options.HealthListen, new RuntimeHealth(cluster.Informers, time), VersionText);
        Controllers? built = null;
        var board = new DomainBoard();
        var sources = new MetricsSources(
            board, () => fence.IsOpen, () => ResourceStatuses.Of(cluster), () => Removals(cluster), () => built?.Queues ?? [], cluster.Informers, () => built?.Limits ?? [], time);
        var instruments = new Instruments(new OperatorMetrics(side.Meters, sources), new RuntimeMetrics(side.Meters), board);
        using var background = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (informers, announcing) = (Task.CompletedTask, Task.CompletedTask);
        var serving = side.RunAsync(background.Token);
        try
        {
            // A port that is taken, and the like, ends the start.
            if (serving.IsFaulted)
            {
                await serving;
            }

            var ownerId = options.OwnerId ?? await ClusterIdentity.OwnerIdAsync(api, log, time, stop);
            ReconcileLog.Starting(log, VersionText, ownerId, options.OperatorNamespace, string.Join(", ", options.ServingNamespaces));
            var controllers = built = Controllers.Build(
                options, ownerId, cluster, prober, adapters, new ServerSideApply(api, Component), events, fence, instruments, loggers, time);
            informers = cluster.RunAsync(background.Token);
            announcing = events.RunAsync(background.Token);
            if (!options.ElectLeader)
            {
                await controllers.RunAsync(stop, CancellationToken.None);
                return Ended;
            }

            if (await elector.RunAsync(lost => controllers.RunAsync(stop, lost), stop) == LeadershipEnd.Stopped)
            {
                return Ended;
            }

            ReconcileLog.LeadershipLost(log);
            return LeadershipLost;
        }
        catch (OperationCanceledException) when (built is null && stop.IsCancellationRequested)
        {
            return Ended;
        }
        finally
        {
            await background.CancelAsync();
            await Quietly(informers);
            await Quietly(serving);
            await Quietly(announcing);
            built?.Dispose();
        }
    }

    private static IEnumerable<RemovalDue> Removals(Cluster cluster) =>
        cluster.Policies.Cache.All.Values.Select(RemovalDue.Of).Concat(cluster.Retirements.Cache.All.Values.Select(RemovalDue.Of)).OfType<RemovalDue>();

    private static string VersionText =>
        typeof(OperatorHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static void Configure(ILoggingBuilder logging, OperatorOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        if (options.LogJson)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
        }
    }
}
