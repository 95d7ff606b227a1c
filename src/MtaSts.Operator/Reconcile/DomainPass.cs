using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// One pass over one domain: resource, intent, observations, decision, desired state, apply, status. The whole product is these steps in
/// their order; each lives in a place of its own.
/// </summary>
public sealed class DomainPass(
    Cluster cluster,
    DomainProber prober,
    FleetDesk fleets,
    HostDesk hosts,
    HostPacer pacer,
    ServingWriter serving,
    DomainWriter writer,
    StatusWriter statuses,
    Announcer announcer,
    DomainBoard board,
    Watch watch,
    ClassMoves moves,
    Fence fence,
    TimeProvider time)
{
    // A write that another one overtook is tried again on what the watch brings, which takes this long or less.
    private static readonly TimeSpan AfterConflict = TimeSpan.FromSeconds(1);

    // From this on a spread does no harm, and keeps ten thousand domains from being looked at in one moment.
    private static readonly TimeSpan JitterFrom = TimeSpan.FromSeconds(30);

    /// <summary>Runs the pass.</summary>
    /// <typeparam name="T">A policy, or a retirement.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <param name="admission">Step 1, resource to intent, as the desk answered. What is not admitted has no effect at all.</param>
    /// <param name="start">The state to go on from, where that is not the one in the resource's status; null else.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>When the next one is due; null when only a change of the world asks for one.</returns>
    public Task<PassResult> RunAsync<T>(T resource, Admission admission, RolloutState? start, CancellationToken cancellationToken)
        where T : class, IDomainResource<T> => watch.DuringAsync(ObjectKey.Of(resource), () => RunStepsAsync(resource, admission, start, cancellationToken));

    private async Task<PassResult> RunStepsAsync<T>(T resource, Admission admission, RolloutState? start, CancellationToken cancellationToken)
        where T : class, IDomainResource<T>
    {
        var kind = ResourceKind.Of<T>().Kind;
        using var trace = Tracing.Pass(kind, ObjectKey.Of(resource).ToString());

        // 1. Resource -> intent.
        if (admission is not Admission.Admitted admitted)
        {
            board.Forget(kind, ObjectKey.Of(resource));
            return await SettleAsync(resource, Refused(admission), null, (admission as Admission.Rejected)?.LookAgain, cancellationToken);
        }

        var (intent, settings, provider, owner) = admitted;
        var key = ObjectKey.Of(resource);
        var caches = cluster.Serving[settings.Serving.Namespace];
        if (caches.IsListing || cluster.Gateways is { IsWanted: true, HasSynced: false, LastError: null })
        {
            return PassResult.Again(AfterConflict);
        }

        var state = start ?? StatusMapping.StateOf(resource.Status);
        var identity = provider.IdentityOf(owner);

        // 2. Observations.
        var request = new ProbeRequest(
            intent.Domain, FetchPolicy: true, ProbeMx: true, DesiredState.KeysToWatch(intent.Domain, provider.Delegation), settings.ProbeNetworks, intent.Interval);
        var observed = await Tracing.InStepAsync("observe", () => prober.ObserveAsync(request, cancellationToken));
        var now = time.GetUtcNow();
        var host = hosts.Look(intent.Domain, settings.Serving);
        var evidence = EvidenceReader.Read(intent, state, observed, identity?.OwnerId, watch.Look(key, now, intent.Interval), now) with
        {
            Fleet = fleets.Of(key, settings.Name, intent, state, now),
        };

        evidence = evidence with { Checks = HostTrouble.Explain(evidence.Checks, host.Trouble) };

        // 3. Decide. The state is written before its effects, so that whoever comes after a crash goes on from it and not back.
        var decision = fleets.Booked(key, settings.Name, intent, Decider.Decide(intent, state, evidence, now))
            ?? Decider.Decide(intent, state, evidence with { Fleet = fleets.Of(key, settings.Name, intent, state, now) }, now);
        if (!decision.Next.SameEffects(state) || start is not null)
        {
            var written = await Tracing.InStepAsync("write state", () => statuses.WriteStateAsync(resource, admitted, decision, cancellationToken));
            if (written is null)
            {
                fleets.Release(key);
                return Overtaken(key);
            }

            resource = written;
            announcer.Moved(resource, settings.Name, intent, state, decision);
        }

        board.Note(kind, key, DomainSeen.Of(intent, settings.Name, observed, evidence, decision, resource.Status?.Checks, now, board.Of(kind, key)));

        // 4. Desired state.
        var places = new Places(resource.Status?.ClassName ?? settings.Name, resource.Status?.ProviderName ?? provider.Name);
        var move = moves.Of(key, places.ClassName, settings.Name, TimeSpan.FromSeconds(provider.TtlSeconds), now);
        var space = settings.Serving.Namespace;
        var desired = DesiredState.Of(intent, decision.Next, settings, provider, owner, host.Targets, hosts.CertificateOf(intent.Domain, settings.Serving));
        var turn = TurnOf(desired, state, caches, settings, now);
        var stays = move is MoveStep.Turning or MoveStep.Leaving && state.PublishedId is not null && !desired.IsRemoval && !CanAnswer(desired, host, caches);
        if (stays)
        {
            moves.Hold(key, settings.Name, now);
        }

        desired = move == MoveStep.Filling || stays ? desired.WithoutHostRecords() : desired;
        desired = move == MoveStep.Filling || turn is not null ? desired with { Host = [] } : desired;

        // 5. Apply what is not so already. A domain whose class changed is in both places until senders find it in the new one. Where its provider changed, all
        // records are written to the new one, and those at the old one stay: they may be the very same records under another name, and whoever still asks that
        // server shall not find less than before.
        var missing = places.ProviderName == provider.Name ? RecordsInPlace.Missing(desired.Records, observed, identity) : [.. desired.Records];
        var applied = Applied.Nothing;
        if (!missing.IsEmpty || !serving.IsInPlace(desired, settings.Name, space, owner) || move == MoveStep.Leaving)
        {
            if (!await fence.HoldsAsync(resource, cancellationToken))
            {
                return Overtaken(key);
            }

            applied = await Tracing.InStepAsync("apply", () => writer.ApplyAsync(admitted, desired, missing, cancellationToken));
            applied = applied with { DnsProblems = [.. applied.DnsProblems.Where(p => !IsHarmless(p, intent, evidence))] };
            places = places with { ProviderName = applied.DnsProblems.IsEmpty ? provider.Name : places.ProviderName };
            if (move == MoveStep.Leaving && turn is null && !stays && applied.IsComplete && (desired.IsRemoval || evidence.Of(Check.PolicyServed) is Finding.Healthy))
            {
                var left = await serving.LeaveAsync(desired, places.ClassName!, admitted, cancellationToken);
                places = places with { ClassName = left.IsEmpty ? settings.Name : places.ClassName };
                applied = applied with { ServingProblems = left };
            }
        }

        // 6. Status, and when to look again: soon, where something was just written that the next look should see.
        var outcome = new PassOutcome
        {
            Intent = intent,
            Evidence = evidence.After(intent.Domain, state, decision.Next),
            Decision = decision,
            DnsProblems = [.. applied.DnsProblems, .. IsDone(decision) ? [] : MissingAliases.Of(intent, observed, evidence, provider.TtlSeconds)],
            ServingProblems = [.. applied.ServingProblems, .. new[] { turn, stays ? Held(intent, host, settings) : null }.OfType<ApplyProblem>()],
        };
        var soon = applied.AnyRecordWritten ? AfterConflict : move != MoveStep.None ? moves.LookAgain : TimeSpan.MaxValue;
        var result = await SettleAsync(resource, outcome, places, decision.LookAgain > soon ? soon : Spread(decision.LookAgain), cancellationToken);
        return result with { IsRemoved = desired.IsRemoval && missing.IsEmpty && applied.IsComplete && !applied.AnyRecordWritten };
    }

    // A new host waits for its turn at the issuer. What is published does not: senders look for it there.
    private ApplyProblem? TurnOf(DesiredState desired, RolloutState state, ServingCaches caches, ClassSettings settings, DateTimeOffset now) =>
        desired.Host is [var first, ..] && state.PublishedId is null && caches.Find(first.Kind, first.Key) is null
        && pacer.WaitFor(first.Key, settings.Serving, now) is { } wait
            ? new ApplyProblem(
                Reason.PolicyHostPaced, desired.Domain.PolicyHost,
                $"waits for its turn: class {settings.Name} makes at most {settings.Serving.NewHostsPerHour} new policy hosts an hour (spec.serving.exposure.maxNewHostsPerHour)",
                NeedsSomebody: false)
            {
                RetryAfter = wait,
            }
            : null;

    // Senders are led to the new place of a published domain when it can answer them, and not before.
    private static bool CanAnswer(DesiredState desired, HostView host, ServingCaches caches) =>
        host.Trouble is null && desired.Host.All(o => caches.Find(o.Kind, o.Key) is not null);

    private static ApplyProblem? Held(Intent intent, HostView host, ClassSettings settings) => host.Trouble is { } trouble
        ? new ApplyProblem(
            trouble.Reason, trouble.Subject, $"{trouble.Message}; until that is mended, {intent.Domain.PolicyHost} stays where it is, and does not move to class {settings.Name}", NeedsSomebody: false)
        : null;

    private static PassOutcome Refused(Admission admission) => admission switch
    {
        Admission.Claimed claimed => new PassOutcome { ClaimedBy = claimed.By, Intent = claimed.Intent },
        Admission.Rejected rejected => new PassOutcome { Rejection = (rejected.Reason, rejected.Message) },
        _ => throw new ArgumentException("an admitted resource is not refused", nameof(admission)),
    };

    private async Task<PassResult> SettleAsync<T>(T resource, PassOutcome outcome, Places? places, TimeSpan? wait, CancellationToken cancellationToken)
        where T : class, IDomainResource<T>
    {
        var written = await Tracing.InStepAsync("write status", () => statuses.WriteOutcomeAsync(resource, outcome, places, cancellationToken));
        if (written is null)
        {
            return Overtaken(ObjectKey.Of(resource));
        }

        announcer.Settled(resource, written);
        return outcome.DnsProblems.Concat(outcome.ServingProblems).FirstOrDefault(p => !p.NeedsSomebody) is { } transient
            ? PassResult.Failed($"{transient.Subject}: {transient.Message}", transient.RetryAfter)
            : new PassResult(wait, null);
    }

    // What this look found was not written, and might have been a broken check: it does not count as one.
    private PassResult Overtaken(ObjectKey key)
    {
        watch.Forget(key);
        return PassResult.Again(AfterConflict);
    }

    // The owner may see to the policy host's address himself: what senders reach is then right, whoever's record it is.
    private static bool IsHarmless(ApplyProblem problem, Intent intent, Evidence evidence) =>
        problem.Reason is Reason.RecordNotOwned or Reason.RecordsByHand
        && problem.Subject.StartsWith(intent.Domain.PolicyHost, StringComparison.Ordinal)
        && evidence.Of(Check.PolicyServed) is Finding.Healthy;

    // Nothing is there, or shall stay there, that a CNAME would lead to.
    private static bool IsDone(Decision decision) =>
        decision.Next.Withdrawn || (decision.Next.Served is null && decision.Waiting is Finding.Unknown { Reason: Reason.TargetReached });

    private static TimeSpan Spread(TimeSpan wait) =>
        wait < JitterFrom ? wait : wait * (0.9 + (0.1 * Random.Shared.NextDouble()));
}

/// <summary>How a pass ended.</summary>
/// <param name="Wait">When the next one is due; null for none.</param>
/// <param name="Failure">What failed and is tried again, after the wait or by back-off where there is none; null when nothing did.</param>
/// <param name="IsRemoved">True when records and policy were to be taken away, and were seen to be gone.</param>
public sealed record PassResult(TimeSpan? Wait, string? Failure, bool IsRemoved = false)
{
    /// <summary>Another pass is due soon: this one was overtaken.</summary>
    public static PassResult Again(TimeSpan wait) => new(wait, null);

    /// <summary>Something failed that may succeed later: after a wait, or by back-off where that is null.</summary>
    public static PassResult Failed(string what, TimeSpan? wait) => new(wait, what);
}
