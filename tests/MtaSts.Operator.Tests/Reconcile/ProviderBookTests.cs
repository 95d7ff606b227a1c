using Microsoft.Extensions.Time.Testing;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

public sealed class ProviderBookTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ProviderBook _book;
    private readonly List<string> _news = [];

    public ProviderBookTests()
    {
        _book = new ProviderBook(_time);
        _book.News += _news.Add;
    }

    [Fact]
    public void What_was_written_shows_that_the_provider_answers_and_takes_the_credentials()
    {
        _book.Note("bind", Report(new PublishOutcome.Written()));

        var seen = _book.Of("bind")!;
        Assert.Equal((true, true, "example.com"), (seen.IsReachable, seen.AreCredentialsValid, Assert.Single(seen.Zones)));
        Assert.Null(seen.LastFault);
        Assert.Null(_book.Of("other"));
        Assert.Equal(["bind"], _news);
    }

    [Theory]
    [InlineData(Reason.ProviderUnavailable, false, null)]
    [InlineData(Reason.ProviderCredentialsRefused, true, false)]
    [InlineData(Reason.ProviderRateLimited, true, null)]
    [InlineData(Reason.ZoneNotFound, true, null)]
    public void A_fault_says_what_it_can(Reason reason, bool reachable, bool? valid)
    {
        _book.Note("bind", Report(Failed(reason)));

        var seen = _book.Of("bind")!;
        Assert.Equal((reachable, valid, reason, _time.GetUtcNow()), (seen.IsReachable, seen.AreCredentialsValid, seen.LastFault?.Reason, seen.LastFaultAt));
    }

    [Fact]
    public void An_outage_says_nothing_of_credentials_that_were_good_and_the_last_error_stays_to_be_read()
    {
        _book.Note("bind", Report(new PublishOutcome.Written()));
        _book.Note("bind", Report(Failed(Reason.ProviderUnavailable)));
        Assert.Equal((false, true), (_book.Of("bind")!.IsReachable, _book.Of("bind")!.AreCredentialsValid));

        _book.Note("bind", Report(new PublishOutcome.InPlace()));
        Assert.Equal((true, Reason.ProviderUnavailable), (_book.Of("bind")!.IsReachable, _book.Of("bind")!.LastFault!.Reason));
    }

    [Fact]
    public void A_thousand_writes_are_told_every_ten_seconds_and_looks_that_write_nothing_not_at_all()
    {
        for (var i = 0; i < 1000; i++)
        {
            _book.Note("bind", Report(new PublishOutcome.Written()));
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.InRange(_news.Count, 4, 6);
        _news.Clear();
        for (var i = 0; i < 1000; i++)
        {
            _book.Note("bind", Report(new PublishOutcome.InPlace()));
            _time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Empty(_news);
    }

    [Fact]
    public void The_same_fault_again_is_no_news()
    {
        for (var i = 0; i < 100; i++)
        {
            _book.Note("bind", Report(Failed(Reason.ProviderUnavailable)));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["bind"], _news);
    }

    private static PublishOutcome.Failed Failed(Reason reason) => new(new ProviderFault(reason, "it went wrong", Transient: true));

    private static PublishReport Report(PublishOutcome outcome) => PublishReport.Of(
        [KeyValuePair.Create(new RecordKey("_mta-sts.example.com", RecordType.Txt), outcome)], outcome is PublishOutcome.Failed ? [] : ["example.com"]);
}
