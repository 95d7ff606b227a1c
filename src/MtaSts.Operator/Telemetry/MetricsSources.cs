using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Telemetry;

/// <summary>What the instruments look at when somebody asks.</summary>
/// <param name="Board">The last look at each domain.</param>
/// <param name="IsLeader">Whether this replica leads; the others say nothing of domains, so that none is counted twice.</param>
/// <param name="Statuses">Kind, readiness and its reason of every resource.</param>
/// <param name="Removals">The domains that are being taken down.</param>
/// <param name="Queues">The queues.</param>
/// <param name="Informers">The caches.</param>
/// <param name="Limits">The providers that have a limit on requests.</param>
/// <param name="Time">The clock.</param>
public sealed record MetricsSources(
    DomainBoard Board,
    Func<bool> IsLeader,
    Func<IEnumerable<(string Kind, string Ready, string Reason)>> Statuses,
    Func<IEnumerable<RemovalDue>> Removals,
    Func<IEnumerable<QueueFigures>> Queues,
    IReadOnlyList<IInformer> Informers,
    Func<IEnumerable<(string Provider, RequestHeadroom Headroom)>> Limits,
    TimeProvider Time);

/// <summary>How full a controller's queue is.</summary>
/// <param name="Kind">The kind that it works on.</param>
/// <param name="Waiting">Keys that wait for a worker.</param>
/// <param name="Running">Passes that run.</param>
/// <param name="Delayed">Keys that wait for their time.</param>
public sealed record QueueFigures(string Kind, int Waiting, int Running, int Delayed);
