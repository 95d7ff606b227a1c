using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Status;

/// <summary>The CNAMEs that a domain's owner still has to create, so that what is written at its places is found.</summary>
public static class MissingAliases
{
    /// <summary>A problem for each CNAME that is not there, with the line to create; none where the domain is not delegated.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="observed">What was seen.</param>
    /// <param name="evidence">The same, judged.</param>
    /// <param name="ttlSeconds">The TTL of the lines.</param>
    public static ImmutableArray<ApplyProblem> Of(Intent intent, Observed observed, Evidence evidence, long ttlSeconds)
    {
        if (intent.Delegation is not { } delegation)
        {
            return [];
        }

        var domain = intent.Domain;
        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        Add(domain.StsRecordName, observed.StsTxt.Authoritative, RecordType.Txt);

        // What is not wanted need not be found.
        if (intent.TlsReporting is not null)
        {
            Add(domain.TlsRptRecordName, observed.TlsRptTxt.Authoritative, RecordType.Txt);
        }

        // The owner may see to the address himself.
        if (observed.Policy.Addresses.All(a => a.Status != DnsStatus.Answered) || evidence.Of(Check.PolicyServed) is Finding.Broken)
        {
            Add(domain.PolicyHost, observed.Policy.Addresses, RecordType.A);
        }

        return problems.ToImmutable();

        void Add(string name, ImmutableArray<DnsReply> replies, RecordType own)
        {
            if (AliasLook.Fault(delegation, name, replies) is not { } fault)
            {
                return;
            }

            // rfc1034#3.6.2: a CNAME is alone at its name.
            var inTheWay = replies.Where(r => r.Aliases.IsEmpty).SelectMany(r => r.Records).Select(text => TypeOf(text, own)).Distinct().Order();
            problems.Add(new ApplyProblem(fault.Reason, name, fault.Message, NeedsSomebody: true)
            {
                ByHand = [.. inTheWay.Select(type => ZoneFile.Removal(new RecordKey(name, type))), .. ZoneFile.Lines(delegation.AliasOf(name, ttlSeconds))],
            });
        }
    }

    private static RecordType TypeOf(string text, RecordType own) =>
        own == RecordType.A && text.Contains(':', StringComparison.Ordinal) ? RecordType.Aaaa : own;
}
