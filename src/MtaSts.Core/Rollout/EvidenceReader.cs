using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>Reads the evidence out of the facts: judges them, and says whose the live record is.</summary>
public static class EvidenceReader
{
    private const int ShownCharsMax = 120;

    /// <summary>The evidence of one round.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="state">Where the domain stood when the facts were collected.</param>
    /// <param name="observed">The facts; its records hold the companion of the STS record, and with a delegation what is at its place.</param>
    /// <param name="ownerId">The owner id under which we write; null where nobody but people writes, whose records are all their own.</param>
    /// <param name="watchedSince">Since when this process has looked without a break.</param>
    /// <param name="now">The time.</param>
    public static Evidence Read(
        Intent intent, RolloutState state, Observed observed, string? ownerId, DateTimeOffset watchedSince, DateTimeOffset now)
    {
        var expectation = new Expectation
        {
            Served = state.Served,
            ServedBefore = state.IsPublished ? state.PreviousId : state.PublishedId,
            Published = state.PublishedId,
            Previous = state.PreviousId,
            Mx = state.Served?.Policy.Mx ?? intent.Mx,
            // Published together with the first TXT record, so not expected before.
            TlsRpt = state.PublishedId is null ? null : intent.TlsReporting,
            CertificateLifeMin = intent.CertificateLifeMin,
            Delegation = intent.Delegation,
        };

        var livePolicy = Judge.LivePolicy(observed)?.Value;
        var live = LiveView(intent, observed);
        var records = StsRecordsOf(live);
        return new Evidence
        {
            Checks = Judge.All(expectation, observed, now),
            LiveMx = [.. observed.Mx.Hosts.Select(h => h.Host)],
            LiveMxKnown = DnsReplies.IsKnown(observed.Mx.Lookup.Authoritative) && !DnsReplies.Failed(observed.Mx.Lookup.Resolvers).Any(),
            MxTtlSeconds = LongestTtl(observed.Mx.Lookup),
            Owner = OwnerOf(intent, observed, live, ownerId),
            LiveId = records.Count == 1 ? StsRecordReader.Select(records).Value?.Id : null,
            // Behind a CNAME the shorter of both is seen, and a resolver keeps each for its own time.
            LiveTtlSeconds = Math.Max(LongestTtl(observed.StsTxt), PlaceView(intent, observed) is { } place ? LongestTtl(place) : 0),
            HostTtlSeconds = HostTtl(intent, observed),
            LivePolicy = livePolicy,
            LivePolicyIsAbsent = livePolicy is null && IsAbsent(observed.Policy),
            LiveRecord = Excerpt(string.Join("\", \"", records)),
            WatchedSince = watchedSince,
        };
    }

    // What senders find by the name. Where that is nothing and the name is to lead to a place of ours, what is there: a CNAME that its owner took away, or has not
    // created yet, does not make our own record another's, nor the domain a new one.
    private static DnsView LiveView(Intent intent, Observed observed) =>
        StsRecordsOf(observed.StsTxt).Count == 0 && DnsReplies.IsKnown(observed.StsTxt.Authoritative) ? PlaceView(intent, observed) ?? observed.StsTxt : observed.StsTxt;

    private static DnsView? PlaceView(Intent intent, Observed observed) =>
        intent.Delegation is { } delegation
        && observed.Records.TryGetValue(new RecordKey(delegation.PlaceOf(intent.Domain.StsRecordName), RecordType.Txt), out var view) ? view : null;

    private static List<string> StsRecordsOf(DnsView view) =>
        [.. view.Authoritative.SelectMany(r => r.Records).Where(IsStsRecord).Distinct().Order(StringComparer.Ordinal)];

    private static long HostTtl(Intent intent, Observed observed) => observed.Records
        .Where(r => r.Key.Name == (intent.Delegation?.PlaceOf(intent.Domain.PolicyHost) ?? intent.Domain.PolicyHost))
        .SelectMany(r => r.Value.Authoritative)
        .Concat(observed.Policy.Addresses)
        .Select(r => r.TtlSeconds)
        .DefaultIfEmpty(0)
        .Max();

    private static long LongestTtl(DnsView view) => view.Authoritative.Select(r => r.TtlSeconds).DefaultIfEmpty(0).Max();

    // Every question had a definite answer, and no answer is a policy. A host that does not answer may be one that is down for a minute.
    private static bool IsAbsent(PolicyView view) =>
        !view.Addresses.IsEmpty && view.Addresses.All(a => a.IsDefinite)
        && (!view.Fetches.IsEmpty || view.Addresses.All(a => a.Status != DnsStatus.Answered))
        && view.Fetches.All(f => f.Status is FetchStatus.Responded or FetchStatus.CertificateRejected && f.HttpStatus is not >= 500);

    private static LiveOwner OwnerOf(Intent intent, Observed observed, DnsView live, string? ownerId)
    {
        if (StsRecordsOf(live).Count == 0)
        {
            return DnsReplies.IsKnown(live.Authoritative) ? LiveOwner.None : LiveOwner.Unknown;
        }

        if (ownerId is null)
        {
            return LiveOwner.Us;
        }

        // A record that the name does not get from our place is not what our mark at that place stands for, however alike they are.
        var name = intent.Domain.StsRecordName;
        var isOurPlace = intent.Delegation is not { } delegation || !ReferenceEquals(live, observed.StsTxt)
            || live.Authoritative.Where(r => r.Records.Any(IsStsRecord)).All(r => delegation.See(name, r) == AliasSeen.Right);
        if (!isOurPlace)
        {
            return LiveOwner.Other;
        }

        if (!observed.Records.TryGetValue(OwnerRecord.KeyFor(intent.Delegation?.PlaceOf(name) ?? name), out var companion))
        {
            return LiveOwner.Unknown;
        }

        var owners = companion.Authoritative.SelectMany(r => r.Records)
            .Select(text => OwnerRecord.TryParse(text, out var owner) && owner.Type == RecordType.Txt ? owner.Owner.OwnerId : null)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        if (owners.Count > 0)
        {
            return owners.SetEquals([ownerId]) ? LiveOwner.Us : LiveOwner.OtherInstallation;
        }

        return DnsReplies.IsKnown(companion.Authoritative) ? LiveOwner.Other : LiveOwner.Unknown;
    }

    // The same values that the planner takes for STS records.
    private static bool IsStsRecord(string text) => OwnedRecord.IsInPlace(text, RecordScope.StsTxt);

    private static string Excerpt(string text) => text.Length <= ShownCharsMax ? text : text[..ShownCharsMax] + "...";
}
