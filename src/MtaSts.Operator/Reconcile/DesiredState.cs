using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Reconcile;

/// <summary>What shall be in the cluster and in the DNS for one domain: a function of what was decided.</summary>
public sealed record DesiredState
{
    /// <summary>The domain.</summary>
    public required MailDomain Domain { get; init; }

    /// <summary>The document that the policy server is given; null: the one there, if any, stays as it is.</summary>
    public PolicyDocument? Document { get; init; }

    /// <summary>Where the document is kept.</summary>
    public required PolicyShard Shard { get; init; }

    /// <summary>The objects by which the policy host is reached, in their order; none where the class has none or nothing is served.</summary>
    public ImmutableArray<HostObject> Host { get; init; } = [];

    /// <summary>The certificate with which the policy servers are to answer; null: the one there, if any, stays as it is.</summary>
    public ServedCertificate? Certificate { get; init; }

    /// <summary>The records; those without a value are to be taken away.</summary>
    public ImmutableArray<OwnedRecord> Records { get; init; } = [];

    /// <summary>True when document and host are to be taken away, after the records.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>What follows from a state.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="state">The state after the decision.</param>
    /// <param name="settings">The class.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="owner">"namespace/name" of the resource.</param>
    /// <param name="targets">What the policy host is reached at.</param>
    /// <param name="certificate">What the policy servers are to answer with, where they end TLS.</param>
    public static DesiredState Of(
        Intent intent, RolloutState state, ClassSettings settings, ProviderSettings provider, string owner, HostTargets targets, ServedCertificate? certificate = null) => state.Withdrawn
        ? OfRemoval(intent.Domain, settings, provider)
        : new()
        {
            Domain = intent.Domain,
            Document = state.Served,
            Shard = PolicyShard.Of(intent.Domain, settings.Name),
            Host = state.Served is null ? [] : HostObjects.For(intent.Domain, settings.Serving, owner),
            Certificate = state.Served is null ? null : certificate,
            Records = state.Served is null
                ? []
                : [.. HostRecordsOf(intent, provider, targets).Concat(TextRecordsOf(intent, state, provider)).Select(r => Placed(r, provider.Delegation))],
        };

    /// <summary>Nothing: records, document and host are to be taken away.</summary>
    public static DesiredState OfRemoval(MailDomain domain, ClassSettings settings, ProviderSettings provider) => new()
    {
        Domain = domain,
        Shard = PolicyShard.Of(domain, settings.Name),
        Records = Removal(domain, provider.Delegation),
        IsRemoval = true,
    };

    /// <summary>The same, and the records of the policy host stay as they are.</summary>
    public DesiredState WithoutHostRecords() => IsRemoval ? this : this with { Records = [.. Records.Where(r => r.Scope != RecordScope.WholeSet)] };

    /// <summary>Every record that the operator may have written for a domain, to be taken away: first what senders find the policy by.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="delegation">Where the records are written; null for the names themselves.</param>
    public static ImmutableArray<OwnedRecord> Removal(MailDomain domain, Delegation? delegation) =>
    [
        .. new[]
        {
            new OwnedRecord(RecordSet.Of(domain.StsRecordName, RecordType.Txt, 0), RecordScope.StsTxt),
            new OwnedRecord(RecordSet.Of(domain.TlsRptRecordName, RecordType.Txt, 0), RecordScope.TlsRptTxt),
            new OwnedRecord(RecordSet.Of(domain.PolicyHost, RecordType.A, 0), RecordScope.WholeSet),
            new OwnedRecord(RecordSet.Of(domain.PolicyHost, RecordType.Aaaa, 0), RecordScope.WholeSet),
            new OwnedRecord(RecordSet.Of(domain.PolicyHost, RecordType.Cname, 0), RecordScope.WholeSet),
        }.Select(r => Placed(r, delegation)),
    ];

    /// <summary>The record sets that have to be seen to know whether the records are as wanted: the records themselves and what says who owns them.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="delegation">Where the records are written; null for the names themselves.</param>
    public static ImmutableArray<RecordKey> KeysToWatch(MailDomain domain, Delegation? delegation) =>
        [.. Removal(domain, delegation).SelectMany(r => new[] { r.Key, OwnerRecord.KeyFor(r.Key.Name) }).Distinct()];

    // By its name alone: a CNAME that is seen at the name has no say in it.
    private static OwnedRecord Placed(OwnedRecord record, Delegation? delegation) => delegation is null
        ? record
        : record with { Desired = record.Desired with { Key = record.Key with { Name = delegation.PlaceOf(record.Key.Name) } } };

    private static IEnumerable<OwnedRecord> HostRecordsOf(Intent intent, ProviderSettings provider, HostTargets targets) =>
        HostRecords.For(intent.Domain, targets, provider.TtlSeconds).Select(set => new OwnedRecord(set, RecordScope.WholeSet));

    private static IEnumerable<OwnedRecord> TextRecordsOf(Intent intent, RolloutState state, ProviderSettings provider)
    {
        if (state.PublishedId is not { } id)
        {
            yield break;
        }

        yield return new OwnedRecord(
            RecordSet.Of(intent.Domain.StsRecordName, RecordType.Txt, provider.TtlSeconds, new StsRecord(id).ToString()), RecordScope.StsTxt);
        yield return new OwnedRecord(
            RecordSet.Of(
                intent.Domain.TlsRptRecordName, RecordType.Txt, provider.TtlSeconds, intent.TlsReporting is { } rua ? [rua.ToString()] : []),
            RecordScope.TlsRptTxt);
    }
}
