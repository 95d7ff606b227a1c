using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Lets one process of several lead, by a Lease that the leader renews. Clocks of different machines need not agree: an elector measures
/// by its own monotonic clock how long it has seen the lease unchanged. The leader stops by itself before others may take over.
/// </summary>
/// <remarks>
/// Every write carries the resource version that it was decided on, so of two that take over at once one gets a conflict. A renewal
/// counts from the moment before it was sent; others count from the moment after they saw it. With RenewDeadline below
/// LeaseDuration the old leader has therefore stopped before the new one begins.
/// </remarks>
public sealed class LeaderElector
{
    private readonly ApiClient _api;
    private readonly LeaderElectionOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly string _lease;
    private LeaseRecord? _seen;
    private long _seenAt;
    private string? _holderTold;
    private long _renewedAt;
    private volatile bool _holds;
    private volatile bool _lost;

    /// <summary>An elector that does nothing before <see cref="RunAsync"/>.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public LeaderElector(ApiClient api, LeaderElectionOptions options, ILogger logger, TimeProvider? time = null)
    {
        options.Validate();
        _api = api;
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _lease = $"{options.Namespace}/{options.Name}";
    }

    /// <summary>Who this is.</summary>
    public string Identity => _options.Identity;

    /// <summary>Who holds the lease as last seen; "" for nobody or not known.</summary>
    public string Holder => _seen?.Holder ?? "";

    /// <summary>This process leads now: it holds the lease and renewed it within the deadline. Every external write may ask this.</summary>
    public bool IsLeader => Remaining > TimeSpan.Zero;

    /// <summary>How long this process may go on as the leader if no renewal succeeds any more; zero when it does not lead.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (!_holds || _lost)
                return TimeSpan.Zero;
            var left = _options.RenewDeadline - _time.GetElapsedTime(Interlocked.Read(ref _renewedAt));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Waits for the leadership, runs the work, and renews until the work has ended. Call once. When stopped while leading it goes on
    /// renewing until the work has ended and then releases the lease, so that the next leader starts at once.
    /// </summary>
    /// <param name="lead">
    /// The work. Its token is cancelled when the leadership is lost (or the shutdown takes too long), not by
    /// <paramref name="stop"/>: the work sees to its own orderly end on that.
    /// </param>
    /// <param name="stop">Ends the waiting, or the leading once the work has ended.</param>
    public async Task<LeadershipEnd> RunAsync(Func<CancellationToken, Task> lead, CancellationToken stop)
    {
        try
        {
            while (!await TryHoldAsync(stop).ConfigureAwait(false))
                await Task.Delay(Pause(), _time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A write that was under way may have made this process the holder.
            await ReleaseAsync().ConfigureAwait(false);
            return LeadershipEnd.Stopped;
        }
        Log.LeadershipGained(_logger, _lease, Identity);
        return await LeadAsync(lead, stop).ConfigureAwait(false);
    }

    private async Task<LeadershipEnd> LeadAsync(Func<CancellationToken, Task> lead, CancellationToken stop)
    {
        using var leading = new CancellationTokenSource();
        using var renewing = new CancellationTokenSource();
        // The deadline stands on a timer of its own: a renewal that hangs must not delay it.
        using var deadline = _time.CreateTimer(cts => Lose((CancellationTokenSource)cts!), leading, Remaining, Timeout.InfiniteTimeSpan);
        using var shutdown = _time.CreateTimer(static cts => ((CancellationTokenSource)cts!).Cancel(), leading, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        using var stopping = stop.Register(() => shutdown.Change(_options.ShutdownTimeout, Timeout.InfiniteTimeSpan));
        using var renewUntil = CancellationTokenSource.CreateLinkedTokenSource(leading.Token, renewing.Token);
        var renewals = RenewAsync(deadline, leading, renewUntil.Token);
        Exception? thrown = null;
        try
        {
            await lead(leading.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (leading.IsCancellationRequested || stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            thrown = e;
        }
        var lost = _lost;
        await renewing.CancelAsync().ConfigureAwait(false);
        await renewals.ConfigureAwait(false);
        if (lost)
        {
            _holds = false;
            Log.LeadershipLost(_logger, _lease, Identity, Holder == Identity
                ? $"not renewed for {_options.RenewDeadline.TotalSeconds:0.#} s"
                : $"held by '{Holder}'");
        }
        else
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        if (thrown is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        return lost ? LeadershipEnd.Lost : LeadershipEnd.Stopped;
    }

    private async Task RenewAsync(ITimer deadline, CancellationTokenSource leading, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause(), _time, cancellationToken).ConfigureAwait(false);
                if (await TryHoldAsync(cancellationToken).ConfigureAwait(false))
                {
                    // A renewal that comes when the deadline has passed does not bring the leadership back.
                    if (!_lost)
                        deadline.Change(Remaining, Timeout.InfiniteTimeSpan);
                }
                else if (_seen is { } seen && seen.Holder != Identity)
                {
                    // Taken away by force, or by a leader that saw this one's lease run out: no reason to wait for the deadline.
                    Lose(leading);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void Lose(CancellationTokenSource leading)
    {
        _lost = true;
        leading.Cancel();
    }

    /// <summary>One look at the lease, and one write if it may be taken or renewed.</summary>
    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        var read = await SendAsync(HttpMethod.Get, Path, null, cancellationToken).ConfigureAwait(false);
        if (read.Code == 404)
            return await WriteAsync(HttpMethod.Post, LeaseRecord.Kind.ListPath(_options.Namespace), LeaseRecord.New(_options, _time.GetUtcNow()),
                cancellationToken).ConfigureAwait(false);
        if (!read.IsSuccess)
        {
            Log.LeaseFailed(_logger, _lease, read.ToString());
            return false;
        }
        See(read);
        if (_seen is not { } seen || !MayTake(seen))
            return false;
        return await WriteAsync(HttpMethod.Put, Path, seen.HeldBy(_options, _time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
    }

    private bool MayTake(LeaseRecord seen)
    {
        if (seen.Holder.Length == 0 || seen.Holder == Identity)
            return true;
        if (_holderTold != seen.Holder)
        {
            _holderTold = seen.Holder;
            Log.LeaseHeldByOther(_logger, _lease, seen.Holder);
        }
        // The holder may have been given other settings; the longer time is the safe one.
        var held = TimeSpan.FromSeconds(seen.DurationSeconds);
        return _time.GetElapsedTime(_seenAt) > (held > _options.LeaseDuration ? held : _options.LeaseDuration);
    }

    private async Task<bool> WriteAsync(
        HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
    {
        body["apiVersion"] = LeaseRecord.Kind.ApiVersion;
        body["kind"] = LeaseRecord.Kind.Kind;
        var before = _time.GetTimestamp();
        var reply = await SendAsync(method, path, body, cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
        {
            // 409 is the ordinary end of a race; the next look tells who won.
            if (reply.Code != 409)
                Log.LeaseFailed(_logger, _lease, reply.ToString());
            return false;
        }
        See(reply);
        Interlocked.Exchange(ref _renewedAt, before);
        _holds = true;
        return true;
    }

    private void See(ApiReply reply)
    {
        if (reply.Json() is not JsonObject body)
            return;
        var record = new LeaseRecord(body);
        if (_seen?.Version == record.Version)
            return;
        _seenAt = _time.GetTimestamp();
        _seen = record;
    }

    private async Task ReleaseAsync()
    {
        var held = _holds;
        _holds = false;
        if (_seen is null && !held)
            return;
        var read = await SendAsync(HttpMethod.Get, Path, null, CancellationToken.None).ConfigureAwait(false);
        if (read.IsSuccess)
            See(read);
        if (!read.IsSuccess || _seen is not { } seen || seen.Holder != Identity)
        {
            if (held)
                Log.ReleaseFailed(_logger, _lease, read.IsSuccess ? $"held by '{Holder}'" : read.ToString());
            return;
        }
        var reply = await SendAsync(HttpMethod.Put, Path, seen.Released(_time.GetUtcNow()), CancellationToken.None).ConfigureAwait(false);
        if (reply.IsSuccess)
        {
            See(reply);
            Log.LeadershipReleased(_logger, _lease, Identity);
        }
        else
        {
            Log.ReleaseFailed(_logger, _lease, reply.ToString());
        }
    }

    private Task<ApiReply> SendAsync(
        HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) =>
        // Half the deadline: after one request that hangs there is time for another.
        _api.SendAsync(method, path, body, null, _options.RenewDeadline / 2, cancellationToken);

    private string Path => LeaseRecord.Kind.ObjectPath(new ObjectKey(_options.Namespace, _options.Name));

    private TimeSpan Pause() => _options.RetryPeriod * (1 - (0.2 * Random.Shared.NextDouble()));
}
