using System.Collections.Immutable;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Sees all there is to see of a domain, from outside, at once. One for the whole process: what it learns is shared by all domains.</summary>
public sealed class DomainProber : IDisposable
{
    private readonly ProbeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DnsProbe _dns;
    private readonly PolicyProbe _policy;
    private readonly SharedMxProber _mx;

    /// <summary>A prober that looks as the options say.</summary>
    public DomainProber(ProbeOptions options, TimeProvider time, ILoggerFactory? loggers = null)
    {
        _options = options;
        _time = time;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<DomainProber>();
        var tls = new TlsClient(new CertificateJudge(options, time));
        _dns = new DnsProbe(options, time);
        _policy = new PolicyProbe(options, _dns, tls);
        _mx = new SharedMxProber(options, _dns, new MxProber(options, tls), time, _logger);
    }

    /// <summary>Observes a domain. It never throws but for the caller's cancellation; what fails or takes too long is an outcome.</summary>
    public async Task<Observed> ObserveAsync(ProbeRequest request, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var overall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        overall.CancelAfter(_options.OverallDeadline);
        var round = new Round(this, request, overall.Token, cancellationToken);

        var policy = round.PolicyAsync();
        var mx = round.MxAsync();
        var sts = round.TextAsync(request.Domain.StsRecordName);
        var tlsRpt = round.TextAsync(request.Domain.TlsRptRecordName);
        var records = Task.WhenAll(request.Records.Distinct().Select(async k => (Key: k, View: await round.RecordAsync(k))));
        await Task.WhenAll(policy, mx, sts, tlsRpt, records);

        ProbeLog.Observed(_logger, request.Domain.ToString(), _time.GetElapsedTime(started).TotalSeconds);
        return new Observed
        {
            At = _time.GetUtcNow(),
            Policy = await policy,
            StsTxt = await sts,
            TlsRptTxt = await tlsRpt,
            Mx = await mx,
            Records = (await records).ToImmutableDictionary(r => r.Key, r => r.View),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _policy.Dispose();
        _mx.Dispose();
        _dns.Dispose();
    }

    /// <summary>One round of one domain. Each part has a value that says that nothing is known, for when the overall deadline passes.</summary>
    private sealed class Round(DomainProber prober, ProbeRequest request, CancellationToken overall, CancellationToken caller)
    {
        private readonly string _domain = request.Domain.ToString();
        private readonly Dictionary<RecordKey, Task<ImmutableArray<DnsReply>>> _authoritative = [];
        private readonly Lock _gate = new();

        public Task<PolicyView> PolicyAsync()
        {
            var host = request.Domain.PolicyHost;
            return request.FetchPolicy
                ? PartAsync("the policy host", () => prober._policy.ObserveAsync(request.Domain, request.AllowedAddresses, overall), () => new PolicyView(host, [Late], []))
                : Task.FromResult(new PolicyView(host, [], []));
        }

        public async Task<DnsView> TextAsync(string name)
        {
            var authoritative = AuthoritativeAsync(new RecordKey(name, RecordType.Txt));
            var resolvers = PartAsync(name, () => prober._dns.AskResolversAsync(name, QueryType.TXT, overall), () => [Late]);
            return new DnsView(name, await authoritative, await resolvers);
        }

        public async Task<DnsView> RecordAsync(RecordKey key) => new(key.Name, await AuthoritativeAsync(key), []);

        public Task<MxView> MxAsync() => PartAsync("the mail servers", LookMxAsync, () => new MxView(new DnsView(_domain, [Late], []), [], false, false));

        private static DnsReply Late => new("not asked in time", DnsStatus.TimedOut, [], []);

        // The same record set may be asked for twice in a round: as a check and as a record that we write.
        private Task<ImmutableArray<DnsReply>> AuthoritativeAsync(RecordKey key)
        {
            lock (_gate)
            {
                if (!_authoritative.TryGetValue(key, out var asked))
                {
                    asked = PartAsync(key.Name, () => prober._dns.AskAuthoritativeAsync(key.Name, TypeOf(key.Type), request.AllowedAddresses, overall), () => [Late]);
                    _authoritative[key] = asked;
                }

                return asked;
            }
        }

        private async Task<MxView> LookMxAsync()
        {
            var view = await prober._dns.AskAsync(_domain, QueryType.MX, request.AllowedAddresses, overall);
            var lookup = MxLookup.Of(view);
            var wanted = lookup.Hosts;
            if (wanted.IsEmpty && !lookup.IsNullMx && view.All.Any(r => r.IsDefinite))
            {
                // rfc5321#5.1: without MX records the domain is its own MX, if it has an address. Where that is not certain the host stays, so
                // that the failed question is seen.
                var addresses = await prober._mx.AddressesAsync(_domain, request.Interval, overall);
                wanted = addresses.Any(a => a.Status == DnsStatus.Answered || !a.IsDefinite) ? [(_domain, 0)] : [];
            }

            var hosts = request.ProbeMx
                ? await Task.WhenAll(wanted.Select(h => prober._mx.ObserveAsync(h.Host, h.Preference, request.AllowedAddresses, request.Interval, overall)))
                : await Task.WhenAll(wanted.Select(async h => new MxHost(h.Host, h.Preference, await prober._mx.AddressesAsync(h.Host, request.Interval, overall), [])));
            return new MxView(view, [.. hosts], lookup.IsNullMx, request.ProbeMx && prober._mx.EgressBlocked);
        }

        private async Task<T> PartAsync<T>(string part, Func<Task<T>> look, Func<T> unknown)
        {
            try
            {
                return await look();
            }
            catch (OperationCanceledException) when (!caller.IsCancellationRequested)
            {
                ProbeLog.OverallDeadline(prober._logger, _domain, prober._options.OverallDeadline.TotalSeconds, part);
                return unknown();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                ProbeLog.Unforeseen(prober._logger, e, _domain, part);
                return unknown();
            }
        }

        private static QueryType TypeOf(RecordType type) => type switch
        {
            RecordType.A => QueryType.A,
            RecordType.Aaaa => QueryType.AAAA,
            RecordType.Cname => QueryType.CNAME,
            _ => QueryType.TXT,
        };
    }
}
