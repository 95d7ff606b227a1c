using System.Collections.Immutable;
using System.Net;
using DnsClient;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>
/// Probes MX hosts for all domains: a host that ten thousand domains use is looked up and probed once an interval. What a class allows is judged
/// for each domain before it shares anything.
/// </summary>
internal sealed class SharedMxProber(ProbeOptions options, DnsProbe dns, MxProber prober, TimeProvider time, ILogger logger) : IDisposable
{
    private const int EntriesMax = 50_000;

    private readonly SharedCache<string, ImmutableArray<DnsReply>> _addresses = new(time, EntriesMax);
    private readonly SharedCache<(string Host, IPAddress Address), MxSession> _sessions = new(time, EntriesMax);
    private readonly SemaphoreSlim _turns = new(Math.Max(1, options.MaxParallel));
    private readonly EgressWatch _egress = new(time);
    private bool _wasBlocked; // logged once each time it begins

    /// <summary>Whether our own way out to mail servers seems blocked.</summary>
    public bool EgressBlocked
    {
        get
        {
            var blocked = _egress.IsBlocked;
            if (Interlocked.Exchange(ref _wasBlocked, blocked) != blocked && blocked)
            {
                ProbeLog.EgressBlocked(logger, options.SmtpPort, _egress.Failed);
            }

            return blocked;
        }
    }

    /// <summary>Looks a host up and probes each of its addresses.</summary>
    public async Task<MxHost> ObserveAsync(
        string host, int preference, ImmutableArray<IPNetwork> allowed, TimeSpan interval, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(host, interval, cancellationToken);
        var probes = await Task.WhenAll(HostAddresses.Of(addresses).Select(a => ProbeAsync(host, a, allowed, interval, cancellationToken)));
        return new MxHost(host, preference, addresses, [.. probes]);
    }

    /// <summary>Replies of each resolver for a host's A and AAAA.</summary>
    public Task<ImmutableArray<DnsReply>> AddressesAsync(string host, TimeSpan interval, CancellationToken cancellationToken) =>
        _addresses.GetAsync(
            host,
            replies => replies.All(r => r.IsDefinite) ? interval : TimeSpan.Zero, // a failed question is asked again
            async () =>
            {
                var replies = await Task.WhenAll(
                    dns.AskResolversAsync(host, QueryType.A, CancellationToken.None), dns.AskResolversAsync(host, QueryType.AAAA, CancellationToken.None));
                return [.. replies.SelectMany(r => r)];
            },
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task<SmtpProbe> ProbeAsync(
        string host, IPAddress address, ImmutableArray<IPNetwork> allowed, TimeSpan interval, CancellationToken cancellationToken)
    {
        if (!AddressGuard.Allows(address, allowed))
        {
            return new SmtpProbe(host, address.ToString(), SmtpStatus.AddressRefused);
        }

        if (!Route.Exists(address))
        {
            return new SmtpProbe(host, address.ToString(), SmtpStatus.NoRoute);
        }

        var session = await _sessions.GetAsync((host, address), _ => interval, () => RunAsync(host, address), cancellationToken);
        return session.Probe;
    }

    private async Task<MxSession> RunAsync(string host, IPAddress address)
    {
        await _turns.WaitAsync(CancellationToken.None);
        try
        {
            var session = await prober.ProbeAsync(host, address, CancellationToken.None);
            _egress.Note(host, session.Connected);
            return session;
        }
        finally
        {
            _turns.Release();
        }
    }
}
