using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Rollout;

public class LedgerTests
{
    private const long Day = 86400;

    private static readonly DateTimeOffset T0 = Scene.Start;
    private static readonly PolicyDocument Testing = Document(StsMode.Testing, 1, "mx1.example.com");
    private static readonly PolicyDocument Enforce = Document(StsMode.Enforce, 84, "mx1.example.com");
    private static readonly PolicyDocument None = Document(StsMode.None, 1, "mx1.example.com");

    [Fact]
    public void What_is_served_is_open_and_ends_the_others_provisionally()
    {
        var ledger = Ledger.Empty.Serve(Enforce, T0).Serve(None, T0.AddDays(3));

        Assert.Equal(T0, ledger.Of(Enforce.Id)!.Since);
        Assert.Equal((T0.AddDays(3), false), (ledger.Of(Enforce.Id)!.Until, ledger.Of(Enforce.Id)!.IsReplaced));
        Assert.Equal((null, false), (ledger.Of(None.Id)!.Until, ledger.Of(None.Id)!.IsReplaced));
        Assert.Null(ledger.Of(None.Id)!.ExpiresAt);
    }

    [Fact]
    public void A_provisional_end_becomes_later_until_the_replacement_is_seen_and_stays_then()
    {
        var served = Ledger.Empty.Serve(Enforce, T0).Serve(None, T0.AddDays(3));
        Assert.Equal(T0.AddDays(3 + 84), served.EnforcedUntil);

        var replaced = served.Replaced(None.Id, T0.AddDays(4));
        Assert.Equal((T0.AddDays(4), true), (replaced.Of(Enforce.Id)!.Until, replaced.Of(Enforce.Id)!.IsReplaced));
        Assert.Equal(T0.AddDays(4 + 84), replaced.EnforcedUntil);

        Assert.Equal(replaced, replaced.Replaced(None.Id, T0.AddDays(5)));
    }

    [Fact]
    public void An_end_never_becomes_earlier_when_the_clock_goes_back()
    {
        var ledger = Ledger.Empty.Serve(Enforce, T0).Serve(None, T0.AddDays(3)).Replaced(None.Id, T0.AddDays(1));

        Assert.Equal(T0.AddDays(3), ledger.Of(Enforce.Id)!.Until);
    }

    [Fact]
    public void A_document_that_is_served_again_is_open_again()
    {
        var ledger = Ledger.Empty.Serve(Enforce, T0).Serve(None, T0.AddDays(3)).Replaced(None.Id, T0.AddDays(3)).Serve(Enforce, T0.AddDays(9));

        Assert.Equal(2, ledger.Entries.Length);
        Assert.Equal((T0, null, false), (ledger.Of(Enforce.Id)!.Since, ledger.Of(Enforce.Id)!.Until, ledger.Of(Enforce.Id)!.IsReplaced));
        Assert.Equal(T0.AddDays(9), ledger.Of(None.Id)!.Until);
    }

    [Fact]
    public void The_longest_ttl_of_the_record_is_added_to_what_is_held()
    {
        var ledger = Ledger.Empty.Serve(Enforce, T0).Named(Enforce.Id, 300).Named(Enforce.Id, 3600).Named(Enforce.Id, 60).Named(Testing.Id, 9999).Serve(None, T0);

        Assert.Equal(T0.AddDays(84).AddSeconds(3600), ledger.EnforcedUntil);
    }

    [Fact]
    public void What_nobody_holds_any_more_is_let_go_and_not_a_second_earlier()
    {
        var ledger = Ledger.Empty.Serve(Enforce, T0).Named(Enforce.Id, 300).Serve(None, T0).Replaced(None.Id, T0);
        var end = T0.AddDays(84).AddSeconds(300);

        Assert.NotNull(ledger.At(end.AddSeconds(-1)).Of(Enforce.Id));
        Assert.Null(ledger.At(end).Of(Enforce.Id));
        Assert.NotNull(ledger.At(T0.AddYears(9)).Of(None.Id));
    }

    [Fact]
    public void What_was_not_seen_to_be_replaced_is_never_let_go()
    {
        var ledger = Ledger.Empty.Serve(Enforce, T0).Serve(None, T0);

        Assert.NotNull(ledger.At(T0.AddYears(9)).Of(Enforce.Id));
    }

    [Fact]
    public void A_policy_that_was_seen_is_held_as_long_as_either_account_of_it_says()
    {
        var known = Ledger.Empty.Serve(Enforce, T0).Serve(None, T0.AddDays(1)).Replaced(None.Id, T0.AddDays(1));
        var entry = new LedgerEntry(Enforce.Id, Enforce.Policy, T0.AddDays(5));

        var closed = known.Add(entry with { Until = T0.AddDays(7), IsReplaced = true, TtlSeconds = 60 });
        Assert.Equal(T0.AddDays(7 + 84).AddSeconds(60), closed.EnforcedUntil);
        Assert.Equal(T0, closed.Of(Enforce.Id)!.Since);

        var open = known.Add(entry);
        Assert.Equal((null, false), (open.Of(Enforce.Id)!.Until, open.Of(Enforce.Id)!.IsReplaced));
        Assert.Equal(known.Entries.Length, open.Entries.Length);
    }

    [Fact]
    public void Only_enforced_policies_count_for_the_caches_and_all_but_none_for_a_retirement()
    {
        var ledger = Ledger.Empty.Serve(Testing, T0).Serve(Enforce, T0.AddDays(1)).Serve(Testing, T0.AddDays(2)).Serve(None, T0.AddDays(90));

        Assert.Equal(T0.AddDays(2 + 84), ledger.EnforcedUntil);
        Assert.Equal([Enforce.Id, Testing.Id], ledger.Binding.Select(e => e.Id));
    }

    [Theory]
    [InlineData("mx1.example.com", "mx2.example.com", true, "no other pattern matches the live MX")]
    [InlineData("mx1.example.com mx2.example.com", "mx2.example.com", false, "another pattern does")]
    [InlineData("mx1.example.com *.example.com", "mx2.example.com", false, "a wildcard does")]
    [InlineData("mx1.example.com mx2.example.com", "mx3.example.com", true, "no pattern at all does")]
    [InlineData("mx1.example.com mx2.example.com", "mx1.example.com mx2.example.com", false, "a sender has the other host")]
    [InlineData("mx2.example.com", "mx3.example.com", false, "the policy does not have the pattern")]
    [InlineData("mx1.example.com", "", true, "there is no live MX")]
    public void A_pattern_is_the_only_match_where_no_other_one_matches_a_live_mx(string patterns, string live, bool only, string why)
    {
        var ledger = Ledger.Empty.Serve(Document(StsMode.Enforce, 7, patterns.Split(' ')), T0).Serve(None, T0);

        var until = ledger.OnlyMatchUntil(MxPattern.Parse("mx1.example.com"), [.. live.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.True(until == (only ? T0.AddDays(7) : null), why);
    }

    [Fact]
    public void A_pattern_of_a_policy_that_is_not_enforced_holds_nothing() => Assert.Null(
        Ledger.Empty.Serve(Testing, T0).Serve(None, T0).OnlyMatchUntil(MxPattern.Parse("mx1.example.com"), ["mx2.example.com"]));

    [Fact]
    public void Of_two_that_are_alike_the_one_that_is_held_longer_stands_for_both()
    {
        var longer = Document(StsMode.Enforce, 90, "mx1.example.com");
        var ledger = Ledger.Empty.Serve(longer, T0).Serve(Enforce, T0.AddDays(1)).Serve(None, T0.AddDays(2)).Replaced(None.Id, T0.AddDays(2)).Serve(Testing, T0.AddDays(3));

        Assert.Equal([longer.Id, None.Id, Testing.Id], ledger.Entries.Select(e => e.Id));
        Assert.Equal((T0, T0.AddDays(1 + 1 + 90)), (ledger.Of(longer.Id)!.Since, ledger.EnforcedUntil!.Value));
    }

    [Fact]
    public void Two_with_other_hosts_or_not_replaced_both_stay()
    {
        var other = Document(StsMode.Enforce, 84, "mx2.example.com");

        Assert.Equal(4, Ledger.Empty.Serve(Enforce, T0).Serve(other, T0).Serve(None, T0).Replaced(None.Id, T0).Serve(Testing, T0).Entries.Length);
        Assert.Equal(4, Ledger.Empty.Serve(Enforce, T0).Serve(Document(StsMode.Enforce, 1, "mx1.example.com"), T0).Serve(None, T0).Serve(Testing, T0).Entries.Length);
    }

    [Fact]
    public void Ledgers_with_the_same_entries_are_equal()
    {
        Assert.Equal(Ledger.Empty.Serve(Enforce, T0), Ledger.Empty.Serve(Enforce, T0));
        Assert.NotEqual(Ledger.Empty.Serve(Enforce, T0), Ledger.Empty.Serve(Enforce, T0.AddSeconds(1)));
    }

    // Fewer documents than there is room for, and no two alike: nothing is merged, so every answer is that of the account that forgets nothing.
    [Fact]
    public void While_there_is_room_every_answer_is_exact() => Lives(documents: Ledger.EntriesMax).Sample(
        steps => Run(steps, Unlike, 300, (ledger, account, now) =>
        {
            Assert.Equal(account.EnforcedUntil(now), ledger.EnforcedUntil);
            foreach (var (pattern, live) in from pattern in Hosts from live in Hosts select (pattern, live))
            {
                Assert.Equal(account.OnlyMatchUntil(now, MxPattern.Parse(pattern), live), ledger.OnlyMatchUntil(MxPattern.Parse(pattern), [live]));
            }
        }),
        iter: 2000);

    // Many: some are told as one. Nobody is forgotten by that, and nobody's end becomes earlier.
    [Fact]
    public void Merging_never_makes_an_end_earlier_and_the_ledger_stays_bounded() => Lives(documents: 84).Sample(
        steps => Run(steps, Many, null, (ledger, account, now) =>
        {
            Assert.InRange(ledger.Entries.Length, 1, Ledger.EntriesMax);
            Assert.Equal(ledger.Entries.Length, ledger.Entries.Select(e => e.Id).Distinct().Count());
            Assert.True(End(ledger.Entries, now, e => e.Policy.Mode == StsMode.Enforce) >= End(account.Entries, now, e => e.Policy.Mode == StsMode.Enforce));
            Assert.True(End(ledger.Binding, now, _ => true) >= End(account.Entries, now, e => e.Policy.Mode != StsMode.None));
        }),
        iter: 1000);

    private static readonly string[] Hosts = ["mx1.example.com", "mx2.example.com", "mx3.example.com"];

    private sealed record Step(int Kind, int Document, long Ttl, TimeSpan Pause);

    private static Gen<Step[]> Lives(int documents) =>
        (from kind in Gen.Int[0, 4]
         from document in Gen.Int[0, documents - 1]
         from ttl in Gen.Long[0, 7200]
         from minutes in Gen.Frequency((5, Gen.Int[0, 300]), (1, Gen.Int[0, 60 * 24 * 20]))
         select new Step(kind, document, ttl, TimeSpan.FromMinutes(minutes))).Array[1, 120];

    private static void Run(Step[] steps, PolicyDocument[] documents, long? ttl, Action<Ledger, Account, DateTimeOffset> holds)
    {
        var (ledger, account, now, served) = (Ledger.Empty.Serve(documents[0], T0), new Account(), T0, documents[0]);
        account.Serve(served, T0);
        ledger = ledger.Named(served.Id, ttl ?? 0);
        account.Named(served.Id, ttl ?? 0);
        foreach (var step in steps)
        {
            now += step.Pause;
            switch (step.Kind)
            {
                case 0 or 1:
                    served = documents[step.Document];
                    ledger = ledger.Serve(served, now);
                    account.Serve(served, now);
                    if (ttl is { } known)
                    {
                        ledger = ledger.Named(served.Id, known);
                        account.Named(served.Id, known);
                    }

                    break;
                case 2:
                    ledger = ledger.Replaced(served.Id, now);
                    account.Replaced(served.Id, now);
                    break;
                case 3 when ttl is null:
                    ledger = ledger.Named(served.Id, step.Ttl);
                    account.Named(served.Id, step.Ttl);
                    break;
                default:
                    break; // time passes
            }

            ledger = ledger.At(now);
            holds(ledger, account, now);
        }
    }

    // Until when anybody holds one of them: for ever while one is served, or may still be.
    private static DateTimeOffset End(IEnumerable<LedgerEntry> entries, DateTimeOffset now, Func<LedgerEntry, bool> counts) => entries
        .Where(e => counts(e) && !e.IsOver(now))
        .Select(e => e.IsReplaced ? e.ExpiresAt!.Value : DateTimeOffset.MaxValue)
        .DefaultIfEmpty(DateTimeOffset.MinValue)
        .Max();

    // Modes, lengths and sets of hosts; each set and mode in four lengths, which may stand for one another.
    private static readonly PolicyDocument[] Many =
        [.. from hosts in Enumerable.Range(1, 7) from days in new[] { 1, 7, 30, 84 } from mode in Enum.GetValues<StsMode>() select Document(mode, days, Some(hosts))];

    private static readonly PolicyDocument[] Unlike =
        [.. Enumerable.Range(1, 7).Select(h => Document(StsMode.Enforce, h * 9, Some(h))), .. Enumerable.Range(1, 7).Select(h => Document(StsMode.Testing, h, Some(h))), None, Document(StsMode.None, 1, Some(2))];

    private static string[] Some(int hosts) => [.. Hosts.Where((_, i) => (hosts >> i & 1) == 1)];

    private static PolicyDocument Document(StsMode mode, int days, params string[] mx) =>
        PolicyDocument.Of(new StsPolicy(mode, [.. mx.Select(MxPattern.Parse)], days * Day));

    // The same without a limit: nothing is merged, nothing dropped. A document that is served again begins another life; what it was held for before remains.
    private sealed class Account
    {
        private readonly Dictionary<PolicyId, LedgerEntry> _entries = [];
        private readonly List<LedgerEntry> _lives = [];

        public IEnumerable<LedgerEntry> Entries => _entries.Values.Concat(_lives);

        public void Serve(PolicyDocument document, DateTimeOffset now)
        {
            foreach (var entry in _entries.Values.Where(e => e.Id != document.Id && e.Until is null).ToList())
            {
                _entries[entry.Id] = entry with { Until = now };
            }

            if (_entries.GetValueOrDefault(document.Id) is { Until: not null } before)
            {
                _lives.Add(before with { IsReplaced = true });
                _entries.Remove(document.Id);
            }

            _entries.TryAdd(document.Id, new LedgerEntry(document.Id, document.Policy, now));
        }

        public void Replaced(PolicyId served, DateTimeOffset now)
        {
            foreach (var entry in _entries.Values.Where(e => e.Id != served && !e.IsReplaced).ToList())
            {
                _entries[entry.Id] = entry with { Until = now, IsReplaced = true };
            }
        }

        public void Named(PolicyId id, long ttl) => _entries[id] = _entries[id] with { TtlSeconds = Math.Max(ttl, _entries[id].TtlSeconds) };

        public DateTimeOffset? EnforcedUntil(DateTimeOffset now) => Ended(now).Max(e => e.ExpiresAt);

        public DateTimeOffset? OnlyMatchUntil(DateTimeOffset now, MxPattern pattern, string live) =>
            Ended(now).Where(e => e.Policy.Mx.Contains(pattern) && !e.Policy.Mx.Remove(pattern).Any(p => p.Matches(live))).Max(e => e.ExpiresAt);

        // Of what is served now, earlier lives do not count: its end is open.
        private IEnumerable<LedgerEntry> Ended(DateTimeOffset now) =>
            Entries.Where(e => e.Policy.Mode == StsMode.Enforce && !e.IsOver(now) && _entries[e.Id].Until is not null);
    }
}
