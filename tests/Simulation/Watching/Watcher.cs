using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Operator.Reconcile;
using MtaSts.Simulation.Operating;
using MtaSts.Simulation.Sending;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation.Watching;

/// <summary>Watches one domain: knows the truth of all sides, and ends the life at the first instant at which an invariant does not hold.</summary>
internal sealed class Watcher(Agenda agenda, DomainWorld world, Resource resource, OwnersBook book, Tally tally, Story story)
{
    private readonly Dictionary<string, string> _documents = [];
    private readonly Dictionary<PolicyId, int> _namings = [];
    private int _named;
    private readonly SoakWatch _soak = new();
    private PolicyDocument? _last;
    private (Snapshot Seen, DateTimeOffset At)? _atRest;

    /// <summary>Everybody who may send to the domain.</summary>
    public required IReadOnlyList<Sender> Senders { get; init; }

    /// <summary>The other domains of the class.</summary>
    public IReadOnlyList<Managed> Others { get; set; } = [];

    /// <summary>The records of others, by key: they stay whatever happens.</summary>
    public Dictionary<RecordKey, ImmutableSortedSet<string>> Siblings { get; } = [];

    /// <summary>The STS record of somebody else, until it is adopted or gone.</summary>
    public string? Stranger { get; set; }

    /// <summary>The farthest that the operator's clock has ever been wrong: by so much may what it counts be wrong.</summary>
    public TimeSpan ClockErrorMax { get; set; }

    /// <summary>Since when the published policy has been seen everywhere, as the status says; null while it is spreading.</summary>
    public DateTimeOffset? SpreadSince { get; private set; }

    public OwnersBook Book => book;

    /// <summary>The policy that was live before ours.</summary>
    public void Knows(PolicyDocument live) => _last = live;

    /// <summary>The state as the status gives it back.</summary>
    public RolloutState Stored(RolloutState state)
    {
        var stored = StatusMapping.StateOf(StatusMapping.WithState(null, state, null));
        Require(stored == state, Invariant.StatusHoldsState, $"written {state}, read {stored}");
        return stored;
    }

    /// <summary>A look was counted: its pass came as far as writing, or had nothing to write.</summary>
    public void Counted(Look look)
    {
        tally.Looks++;
        _soak.Counted(look);
    }

    /// <summary>The status was written.</summary>
    public void Written(Snapshot from, Snapshot to)
    {
        var (before, after) = (from.State, to.State);
        if (after.History.LastOrDefault() is { } move && (after.Stage != before.Stage || after.StageEnteredAt != before.StageEnteredAt || after.Withdrawn != before.Withdrawn))
        {
            story.Tell($"{world.Domain}: {move.From ?? "-"} -> {move.To} ({move.Reason}), served {after.Served?.Id}, published {after.PublishedId}");
            Moved(from, to, move);
            _soak.Begin();
        }
        else if (after.PublishedId != before.PublishedId)
        {
            story.Tell($"{world.Domain}: publishes {after.PublishedId}");
        }

        if (after.PublishedId != before.PublishedId || after.Served != before.Served)
        {
            SpreadSince = null;
        }

        if (after.PublishedId is { } named && named != before.PublishedId)
        {
            _namings[named] = ++_named;
        }

        foreach (var sender in Senders)
        {
            Holds(sender);
        }
    }

    /// <summary>A document is about to be handed to the policy server.</summary>
    public void HandsOver(PolicyDocument document)
    {
        story.Tell($"{world.Domain}: serves {document.Id}: {document.Policy.Mode} {document.Policy.MaxAgeSeconds / 86400.0:0.#}d {string.Join(' ', document.Policy.Mx)}");
        var state = resource.Now.State;
        Require(
            state.Ledger.Of(document.Id) is { Until: null }, Invariant.LedgerComesFirst, $"{document.Id} is handed out, and the ledger in the status does not have it");
        Require(
            _documents.TryAdd(document.Id.ToString(), document.Text) || _documents[document.Id.ToString()] == document.Text,
            Invariant.IdIsOfDocument, $"{document.Id} has two documents");
        if (_last is { } last)
        {
            Steps(last, document, resource.Now);
            if (document.Policy.Mode != StsMode.None)
            {
                Drops(last, document);
            }
        }

        _last = document;
    }

    /// <summary>A record set is about to be written.</summary>
    public void Writes(RecordSet set)
    {
        var before = world.Zone.Primary[set.Key].Values;
        Require(
            !Siblings.TryGetValue(set.Key, out var others) || others.IsSubsetOf(set.Values), Invariant.OthersSurvive, $"{set.Key} loses a record of somebody else");
        if (set.Key != world.StsKey)
        {
            return;
        }

        Require(
            Stranger is null || !before.Contains(Stranger) || set.Values.Contains(Stranger) || book.AskedToAdopt,
            Invariant.OthersSurvive, $"the stranger's \"{Stranger}\" is overwritten");
        var ours = set.Values.Where(v => v.StartsWith("v=STSv1", StringComparison.Ordinal)).ToList();
        Require(ours.Count <= 1, Invariant.StrictestUnderstands, $"{set.Key} has {ours.Count} STS records");
        if (ours.Count == 0 && before.Any(v => v.StartsWith("v=STSv1", StringComparison.Ordinal)))
        {
            TakesDown("the TXT record");
            story.Tell($"{world.Domain}: removes its TXT record");
        }

        if (ours is [var text] && !before.Contains(text))
        {
            story.Tell($"{world.Domain}: the TXT record says {text}");
            var id = StsRecordReader.Read(text).Value?.Id.ToString() ?? "";
            Require(
                _documents.TryGetValue(id, out var document) && world.Hosting.IsAtEveryReplica(document),
                Invariant.DocumentBeforeId, $"\"{text}\" is written while a replica does not serve its document");
        }
    }

    /// <summary>Something by which senders find the policy is about to go away.</summary>
    public void TakesDown(string what)
    {
        foreach (var sender in Senders)
        {
            if (sender.Holding(world) is { Policy.Mode: not StsMode.None } held && held.Until - ClockErrorMax > agenda.Now)
            {
                Fail(Invariant.NothingGoesEarly, $"{what} goes while {sender} holds {held.Policy.Mode} {held.Id} until {held.Until:O}");
            }
        }
    }

    /// <summary>A sender's cache has changed, or the status by which it is judged.</summary>
    public void Holds(Sender sender)
    {
        var state = resource.Now.State;
        if (sender.Holding(world) is not { Policy.Mode: StsMode.Enforce } held || state.Served is null || held.Policy == state.Served.Policy
            || state.Ledger.Entries.Any(e => e.Id != state.Served.Id && !e.IsReplaced))
        {
            return;
        }

        Require(
            state.Ledger.EnforcedUntil is { } until && until + ClockErrorMax >= held.Until, Invariant.CachedUntilIsTrue,
            $"the status says {state.Ledger.EnforcedUntil:O}; {sender} holds {held.Id} until {held.Until:O}");
    }

    /// <summary>A pass came to its end.</summary>
    public void Ended(Look look, Snapshot cached, Decision decision, bool wrote, long calls)
    {
        var (before, after) = (cached.State, decision.Next);
        if (look.Sight == Sight.WellAsFarAsSeen && before.Stage == after.Stage && before.Served == after.Served && before.Soak.HealthySince is not null)
        {
            Require(
                after.Soak.HealthySince == before.Soak.HealthySince && after.Soak.Elapsed >= before.Soak.Elapsed,
                Invariant.UnknownIsNoFailure, $"lost answers took the soak from {before.Soak} to {after.Soak}");
        }

        if (resource.Now.State.IsPublished && resource.Now.IsHealthy(Check.PolicyServed, Check.TxtRecord))
        {
            SpreadSince ??= agenda.Now;
        }

        // What the provider would not take is tried again; a domain with such records is not settled, however well its checks are.
        var isWritten = resource.Now.Conditions.Any(c => c is { Type: ConditionType.DnsPublished, Status: ConditionStatus.True });
        var rests = isWritten && look.Sight == Sight.Well && look.Seen.Records.Values.All(v => v.All.All(r => r.IsDefinite)) && decision.Waiting is Finding.Unknown { Reason: Reason.TargetReached } && after.Ledger.Entries.Length <= 1
            && after.KeptMx.IsEmpty && world.IsQuiet(agenda.Now);
        if (rests && _atRest is { } rest && rest.Seen.Spec == cached.Spec && world.Zone.ChangedAt < rest.At && world.Hosting.ChangedAt < rest.At)
        {
            tally.RestingLooks++;
            Require(
                !wrote && calls == 0, Invariant.RestIsFree,
                wrote ? $"a settled domain cost a status write: {resource.Before.Differs(resource.Now)}" : $"a settled domain cost {calls} calls to the provider");
        }

        _atRest = rests ? (cached, agenda.Now) : null;
    }

    /// <summary>A sender does not deliver.</summary>
    public void Refused(Sender sender, Held held, ImmutableSortedSet<string> hosts)
    {
        var why = hosts switch
        {
            _ when hosts.Any(h => !world.Mail.IsWell(h)) => "a mail server fails",
            _ when hosts.Any(h => !book.Invited.Contains(h)) => "the owner made a mail server live before its time",
            _ when held.IsExcused => "the owner took the last mail server away that this policy names",
            // While the operator has the document and the ingress where they belong, or was only just made anew.
            _ when sender.GotNoAnswer && (world.Hosting is { Document: not null, HasIngress: true } || resource.Now.State is { Served: null, Withdrawn: false }) =>
                "the policy host does not answer",
            _ => null,
        };
        Require(
            why is not null, Invariant.NoMailIsLost,
            $"{sender} holds {held.Id}, which lets mail go to {string.Join(' ', held.Policy.Mx)}; the MX are {string.Join(' ', hosts)}, all well and made live by the book");
        tally.Excused++;
    }

    /// <summary>How many ids of ours had been named when an id was last named.</summary>
    public int NamingOf(PolicyId id) => _namings.GetValueOrDefault(id);

    /// <summary>True when a sender holds one of our documents under the id of another of ours, and that id was named again since.</summary>
    public bool IsMispaired(Held held) => held.Naming != NamingOf(held.Id)
        && _documents.TryGetValue(held.Id.ToString(), out var document) && StsPolicyReader.Read(document).Value != held.Policy;

    /// <summary>A sender has read a policy that is ours.</summary>
    public void Read(Sender sender, PolicyId id, string document)
    {
        var isOurs = _documents.ContainsKey(id.ToString());
        Require(
            !isOurs || _documents.ContainsValue(document), Invariant.DocumentBeforeId, $"{sender} finds our id {id} and, at an address of before, somebody else's policy");
        Require(
            !_documents.ContainsValue(document) || !StsPolicyReader.Read(document).Faults.Any(), Invariant.StrictestUnderstands,
            $"{sender} finds faults in {document}");
    }

    public void Fail(Invariant invariant, string what) => throw new Broken(invariant, agenda.Now, $"{world.Domain}: {what}");

    private void Require(bool holds, Invariant invariant, string what)
    {
        if (!holds)
        {
            Fail(invariant, what);
        }
    }

    private void Moved(Snapshot from, Snapshot to, Transition move)
    {
        switch (move.Reason)
        {
            case Reason.SoakElapsed:
                tally.Promotions++;
                MovedUp(from, to.State, move);
                break;
            case Reason.Retired:
                tally.Retirements++;
                TakesDown("everything");
                break;
            case Reason.Adopted:
                tally.Adoptions++;
                break;
            case Reason.Resumed:
                tally.Resumptions++;
                break;
            case Reason.SteppedBack:
                tally.StepsBack++;
                Require(
                    from.Spec.OnRegression == OnRegression.StepBack && !from.Spec.Paused && _soak.Confirms(from.Spec.StepBack, move.At, ClockErrorMax),
                    Invariant.NobodysLever, "stepped back without a confirmed failure");
                break;
        }
    }

    private void MovedUp(Snapshot from, RolloutState after, Transition move)
    {
        var (spec, served) = (from.Spec, from.State.Served!.Policy);
        var left = spec.Stages.FirstOrDefault(s => s.Name == from.State.Stage && s.Mode == served.Mode);
        var isWhole = left is not null && (left.Mode != StsMode.Enforce || left.MaxAge.TotalSeconds <= served.MaxAgeSeconds);
        var soak = isWhole ? left!.Soak : spec.Stages.Max(s => s.Soak);
        Require(_soak.Healthy + ClockErrorMax >= soak, Invariant.SoakBeforeMove, $"moved to {move.To} after {_soak.Healthy} of health; the soak is {soak}");
        var entered = spec.Stages.First(s => s.Name == after.Stage);
        Require(entered.Approval == Approval.Automatic || spec.ApprovedStages.Contains(entered.Name), Invariant.SoakBeforeMove, $"{move.To} was not approved");
        Require(!spec.Paused, Invariant.SoakBeforeMove, "moved while paused");
        Require(
            (spec.Windows.IsEmpty || spec.Windows.Any(w => w.IsOpen(move.At))) && !spec.Freezes.Any(f => f.Holds(move.At)),
            Invariant.SoakBeforeMove, "moved outside the class's windows");

        var others = Others.Select(o => o.Resource.Now).ToList();
        var (moving, promoted, unhealthy) = (others.Count(Waves.IsMoving), others.Count(o => Waves.HasMovedUp(o.State)), others.Count(Waves.IsUnhealthy));
        Require(spec.FleetRule.MovingMax is not { } most || moving < most, Invariant.WaveIsKept, $"moved up while {moving} others were moving");
        Require(
            spec.FleetRule.UnhealthyPercentMax is not { } share || unhealthy * 100 <= share * promoted,
            Invariant.WaveIsKept, $"moved up while {unhealthy} of {promoted} were unhealthy");
    }

    // Between two documents that are handed out one after the other.
    private void Steps(PolicyDocument last, PolicyDocument next, Snapshot now)
    {
        var why = now.State.History.LastOrDefault()?.Reason;
        if (next.Policy.Mode < last.Policy.Mode)
        {
            var byOwner = now.Spec.Target == TargetMode.None || (now.Spec.Target == TargetMode.Testing && next.Policy.Mode == StsMode.Testing);
            // After a rebuild in which nothing tells what was live of ours, a standing Adopt asks to begin at the first stage; see LiveStart.
            var isRebuilt = why == Reason.Adopted && now.Spec.Adoption == Adoption.Adopt && _documents.ContainsKey(last.Id.ToString());
            Require(
                byOwner || why == Reason.SteppedBack || book.AskedToBeginAnew || isRebuilt, Invariant.NobodysLever,
                $"{last.Policy.Mode} becomes {next.Policy.Mode} by {why}, which nobody asked for");
        }
        else if (next.Policy.Mode == StsMode.Enforce && (last.Policy.Mode != StsMode.Enforce || next.Policy.MaxAgeSeconds > last.Policy.MaxAgeSeconds))
        {
            Require(why == Reason.SoakElapsed, Invariant.SoakBeforeMove, $"{last.Policy.Mode} becomes {next.Policy.Mode} of {next.Policy.MaxAgeSeconds} s by {why}");
        }
    }

    private void Drops(PolicyDocument last, PolicyDocument next)
    {
        foreach (var gone in last.Policy.Mx.Where(p => !next.Policy.Mx.Contains(p)))
        {
            var named = world.Zone.Servers.SelectMany(s => world.Zone.At(s).Mx).Concat(Senders.SelectMany(s => s.Resolver.CachedMx(world.Zone)));
            if (named.FirstOrDefault(h => gone.Matches(h) && !next.Policy.Mx.Any(p => p.Matches(h))) is { } host)
            {
                Fail(Invariant.NeededPatternStays, $"{gone} is dropped, and {host} is named as MX by a server or a resolver");
            }
        }
    }
}
