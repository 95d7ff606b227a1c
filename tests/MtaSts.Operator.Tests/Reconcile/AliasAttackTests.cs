using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>
/// Whoever has a zone of his own can lead its names wherever he likes, to the places of another domain of the same provider too. Nothing is written there for him, and
/// what he finds there is not taken for his.
/// </summary>
public sealed class AliasAttackTests
{
    private static readonly MailDomain Victim = MailDomain.Parse("example.org");

    private static readonly ProviderSettings Provider =
        ProviderReader.Read(Samples.Provider(Samples.ProviderSpec with { CnameTarget = "sts.platform.example" }), "cluster-a").Value!;

    private static readonly PolicyDocument VictimsDocument =
        PolicyDocument.Of(new StsPolicy(StsMode.Enforce, [MxPattern.Parse("mx.example.org")], 86400));

    public static TheoryData<Adoption, bool, bool> Attempts => new()
    {
        // adoption, whether the attacker was published before, whether our mark is at the attacker's own place
        { Adoption.Refuse, false, false },
        { Adoption.Refuse, false, true },
        { Adoption.Adopt, false, false },
        { Adoption.Adopt, false, true },
        { Adoption.Refuse, true, true },
        { Adoption.Adopt, true, true },
    };

    [Theory]
    [MemberData(nameof(Attempts))]
    public void An_alias_to_another_domains_place_leads_no_write_there(Adoption adoption, bool published, bool marked)
    {
        var intent = Passes.Intent with { Delegation = Provider.Delegation, Adoption = adoption };
        var state = published ? Published(intent) : RolloutState.Empty;
        for (var round = 0; round < 5; round++)
        {
            var now = Passes.Now.AddMinutes(5 * round);
            var observed = Seen(intent, marked);
            var evidence = EvidenceReader.Read(intent, state, observed, Provider.OwnerId, Passes.Now, now);
            state = Decider.Decide(intent, state, evidence, now).Next;
            var records = DesiredState.Of(intent, state, Samples.Settings, Provider, "team-a/p", HostTargets.Unknown).Records;

            Assert.DoesNotContain(RecordPlanner.KeysToRead(records), key => key.Name.Contains("example.org", StringComparison.Ordinal));
            Assert.Contains(evidence.Checks, c => c is { Check: Check.TxtRecord, Finding: Finding.Broken { Reason: Reason.AliasElsewhere } });
            Assert.Contains(MissingAliases.Of(intent, observed, evidence, 300), p => p.Reason == Reason.AliasElsewhere);

            // The victim's record is a stranger's here: neither a status that was lost nor the attacker's own.
            Assert.Equal(LiveOwner.Other, evidence.Owner);
            Assert.True(adoption == Adoption.Adopt || published || state.Served is null, "nothing is served while the record that senders find is another's");
        }
    }

    [Fact]
    public void Taking_the_attacker_down_takes_nothing_of_the_victims()
    {
        var removed = DesiredState.OfRemoval(Passes.Intent.Domain, Samples.Settings, Provider).Records;
        var victims = DesiredState.KeysToWatch(Victim, Provider.Delegation);

        Assert.Empty(RecordPlanner.KeysToRead(removed).Intersect(victims));
    }

    private static RolloutState Published(Intent intent)
    {
        var document = Decider.DocumentOf(intent, intent.Stages[0]);
        return RolloutState.Empty.Enter(intent.Stages[0], Reason.Started, Passes.Now) with
        {
            Served = document,
            PublishedId = document.Id,
            PublishedMode = StsMode.Testing,
            PublishedAt = Passes.Now,
        };
    }

    private static Observed Seen(Intent intent, bool marked)
    {
        var ownPlace = Provider.PlaceOf(intent.Domain.StsRecordName);
        var mark = new OwnerRecord(RecordType.Txt, OwnerIdentity.Create(Provider.OwnerId, "team-a/p")).ToString();
        var none = new DnsReply("ns", DnsStatus.NoSuchName, [], []);
        var victims = new DnsReply("ns", DnsStatus.Answered, [new StsRecord(VictimsDocument.Id).ToString()], [Provider.PlaceOf(Victim.StsRecordName)]);
        return new Observed
        {
            At = Passes.Now,
            Policy = new PolicyView(intent.Domain.PolicyHost, [none with { Aliases = [Provider.PlaceOf(Victim.PolicyHost)] }], []),
            StsTxt = new DnsView(intent.Domain.StsRecordName, [victims], [victims]),
            TlsRptTxt = new DnsView(intent.Domain.TlsRptRecordName, [none], [none]),
            Mx = new MxView(
                new DnsView("example.com", [new DnsReply("ns", DnsStatus.Answered, ["10 mx1.example.com"], [])], []),
                [new MxHost("mx1.example.com", 10, [], [])], IsNullMx: false, EgressBlocked: false),
            Records = ImmutableDictionary<RecordKey, DnsView>.Empty
                .Add(new RecordKey(ownPlace, RecordType.Txt), new DnsView(ownPlace, [none], []))
                .Add(OwnerRecord.KeyFor(ownPlace), new DnsView(ownPlace, [marked ? new DnsReply("ns", DnsStatus.Answered, [mark], []) : none], [])),
        };
    }
}
