using System.Text.Json.Nodes;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Passes the state of a domain from a policy that is deleted to a retirement, and from a retirement to a policy that comes back. At each moment one of the two
/// acts, and the state is written down on the one before it leaves the other:
/// </summary>
/// <remarks>
/// <code>
/// policy deleted                      retirement created, with the whole state in its spec; then the policy's finalizer goes
/// policy comes, retirement there      the retirement is marked as yielded (it does nothing from then on); the policy goes on from its state and writes
///                                     that into its own status; then the retirement is deleted
/// </code>
/// </remarks>
/// <param name="cluster">What the API server has.</param>
/// <param name="writer">Writes.</param>
public sealed class Handover(Cluster cluster, ServerSideApply writer)
{
    private static readonly ResourceKind Retirements = ResourceKind.Of<MtaStsRetirement>();

    /// <summary>Hands a domain to a retirement. Safe to repeat.</summary>
    /// <param name="policy">The policy that is being deleted, with something published.</param>
    /// <param name="className">The class under which it is served.</param>
    /// <param name="reporting">Where senders report, or null.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>Null when the retirement is there; else why not.</returns>
    public async Task<WriteOutcome?> GiveAsync(MtaStsPolicy policy, string className, TlsReportingSpec? reporting, CancellationToken cancellationToken)
    {
        var status = policy.Status!;
        var key = new ObjectKey(null, status.Domain!);
        var state = StatusMapping.StateOf(status);
        switch (await writer.ReadAsync(Retirements, key, cancellationToken))
        {
            case WriteOutcome.NotFound:
                break;
            case WriteOutcome.Written found when found.As<MtaStsRetirement>() is var other:
                if (other.Spec.PolicyRef.Uid == policy.Metadata.Uid)
                {
                    return null;
                }

                // One that this policy took over and did not see gone, or that was overlooked: what it knows of senders is kept.
                state = state with { Ledger = StatusMapping.StateOf(other.Known).Ledger.Entries.Aggregate(state.Ledger, (ledger, entry) => ledger.Add(entry)) };
                if (await writer.DeleteAsync(Retirements, key, other.Metadata.Uid, other.Metadata.ResourceVersion, cancellationToken) is { IsSuccess: false } stays)
                {
                    return stays;
                }

                break;
            case var failed:
                return failed;
        }

        var retirement = new MtaStsRetirement
        {
            Metadata = new() { Name = key.Name },
            Spec = new MtaStsRetirementSpec
            {
                Domain = status.Domain!,
                PolicyRef = ReferenceTo(policy),
                ClassName = className,
                DnsProviderRef = policy.Spec?.DnsProviderRef,
                Mx = status.ServedMx ?? [],
                TlsReporting = reporting,
                Handover = StatusMapping.WithState(new MtaStsPolicyStatus(), state, null) with { Domain = status.Domain, ClassName = className, ProviderName = status.ProviderName },
            },
        };
        var body = JsonText.ObjectOf(retirement);
        body.Remove("status");
        return await writer.CreateAsync(Retirements, body, cancellationToken) is { IsSuccess: false } refused ? refused : null;
    }

    /// <summary>Takes a domain over from its retirement, if there is one.</summary>
    /// <param name="policy">The policy that has the domain now.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<Takeover> TakeAsync(MtaStsPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(null, policy.Spec.Domain);
        if (policy.Status?.ServedId is not null)
        {
            // Already taken over: what is left of the retirement goes.
            if (cluster.Retirements.Cache.Find(key) is { } left && left.Spec.YieldedTo?.Uid == policy.Metadata.Uid)
            {
                await writer.DeleteAsync(Retirements, key, left.Metadata.Uid, null, cancellationToken);
            }

            return Takeover.None;
        }

        // Asked of the server itself: the cache of retirements may be behind the one of policies, and a domain that is begun anew beside its own retirement
        // would be two.
        var read = await writer.ReadAsync(Retirements, key, cancellationToken);
        if (read is WriteOutcome.NotFound or WriteOutcome.ApiMissing)
        {
            return Takeover.None;
        }

        if (read is not WriteOutcome.Written written)
        {
            return new Takeover.NotYet(read.ToString()!);
        }

        var retirement = written.As<MtaStsRetirement>();
        var state = StatusMapping.StateOf(retirement.Known);
        if (state.Withdrawn)
        {
            return new Takeover.NotYet($"the records of {key.Name} are just being removed by its MtaStsRetirement");
        }

        if (retirement.Spec.YieldedTo?.Uid != policy.Metadata.Uid)
        {
            var mark = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = retirement.Metadata.ResourceVersion },
                ["spec"] = new JsonObject { ["yieldedTo"] = JsonText.ObjectOf(ReferenceTo(policy)) },
            };
            if (await writer.MergePatchAsync(Retirements, key, mark, null, cancellationToken) is { IsSuccess: false } failed)
            {
                return new Takeover.NotYet(failed.ToString()!);
            }
        }

        return new Takeover.From(state.Note(state.Stage ?? Stage.NoPolicy.Name, Core.Observations.Reason.HandedOver, now));
    }

    /// <summary>True while a retirement has yielded to a policy that is there.</summary>
    public bool HasYielded(MtaStsRetirement retirement) =>
        retirement.Spec.YieldedTo is { } to && cluster.Policies.Cache.Find(new ObjectKey(to.Namespace, to.Name))?.Metadata.Uid == to.Uid;

    private static PolicyReference ReferenceTo(MtaStsPolicy policy) => new()
    {
        Namespace = policy.Metadata.NamespaceProperty,
        Name = policy.Metadata.Name,
        Uid = policy.Metadata.Uid,
    };
}

/// <summary>What a policy finds when it comes for a domain.</summary>
public abstract record Takeover
{
    /// <summary>No retirement: the policy goes on from its own status.</summary>
    public static readonly Takeover None = new Nothing();

    private Takeover()
    {
    }

    /// <summary>A retirement has yielded: the policy goes on from this state.</summary>
    /// <param name="State">The state.</param>
    public sealed record From(RolloutState State) : Takeover;

    /// <summary>The retirement has not let go yet.</summary>
    /// <param name="Why">Why.</param>
    public sealed record NotYet(string Why) : Takeover;

    private sealed record Nothing : Takeover;
}
