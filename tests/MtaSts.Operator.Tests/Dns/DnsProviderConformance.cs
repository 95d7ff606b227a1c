using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What every adapter must do, seen through the publisher and checked past the adapter.</summary>
public abstract class DnsProviderConformance
{
    private const string Id1 = "v=STSv1; id=1;";
    private const string NotShared = "a set has one owner here";
    private const string Id2 = "v=STSv1; id=2;";
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private static readonly string Mark = new OwnerRecord(RecordType.Txt, Us).ToString();
    private static int _next;

    private readonly RecordPublisher _publisher = new(NullLogger<RecordPublisher>.Instance);

    // Each test has a domain of its own in the shared zone.
    private readonly string _label = $"d{Interlocked.Increment(ref _next)}";

    protected abstract IDnsTruth Truth { get; }

    private string StsName => $"_mta-sts.{_label}.{Truth.Zone}";

    private string Host => $"mta-sts.{_label}.{Truth.Zone}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_longest_zone_that_holds_the_name_is_found()
    {
        Assert.Equal(Truth.Zone, await ZoneOf(StsName));
        Assert.Equal(Truth.Zone, await ZoneOf(Truth.Zone));
        Assert.Equal(Truth.SubZone, await ZoneOf($"_mta-sts.{Truth.SubZone}"));
        Assert.Equal(Truth.Zone, await ZoneOf($"not{Truth.SubZone}"));
    }

    [Fact]
    public async Task A_name_outside_of_all_zones_has_none()
    {
        var failed = Assert.IsType<ZoneAnswer.Failed>(await Truth.Provider.FindZoneAsync("_mta-sts.elsewhere.invalid", Token));
        Assert.Equal((Reason.ZoneNotFound, false), (failed.Fault.Reason, failed.Fault.Transient));
        Assert.Equal(Reason.ZoneNotFound, Fault(await Publish(Sts("_mta-sts.elsewhere.invalid", Id1))).Reason);
    }

    [Fact]
    public async Task A_record_is_created_replaced_and_removed_with_its_mark()
    {
        Written(await Publish(Sts(StsName, Id1)));
        Assert.Equal([$"300 \"{Id1}\""], await Look(StsName));
        Assert.Equal([$"300 \"{Mark}\""], await Look(OwnerRecord.KeyFor(StsName).Name));

        Written(await Publish(Sts(StsName, Id2)));
        Assert.Equal([$"300 \"{Id2}\""], await Look(StsName));

        Assert.IsType<PublishOutcome.Removed>(Only(await _publisher.RemoveAsync(Truth.Provider, [Sts(StsName, Id2)], Us, Token)));
        Assert.Empty(await Look(StsName));
        Assert.Empty(await Look(OwnerRecord.KeyFor(StsName).Name));
    }

    [Fact]
    public async Task A_record_in_a_zone_below_is_written_there()
    {
        var name = $"_mta-sts.{_label}.{Truth.SubZone}";
        Written(await Publish(Sts(name, Id1)));
        Assert.Equal([$"300 \"{Id1}\""], await Look(name));
    }

    [Fact]
    public async Task The_second_time_nothing_is_written()
    {
        await Publish(Sts(StsName, Id1), TlsRpt("v=TLSRPTv1; rua=mailto:a@example.com"));
        var before = await Truth.RevisionAsync();
        var report = await Publish(Sts(StsName, Id1), TlsRpt("v=TLSRPTv1; rua=mailto:a@example.com"));
        Assert.All(report.Outcomes.Values, o => Assert.IsType<PublishOutcome.InPlace>(o));
        Assert.Equal(before, await Truth.RevisionAsync());
    }

    [Fact]
    public async Task Siblings_at_the_name_survive_create_replace_and_remove()
    {
        Assert.SkipUnless(Truth.SharesSets, NotShared);
        string[] siblings =
        [
            "77 \"hello\"", "77 \"v=STSv10; id=9;\"", "77 \"a\\\"b\\\\c\\;d\"", "77 \"caf\\195\\169\"",
        ];
        foreach (var sibling in siblings)
            await Truth.SeedAsync($"{StsName} 77 TXT {sibling[3..]}");
        await Truth.SeedAsync($"{StsName} 77 TXT \"two \" \"strings\"");
        var before = await Look(StsName);
        Assert.Equal(5, before.Length);

        Written(await Publish(Sts(StsName, Id1)));
        Assert.Equal(With(before, $"77 \"{Id1}\""), await Look(StsName));
        Written(await Publish(Sts(StsName, Id2)));
        Assert.Equal(With(before, $"77 \"{Id2}\""), await Look(StsName));
        await _publisher.RemoveAsync(Truth.Provider, [Sts(StsName)], Us, Token);
        Assert.Equal(before, await Look(StsName));
    }

    [Fact]
    public async Task Where_sets_are_not_shared_one_with_a_value_of_somebody_else_is_refused_and_left()
    {
        Assert.SkipWhen(Truth.SharesSets, "sets are shared here");
        await Truth.SeedAsync($"{StsName} 77 TXT \"hello\"");
        foreach (var adoption in Enum.GetValues<Adoption>())
        {
            var fault = Fault(await _publisher.PublishAsync(Truth.Provider, [Sts(StsName, Id1)], Us, adoption, Token));
            Assert.Equal((Reason.RecordNotOwned, false), (fault.Reason, fault.Transient));
            Assert.Contains("hello", fault.Message, StringComparison.Ordinal);
        }

        var racing = new RacingProvider(Truth.Provider, () => Truth.SeedAsync($"{StsName} 77 TXT \"world\""), times: 1);
        Assert.Equal(Reason.RecordNotOwned, Fault(await _publisher.PublishAsync(racing, [Sts(StsName, Id1)], Us, Adoption.Refuse, Token)).Reason);
        Assert.Equal(["77 \"hello\"", "77 \"world\""], await Look(StsName));
        Assert.Empty(await Look(OwnerRecord.KeyFor(StsName).Name));
    }

    [Fact]
    public async Task Records_of_other_types_beside_ours_survive()
    {
        await Truth.SeedAsync($"{StsName} 300 CAA 0 issue \"ca.example\"");
        Written(await Publish(Sts(StsName, Id1)));
        await _publisher.RemoveAsync(Truth.Provider, [Sts(StsName)], Us, Token);
        Assert.Single(await Truth.LookAsync(StsName, "CAA"));
    }

    [Fact]
    public async Task Records_of_unknown_types_beside_ours_survive()
    {
        Assert.SkipUnless(Truth.HasUnknownTypes, "this provider holds only types that it knows");
        await Truth.SeedAsync($"{StsName} 300 TYPE65280 \\# 4 0A000001");
        Written(await Publish(Sts(StsName, Id1)));
        await _publisher.RemoveAsync(Truth.Provider, [Sts(StsName)], Us, Token);
        Assert.Single(await Truth.LookAsync(StsName, "TYPE65280"));
    }

    [Fact]
    public async Task A_foreign_record_is_left_and_shown()
    {
        await Truth.SeedAsync($"{StsName} 300 TXT \"{Id1}\"");
        var refused = Assert.IsType<PublishOutcome.Refused>(Only(await Publish(Sts(StsName, Id2))));
        Assert.Contains(Id1, refused.Message, StringComparison.Ordinal);
        Assert.Equal([$"300 \"{Id1}\""], await Look(StsName));
        Assert.Empty(await Look(OwnerRecord.KeyFor(StsName).Name));
    }

    [Fact]
    public async Task A_foreign_record_is_taken_over_where_adopted_even_if_cut_into_strings()
    {
        Assert.SkipUnless(Truth.SharesSets, NotShared);
        await Truth.SeedAsync($"{StsName} 300 TXT \"v=STSv1; \" \"id=1;\"");
        Written(await _publisher.PublishAsync(Truth.Provider, [Sts(StsName, Id2)], Us, Adoption.Adopt, Token));
        Assert.Equal([$"300 \"{Id2}\""], await Look(StsName));
    }

    [Fact]
    public async Task A_record_of_another_owner_stays_even_where_adopted()
    {
        var them = new OwnerRecord(RecordType.Txt, OwnerIdentity.Create("them", "a/b")).ToString();
        await Truth.SeedAsync($"{StsName} 300 TXT \"{Id1}\"");
        await Truth.SeedAsync($"{OwnerRecord.KeyFor(StsName).Name} 300 TXT \"{them}\"");
        Assert.IsType<PublishOutcome.Refused>(Only(await _publisher.PublishAsync(Truth.Provider, [Sts(StsName, Id2)], Us, Adoption.Adopt, Token)));
        Assert.Equal([$"300 \"{Id1}\""], await Look(StsName));
    }

    [Fact]
    public async Task A_refused_record_does_not_stop_the_others()
    {
        await Truth.SeedAsync($"{StsName} 300 TXT \"{Id1}\"");
        var report = await Publish(Sts(StsName, Id2), TlsRpt("v=TLSRPTv1; rua=mailto:a@example.com"));
        Assert.Equal(
            [typeof(PublishOutcome.Refused), typeof(PublishOutcome.Written)],
            report.Outcomes.OrderBy(o => o.Key.Name, StringComparer.Ordinal).Select(o => o.Value.GetType()));
    }

    [Fact]
    public async Task A_batch_whose_set_has_changed_since_is_a_conflict_and_nothing_of_it_happens()
    {
        var (zone, batch) = await PlanAsync(Sts(StsName, Id1));
        await Truth.SeedAsync($"{StsName} 300 TXT \"somebody else\"");
        var failed = Assert.IsType<ApplyAnswer.Failed>(await Truth.Provider.ApplyAsync(zone, batch, Token));
        Assert.Equal((Reason.ProviderConflict, true), (failed.Fault.Reason, failed.Fault.Transient));
        Assert.Equal(["300 \"somebody else\""], await Look(StsName));
        if (Truth.IsAtomic)
            Assert.Empty(await Look(OwnerRecord.KeyFor(StsName).Name));
    }

    [Fact]
    public async Task One_set_that_has_changed_holds_up_its_whole_batch()
    {
        Assert.SkipUnless(Truth.IsAtomic, "this protocol is not atomic");
        Written(await Publish(Sts(StsName, Id1)));
        var (zone, batch) = await PlanAsync(Sts(StsName));
        await Truth.RemoveAsync(OwnerRecord.KeyFor(StsName).Name, "TXT");
        Assert.IsType<ApplyAnswer.Failed>(await Truth.Provider.ApplyAsync(zone, batch, Token));
        Assert.Equal([$"300 \"{Id1}\""], await Look(StsName));
    }

    [Fact]
    public async Task A_lost_race_is_planned_again_and_the_other_writer_keeps_what_it_wrote()
    {
        Assert.SkipUnless(Truth.SharesSets, NotShared);
        var racing = new RacingProvider(Truth.Provider, () => Truth.SeedAsync($"{StsName} 300 TXT \"somebody else\""), times: 1);
        Written(await _publisher.PublishAsync(racing, [Sts(StsName, Id1)], Us, Adoption.Refuse, Token));
        Assert.Equal(2, racing.Applied);
        Assert.Equal(["300 \"somebody else\"", $"300 \"{Id1}\""], await Look(StsName));
    }

    [Fact]
    public async Task A_race_that_is_always_lost_is_given_up()
    {
        var writer = 0;
        var racing = new RacingProvider(Truth.Provider, () => Truth.SeedAsync($"{StsName} 300 TXT \"writer {writer++}\""), times: int.MaxValue);
        var report = await _publisher.PublishAsync(racing, [Sts(StsName, Id1)], Us, Adoption.Refuse, Token);
        Assert.Equal(Reason.ProviderConflict, Fault(report).Reason);
        Assert.Equal(2, racing.Applied);
    }

    [Fact]
    public async Task Credentials_that_are_refused_are_told()
    {
        Assert.NotEmpty(Truth.WithoutRights);
        foreach (var (kind, provider) in Truth.WithoutRights)
        {
            var fault = Fault(await _publisher.PublishAsync(provider, [Sts(StsName, Id1)], Us, Adoption.Refuse, Token));
            Assert.True(fault.Reason is Reason.ProviderCredentialsRefused or Reason.ProviderRefused, $"{kind}: {fault}");
            Assert.False(fault.Transient, kind);
        }

        Assert.Empty(await Look(StsName));
    }

    [Fact]
    public async Task A_provider_that_is_away_is_transient()
    {
        var fault = Fault(await _publisher.PublishAsync(Truth.WithNobodyThere, [Sts(StsName, Id1)], Us, Adoption.Refuse, Token));
        Assert.Equal((Reason.ProviderUnavailable, true), (fault.Reason, fault.Transient));
    }

    [Fact]
    public async Task A_text_longer_than_one_string_is_written_whole()
    {
        var rua = string.Join(',', Enumerable.Range(0, 20).Select(i => $"mailto:reports-{i:D4}@reports.example.com"));
        var value = $"v=TLSRPTv1; rua={rua}";
        Assert.True(value.Length > 600);
        Written(await Publish(TlsRpt(value)));
        Assert.Equal([$"300 \"{value}\""], await Look($"_smtp._tls.{_label}.{Truth.Zone}"));
        Assert.IsType<PublishOutcome.InPlace>(Only(await Publish(TlsRpt(value))));
    }

    [Theory]
    [InlineData("v=TLSRPTv1; rua=mailto:\"quoted name\"@example.com", "v=TLSRPTv1\\; rua=mailto:\\\"quoted name\\\"@example.com")]
    [InlineData("v=TLSRPTv1; back\\slash \\065 $(x) @ (y) ;z", "v=TLSRPTv1\\; back\\\\slash \\\\065 $(x) @ (y) \\;z")]
    [InlineData("v=TLSRPTv1;  two  spaces ", "v=TLSRPTv1\\;  two  spaces ")]
    public async Task Quotes_backslashes_semicolons_and_blanks_arrive_as_they_are(string value, string zoneFileForm)
    {
        Assert.SkipUnless(Truth.WritesEveryText || !value.AsSpan().ContainsAny('"', '\\'), "TXT is bare text here, and that cannot carry quotes and backslashes");
        Written(await Publish(TlsRpt(value)));
        Assert.Equal([$"300 \"{zoneFileForm.Replace("\\;", ";", StringComparison.Ordinal)}\""], await Look($"_smtp._tls.{_label}.{Truth.Zone}"));
        Assert.IsType<PublishOutcome.InPlace>(Only(await Publish(TlsRpt(value))));
    }

    [Fact]
    public async Task A_value_outside_of_ascii_is_refused_before_anything_is_sent()
    {
        Assert.Equal(Reason.ProviderRefused, Fault(await Publish(TlsRpt("v=TLSRPTv1; rua=mailto:bücher@example.com"))).Reason);
        Assert.Empty(await Look($"_smtp._tls.{_label}.{Truth.Zone}"));
    }

    [Fact]
    public async Task The_ttl_is_ours_to_change_and_has_a_range()
    {
        Written(await Publish(Sts(StsName, Id1)));
        Written(await Publish(WithTtl(Sts(StsName, Id1), 60)));
        Assert.Equal([$"60 \"{Id1}\""], await Look(StsName));
        Assert.IsType<PublishOutcome.InPlace>(Only(await Publish(WithTtl(Sts(StsName, Id1), 60))));
        foreach (var ttl in new[] { -1, 1L + int.MaxValue })
            Assert.Equal(Reason.ProviderRefused, Fault(await Publish(WithTtl(Sts(StsName, Id2), ttl))).Reason);
    }

    [Fact]
    public async Task Addresses_and_alias_take_each_others_place()
    {
        Written(await Publish(HostRecord(RecordType.A, "192.0.2.1", "192.0.2.2"), HostRecord(RecordType.Aaaa, "2001:db8::1")));
        Assert.Equal(["300 192.0.2.1", "300 192.0.2.2"], await Truth.LookAsync(Host, "A"));

        Written(await Publish(HostRecord(RecordType.Cname, "gateway.example.net")));
        Assert.Equal(["300 gateway.example.net."], await Truth.LookAsync(Host, "CNAME"));
        Assert.Equal([$"300 \"{new OwnerRecord(RecordType.Cname, Us)}\""], await Look(OwnerRecord.KeyFor(Host).Name));

        Written(await Publish(HostRecord(RecordType.Cname, "other.example.net")));
        Assert.Equal(["300 other.example.net."], await Truth.LookAsync(Host, "CNAME"));

        Written(await Publish(HostRecord(RecordType.A, "192.0.2.3"), HostRecord(RecordType.Aaaa)));
        Assert.Equal(["300 192.0.2.3"], await Truth.LookAsync(Host, "A"));
        Assert.Empty(await Truth.LookAsync(Host, "CNAME"));
    }

    [Fact]
    public async Task A_foreign_alias_keeps_addresses_out_and_foreign_addresses_keep_an_alias_out()
    {
        await Truth.SeedAsync($"{Host} 300 CNAME elsewhere.example.");
        Assert.IsType<PublishOutcome.Refused>(Only(await Publish(HostRecord(RecordType.A, "192.0.2.1"))));
        var other = $"x.{Host}";
        await Truth.SeedAsync($"{other} 300 A 192.0.2.9");
        Assert.IsType<PublishOutcome.Refused>(Only(await Publish(new OwnedRecord(RecordSet.Of(other, RecordType.Cname, 300, "a.example"), RecordScope.WholeSet))));
        Assert.Equal(["300 192.0.2.9"], await Truth.LookAsync(other, "A"));
    }

    [Fact]
    public async Task An_alias_is_not_said_to_be_written_where_records_of_other_types_stand()
    {
        await Truth.SeedAsync($"{Host} 300 CAA 0 issue \"ca.example\"");
        Assert.Equal(Reason.ProviderRefused, Fault(await Publish(HostRecord(RecordType.Cname, "gateway.example.net"))).Reason);

        Written(await Publish(HostRecord(RecordType.A, "192.0.2.1")));
        Assert.Equal(Reason.ProviderRefused, Fault(await Publish(HostRecord(RecordType.Cname, "gateway.example.net"))).Reason);
        Assert.Equal(["300 192.0.2.1"], await Truth.LookAsync(Host, "A"));
        Assert.Single(await Truth.LookAsync(Host, "CAA"));
    }

    [Fact]
    public async Task What_a_wildcard_answers_is_not_a_record_of_the_name()
    {
        var name = $"_mta-sts.{_label}.wild.{Truth.Zone}";
        Assert.Equal(["300 \"v=STSv1; id=wild;\""], await Look(name));
        Written(await Publish(Sts(name, Id1)));
        Assert.Equal([$"300 \"{Id1}\""], await Look(name));
        Assert.IsType<PublishOutcome.InPlace>(Only(await Publish(Sts(name, Id1))));

        // The very data of the wildcard, yet the name's own: somebody's record.
        var copy = $"_mta-sts.copy-{_label}.wild.{Truth.Zone}";
        await Truth.SeedAsync($"{copy} 300 TXT \"v=STSv1; id=wild;\"");
        Assert.IsType<PublishOutcome.Refused>(Only(await Publish(Sts(copy, Id1))));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _publisher.PublishAsync(Truth.Provider, [Sts(StsName, Id1)], Us, Adoption.Refuse, cancelled.Token));
    }

    [Fact]
    public async Task The_table_of_the_documentation_says_what_this_adapter_does()
    {
        using var alone = new WriteWatch(() => Task.CompletedTask);
        var provider = Truth.Watched(alone);
        OwnedRecord[] addresses = [HostRecord(RecordType.A, "192.0.2.1", "192.0.2.2"), HostRecord(RecordType.Aaaa, "2001:db8::1")];
        var (zone, batch) = await PlanAsync(provider, addresses);
        Assert.IsType<ApplyAnswer.Applied>(await provider.ApplyAsync(zone, batch, Token));
        var sets = batch.Changes.Length;
        Assert.True(sets == 3 && alone.Writes > 0 && (alone.Writes == 1 || !Truth.IsAtomic), $"{alone.Writes} messages for {sets} sets");

        using var race = new WriteWatch(() => Truth.SeedAsync($"{StsName} 300 TXT \"somebody else\""));
        var racing = Truth.Watched(race);
        (zone, batch) = await PlanAsync(racing, Sts(StsName, Id1));
        var applied = await racing.ApplyAsync(zone, batch, Token);
        var there = await Look(StsName);

        var types = new List<string> { "A", "AAAA" };
        if ((await Publish(HostRecord(RecordType.Cname, "gateway.example.net"))).AnyWritten) types.Add("CNAME");
        if ((await Publish(TlsRpt("v=TLSRPTv1; rua=mailto:a@example.com"))).AnyWritten)
            types.Add((await Publish(TlsRpt("v=TLSRPTv1; \"a\\b\""))).AnyWritten ? "TXT" : "TXT without quotes and backslashes");

        ProviderTable.Check(
            Truth.TableRow,
            Truth.IsAtomic ? "yes" : "no",
            applied is ApplyAnswer.Failed ? "yes" : there.Contains("300 \"somebody else\"") ? "no; what somebody adds right then stays" : "no; what somebody adds right then is lost",
            alone.Writes == 1 ? "all sets of a name" : "one set",
            provider.Headroom is { } limit ? $"{limit.RequestsMax} requests in {limit.Window.TotalMinutes:0} minutes for all domains of a credential" : "none that it knows",
            Truth.SharesSets ? "yes" : "no",
            string.Join(", ", types));
    }

    private static string[] With(string[] lines, string line) => [.. lines.Append(line).Order(StringComparer.Ordinal)];

    private static OwnedRecord WithTtl(OwnedRecord record, long ttl) => record with { Desired = record.Desired with { TtlSeconds = ttl } };

    private static OwnedRecord Sts(string name, params string[] values) => new(RecordSet.Of(name, RecordType.Txt, 300, values), RecordScope.StsTxt);

    private static PublishOutcome Only(PublishReport report) => Assert.Single(report.Outcomes).Value;

    private static ProviderFault Fault(PublishReport report) => Assert.IsType<PublishOutcome.Failed>(Only(report)).Fault;

    private static void Written(PublishReport report) =>
        Assert.True(report.AllSettled && report.AnyWritten, string.Join('\n', report.Outcomes.Select(o => $"{o.Key}: {o.Value}")));

    private OwnedRecord TlsRpt(string value) => new(RecordSet.Of($"_smtp._tls.{_label}.{Truth.Zone}", RecordType.Txt, 300, value), RecordScope.TlsRptTxt);

    private OwnedRecord HostRecord(RecordType type, params string[] values) => new(RecordSet.Of(Host, type, 300, values), RecordScope.WholeSet);

    private Task<string[]> Look(string name) => Truth.LookAsync(name, "TXT");

    private Task<PublishReport> Publish(params OwnedRecord[] records) => _publisher.PublishAsync(Truth.Provider, records, Us, Adoption.Refuse, Token);

    private async Task<string> ZoneOf(string name) => Assert.IsType<ZoneAnswer.Found>(await Truth.Provider.FindZoneAsync(name, Token)).Zone.Name;

    private Task<(DnsZone Zone, RecordBatch Batch)> PlanAsync(OwnedRecord record) => PlanAsync(Truth.Provider, record);

    private static async Task<(DnsZone Zone, RecordBatch Batch)> PlanAsync(IDnsProvider provider, params OwnedRecord[] records)
    {
        var zone = Assert.IsType<ZoneAnswer.Found>(await provider.FindZoneAsync(records[0].Key.Name, Token)).Zone;
        var read = Assert.IsType<ReadAnswer.Read>(await provider.ReadAsync(zone, RecordPlanner.KeysToRead(records), Token));
        return (zone, Assert.Single(RecordPlanner.Plan(records, read.Records, Us, Adoption.Refuse).Batches));
    }

    /// <summary>Lets another writer in between read and apply.</summary>
    private sealed class RacingProvider(IDnsProvider inner, Func<Task> otherWriter, int times) : IDnsProvider
    {
        public int Applied { get; private set; }

        public Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken) => inner.FindZoneAsync(name, cancellationToken);

        public Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) =>
            inner.ReadAsync(zone, keys, cancellationToken);

        public async Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
        {
            if (Applied++ < times)
                await otherWriter();
            return await inner.ApplyAsync(zone, batch, cancellationToken);
        }
    }
}
