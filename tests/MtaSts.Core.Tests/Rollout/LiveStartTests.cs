using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Rollout;

/// <summary>Where a domain begins that is live, and of which the status knows nothing.</summary>
public class LiveStartTests
{
    private const long Ttl = 3600;

    private static readonly DateTimeOffset T0 = Scene.Start;
    private static readonly PolicyId Foreign = PolicyId.TryParse("20260101", out var id) ? id : throw new InvalidOperationException();

    // Every row of the table for records that are ours. "live" is what the id names, "served" whether the policy host gives it.
    [Theory]
    [InlineData("testing 1 mx1.example.com", true, "testing", "testing 1 mx1.example.com", "the stage of that mode and max_age")]
    [InlineData("enforce 1 mx1.example.com", true, "enforce-1d", "enforce 1 mx1.example.com", "the stage of that mode and max_age")]
    [InlineData("enforce 84 mx1.example.com", true, "enforce", "enforce 84 mx1.example.com", "the stage of that mode and max_age")]
    [InlineData("none 1 mx1.example.com", true, "none", "none 1 mx1.example.com", "it was being taken down")]
    [InlineData("enforce 1 mx1.example.com", false, "enforce-1d", "enforce 1 mx1.example.com", "not to be read, and a stage makes the id")]
    [InlineData("none 1 mx1.example.com", false, "none", "none 1 mx1.example.com", "not to be read, and a retirement makes the id")]
    [InlineData("enforce 28 mx1.example.com", true, "enforce-1d", "enforce 28 mx1.example.com", "no such stage: as it is")]
    [InlineData("enforce 1 mx1.example.com mx9.example.com", true, "enforce-1d", "enforce 1 mx1.example.com mx9.example.com", "a pattern that is not in the spec any more may be needed")]
    [InlineData("enforce 28 mx1.example.com", false, null, null, "neither can be told")]
    public void With_our_own_records_it_resumes(string live, bool served, string? stage, string? document, string why)
    {
        var policy = Document(live);
        var evidence = Ours(policy.Id) with { LivePolicy = served ? policy.Policy : null };

        var next = Decider.Decide(Scene.Intent(), RolloutState.Empty, evidence, T0).Next;

        Assert.True((stage, document) == (next.Stage, next.Served is { } written ? Show(written.Policy) : null), $"{why}: {next.Stage} {next.Served?.Text}");
        Assert.True(stage is null || next is { IsPublished: true, History: [{ Reason: Reason.Resumed }] }, why);
    }

    [Fact]
    public void Resuming_changes_no_id_and_takes_the_longest_enforced_policy_to_be_held()
    {
        var live = Document("testing 1 mx1.example.com");

        var next = Decider.Decide(Scene.Intent(), RolloutState.Empty, Ours(live.Id) with { LivePolicy = live.Policy }, T0).Next;

        Assert.Equal(live.Id, next.PublishedId);
        Assert.Equal(T0.AddDays(84).AddSeconds(Ttl), next.Ledger.EnforcedUntil);
    }

    [Fact]
    public void A_list_without_such_a_mode_neither_lowers_nor_renames_to_testing_what_resumes()
    {
        var live = Document("enforce 1 mx1.example.com");
        var intent = Scene.Intent() with { Stages = [Scene.Stages[0]] };

        var resumed = Decider.Decide(intent, RolloutState.Empty, Ours(live.Id) with { LivePolicy = live.Policy }, T0);
        var later = Scene.Until(intent, resumed.Next, Scene.Healthy(), T0, T0.AddDays(30));

        Assert.Equal(("enforce", live), (later.Next.Stage, later.Next.Served));
    }

    [Fact]
    public void A_list_with_a_longer_max_age_alone_raises_what_resumes_only_after_a_whole_soak()
    {
        var live = Document("enforce 1 mx1.example.com");
        var intent = Scene.Intent() with { Stages = [Scene.Stages[0], Scene.Stages[2]] };

        var resumed = Decider.Decide(intent, RolloutState.Empty, Ours(live.Id) with { LivePolicy = live.Policy }, T0);

        Assert.Equal(live, Scene.Until(intent, resumed.Next, Scene.Healthy(), T0, T0.AddDays(14) - Scene.Interval).Next.Served);
        Assert.Equal(84 * 86400, Scene.Until(intent, resumed.Next, Scene.Healthy(), T0, T0.AddDays(14)).Next.Served!.Policy.MaxAgeSeconds);
    }

    // Every row of the table for records that are adopted. "-": the policy host has no policy for certain; "?": it did not answer.
    [Theory]
    [InlineData("enforce 28 mx1.example.com", "enforce-1d", "the last enforce stage that asks for no more")]
    [InlineData("enforce 84 mx1.example.com", "enforce", "the last enforce stage that asks for no more")]
    [InlineData("enforce 365 mx1.example.com", "enforce", "the last enforce stage that asks for no more")]
    [InlineData("testing 84 mx1.example.com", "testing", "the last testing stage that asks for no more")]
    [InlineData("none 1 mx1.example.com", "testing", "the first stage")]
    [InlineData("-", "testing", "the first stage")]
    [InlineData("?", null, "it may be enforced")]
    public void With_adopt_it_begins_at_the_stage_that_matches(string live, string? stage, string why)
    {
        var next = Decider.Decide(Adopting, RolloutState.Empty, Theirs(live), T0).Next;

        Assert.True(stage == next.Stage, $"{why}: {next.Stage}");
        Assert.True(stage is null || next.History is [{ Reason: Reason.Adopted }], why);
        Assert.Equal(stage is null ? null : Foreign, next.PublishedId); // the record keeps its id until our document was seen
        Assert.NotEqual(Foreign, next.Served?.Id);
    }

    [Fact]
    public void What_is_adopted_is_in_the_ledger_with_its_own_max_age_and_ttl()
    {
        var next = Decider.Decide(Adopting, RolloutState.Empty, Theirs("enforce 365 mx1.example.com"), T0).Next;

        Assert.Equal(T0.AddDays(365).AddSeconds(Ttl), next.Ledger.EnforcedUntil);
        Assert.False(next.Ledger.Of(Foreign)!.IsReplaced);
    }

    [Fact]
    public void The_id_of_what_is_adopted_changes_only_when_our_document_was_seen_and_no_resolver_leads_to_the_other_host()
    {
        var adopted = Decider.Decide(Adopting, RolloutState.Empty, Theirs("enforce 84 mx1.example.com"), T0).Next;

        var unseen = Decider.Decide(Adopting, adopted, Scene.Healthy().With(Check.PolicyServed, Scene.Broken(Reason.PolicyDiffers)), T0.AddDays(9)).Next;
        Assert.Equal(Foreign, unseen.PublishedId);

        var seen = Decider.Decide(Adopting, unseen, Scene.Healthy(), T0.AddDays(9)).Next;
        Assert.Equal(Foreign, seen.PublishedId);

        var again = T0.AddDays(9).AddSeconds(Ttl);
        Assert.Equal(Foreign, Decider.Decide(Adopting, seen, Scene.Healthy(), again.AddSeconds(-1)).Next.PublishedId);
        Assert.Equal(adopted.Served!.Id, Decider.Decide(Adopting, seen, Scene.Healthy(), again).Next.PublishedId);
    }

    [Fact]
    public void An_enforced_domain_is_not_adopted_into_a_list_of_testing_stages()
    {
        var decision = Decider.Decide(Adopting with { Stages = [Scene.Stages[0]] }, RolloutState.Empty, Theirs("enforce 84 mx1.example.com"), T0);

        Assert.Null(decision.Next.Served);
        Assert.Equal(Reason.LiveElsewhere, Assert.IsType<Finding.Broken>(decision.Waiting).Reason);
    }

    // Two ids while one replaces another, or a record that is not valid.
    [Theory]
    [InlineData(LiveOwner.Us, "testing 1 mx1.example.com")]
    [InlineData(LiveOwner.Us, "enforce 84 mx1.example.com")]
    [InlineData(LiveOwner.Us, "?")]
    [InlineData(LiveOwner.Other, "enforce 84 mx1.example.com")]
    [InlineData(LiveOwner.Other, "?")]
    public void While_the_records_name_no_one_id_nothing_is_begun(LiveOwner owner, string live)
    {
        var decision = Decider.Decide(Adopting, RolloutState.Empty, Theirs(live) with { Owner = owner, LiveId = null }, T0);

        Assert.Null(decision.Next.Served);
        Assert.Equal(Reason.LivePolicyUnknown, Assert.IsType<Finding.Unknown>(decision.Waiting).Reason);
    }

    [Fact]
    public void Without_adopt_nothing_of_somebody_else_is_touched() =>
        Assert.Null(Decider.Decide(Scene.Intent(), RolloutState.Empty, Theirs("enforce 84 mx1.example.com"), T0).Next.Served);

    [Fact]
    public void A_domain_that_was_taken_down_is_not_begun_again_by_what_is_still_seen_of_it()
    {
        var none = Document("none 1 mx1.example.com");
        var removed = Scene.PublishedIn(Scene.Intent(), "enforce", T0).Withdraw(Reason.Retired, T0);

        var next = Decider.Decide(Scene.Intent() with { Target = TargetMode.None }, removed, Ours(none.Id) with { LivePolicy = none.Policy }, T0).Next;

        Assert.Null(next.Served);
        Assert.True(next.Withdrawn);
    }

    [Fact]
    public void A_domain_that_was_taken_down_begins_at_the_bottom_when_it_is_wanted_again()
    {
        var removed = Scene.PublishedIn(Scene.Intent(), "enforce", T0).Withdraw(Reason.Retired, T0);

        var next = Decider.Decide(Scene.Intent(), removed, Scene.Healthy(), T0).Next;

        Assert.Equal(("testing", false, (PolicyId?)null), (next.Stage, next.Withdrawn, next.PublishedId));
    }

    private static Intent Adopting => Scene.Intent() with { Adoption = Adoption.Adopt };

    private static Evidence Ours(PolicyId id) => Scene.Healthy().With(Check.PolicyServed, Scene.Broken()) with
    {
        Owner = LiveOwner.Us,
        LiveRecord = "v=STSv1; id=...;",
        LiveId = id,
        LiveTtlSeconds = Ttl,
        MxTtlSeconds = Ttl,
    };

    private static Evidence Theirs(string live) => Ours(Foreign) with
    {
        Owner = LiveOwner.Other,
        LivePolicy = live.Length > 1 ? Document(live).Policy : null,
        LivePolicyIsAbsent = live == "-",
    };

    private static PolicyDocument Document(string text) => text.Split(' ') is [var mode, var days, .. var mx]
        ? PolicyDocument.Of(new StsPolicy(Enum.Parse<StsMode>(mode, ignoreCase: true), [.. mx.Select(MxPattern.Parse)], int.Parse(days, null) * 86400))
        : throw new FormatException(text);

    private static string Show(StsPolicy policy) =>
        string.Join(' ', [policy.Mode.ToString().ToLowerInvariant(), $"{policy.MaxAgeSeconds / 86400}", .. policy.Mx.Select(m => m.ToString())]);
}
