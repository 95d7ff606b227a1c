using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// One pass over one policy: resource, intent, observations, decision, desired state, apply, status. The whole product is these steps in
/// their order; each lives in a place of its own.
/// </summary>
public sealed class PolicyPass(
    Cluster cluster,
    AdmissionDesk desk,
    DomainProber prober,
    ServingWriter serving,
    RecordWriter records,
    StatusWriter statuses,
    Announcer announcer,
    Watch watch,
    Fence fence,
    TimeProvider time)
{
    // A write that another one overtook is tried again on what the watch brings, which takes this long or less.
    private static readonly TimeSpan AfterConflict = TimeSpan.FromSeconds(1);

    // From this on a spread does no harm, and keeps ten thousand domains from being looked at in one moment.
    private static readonly TimeSpan JitterFrom = TimeSpan.FromSeconds(30);

    /// <summary>Runs the pass.</summary>
    /// <returns>When the next one is due; null when only a change of the world asks for one.</returns>
    public async Task<PassResult> RunAsync(MtaStsPolicy policy, CancellationToken cancellationToken)
    {
        // 1. Resource -> intent. What is not admitted, or is not the domain's owner, has no effect at all.
        var admission = desk.Admit(policy);
        if (admission is Admission.Rejected rejected)
        {
            return await SettleAsync(policy, new PassOutcome { Rejection = (rejected.Reason, rejected.Message) }, null, cancellationToken);
        }

        var (intent, settings, provider) = (Admission.Admitted)admission;
        if (desk.ClaimedByOther(policy) is { } other)
        {
            return await SettleAsync(policy, new PassOutcome { ClaimedBy = other, Intent = intent }, null, cancellationToken);
        }

        var state = StatusMapping.StateOf(policy.Status);
        var owner = OwnerIdentity.Create(provider.OwnerId, ObjectKey.Of(policy).ToString());

        // 2. Observations.
        var request = new ProbeRequest(
            intent.Domain, FetchPolicy: true, ProbeMx: true, DesiredState.KeysToWatch(intent.Domain), settings.ProbeNetworks, intent.Interval);
        var observed = await prober.ObserveAsync(request, cancellationToken);
        var now = time.GetUtcNow();
        var evidence = EvidenceReader.Read(
            intent, state, observed, provider.OwnerId, watch.Look(ObjectKey.Of(policy), now, intent.Interval), now);

        // 3. Decide. The state is written before its effects, so that whoever comes after a crash goes on from it and not back.
        var decision = Decider.Decide(intent, state, evidence, now);
        if (!decision.Next.SameEffects(state))
        {
            var written = await statuses.WriteStateAsync(policy, intent, decision, cancellationToken);
            if (written is null)
            {
                return Overtaken(policy);
            }

            policy = written;
            announcer.Moved(policy, intent, state, decision);
        }

        // 4. Desired state.
        var space = settings.Serving.Namespace;
        var ingress = cluster.Serving[space].Ingresses.Cache.Find(new ObjectKey(space, Serving.ServingNames.OfIngress(intent.Domain)));
        var desired = DesiredState.Of(intent, decision.Next, settings, provider, ObjectKey.Of(policy).ToString(), ingress);

        // 5. Apply what is not so already. rfc8461#8.1: what is served comes first; the decision names no id before it has been seen.
        var missing = RecordsInPlace.Missing(desired.Records, observed, owner);
        var (servingProblems, dnsProblems, anyWritten) = (ImmutableArray<ApplyProblem>.Empty, ImmutableArray<ApplyProblem>.Empty, false);
        if (!missing.IsEmpty || !serving.IsInPlace(desired, space))
        {
            if (!await fence.HoldsAsync(policy, cancellationToken))
            {
                return Overtaken(policy);
            }

            servingProblems = await serving.ApplyAsync(desired, settings.Name, space, cancellationToken);
            (dnsProblems, anyWritten) = await records.ApplyAsync(provider, missing, owner, intent.Adoption, cancellationToken);
            dnsProblems = [.. dnsProblems.Where(p => !IsHarmless(p, intent, evidence))];
        }

        // 6. Status, and when to look again: soon, where something was just written that the next look should see.
        var outcome = new PassOutcome
        {
            Intent = intent,
            Evidence = evidence,
            Decision = decision,
            DnsProblems = dnsProblems,
            ServingProblems = servingProblems,
        };
        var wait = anyWritten && decision.LookAgain > AfterConflict ? AfterConflict : Spread(decision.LookAgain);
        return await SettleAsync(policy, outcome, wait, cancellationToken);
    }

    private async Task<PassResult> SettleAsync(MtaStsPolicy policy, PassOutcome outcome, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var written = await statuses.WriteOutcomeAsync(policy, outcome, cancellationToken);
        if (written is null)
        {
            return Overtaken(policy);
        }

        announcer.Settled(policy, written);
        return outcome.DnsProblems.Concat(outcome.ServingProblems).FirstOrDefault(p => !p.NeedsSomebody) is { } transient
            ? PassResult.Failed($"{transient.Subject}: {transient.Message}")
            : new PassResult(wait, null);
    }

    // What this look found was not written, and might have been a broken check: it does not count as one.
    private PassResult Overtaken(MtaStsPolicy policy)
    {
        watch.Forget(ObjectKey.Of(policy));
        return PassResult.Again(AfterConflict);
    }

    // The owner may see to the policy host's address himself: what senders reach is then right, whoever's record it is.
    private static bool IsHarmless(ApplyProblem problem, Intent intent, Evidence evidence) =>
        problem.Reason == Reason.RecordNotOwned
        && problem.Subject.StartsWith(intent.Domain.PolicyHost, StringComparison.Ordinal)
        && evidence.Of(Check.PolicyServed) is Finding.Healthy;

    private static TimeSpan Spread(TimeSpan wait) =>
        wait < JitterFrom ? wait : wait * (0.9 + (0.1 * Random.Shared.NextDouble()));
}

/// <summary>How a pass ended.</summary>
/// <param name="Wait">When the next one is due; null for none.</param>
/// <param name="Failure">What failed and is tried again by back-off; null when nothing did.</param>
public sealed record PassResult(TimeSpan? Wait, string? Failure)
{
    /// <summary>Another pass is due soon: this one was overtaken.</summary>
    public static PassResult Again(TimeSpan wait) => new(wait, null);

    /// <summary>Something failed that may succeed later.</summary>
    public static PassResult Failed(string what) => new(null, what);
}
