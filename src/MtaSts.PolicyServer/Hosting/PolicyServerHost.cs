using MtaSts.PolicyServer.Certificates;
using MtaSts.PolicyServer.CommandLine;
using MtaSts.PolicyServer.Http;
using MtaSts.PolicyServer.Policies;
using MtaSts.PolicyServer.Telemetry;

namespace MtaSts.PolicyServer.Hosting;

/// <summary>The parts of the running server, wired.</summary>
internal sealed class PolicyServerHost : IAsyncDisposable
{
    private static readonly TimeSpan CutAfter = TimeSpan.FromSeconds(2);

    private readonly ServerOptions _options;
    private readonly ILogger _logger;
    private readonly Readiness _readiness;
    private readonly Listener _policies;
    private readonly Listener _health;
    private readonly Listener? _tls;
    private readonly CertificateStore? _certificates;
    private readonly CancellationTokenSource _reading = new();
    private Task _reader = Task.CompletedTask;

    public PolicyServerHost(ServerOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _logger = loggers.CreateLogger<PolicyServerHost>();
        Metrics = new ServerMetrics();
        Store = new PolicyStore(options.Policies, Metrics, loggers.CreateLogger<PolicyStore>(), TimeProvider.System);
        _readiness = new Readiness(Store);
        var application = new PolicyApplication(Store, _readiness, Metrics);
        _policies = Listener.ForPolicies(options, application, Metrics, loggers);
        if (options.TlsListen is { } address)
        {
            _certificates = new CertificateStore(options.Certificates, Metrics, loggers.CreateLogger<CertificateStore>());
            _tls = Listener.ForPoliciesOverTls(options, address, _certificates, application, Metrics, loggers);
        }

        _health = Listener.ForHealth(options, new HealthApplication(_readiness, Metrics), loggers);
    }

    public ServerMetrics Metrics { get; }

    public PolicyStore Store { get; }

    /// <summary>Where policies are served, once started.</summary>
    public Uri Address => _policies.Address;

    /// <summary>Where policies are served over TLS, once started; null for nowhere.</summary>
    public Uri? TlsAddress => _tls?.Address;

    /// <summary>Where health and metrics are served, once started.</summary>
    public Uri HealthAddress => _health.Address;

    /// <exception cref="IOException">An address is taken or is not ours.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _reader = Task.WhenAll(
            Store.RunAsync(_options.Poll, _reading.Token),
            _certificates?.RunAsync(_options.Poll, TimeProvider.System, _reading.Token) ?? Task.CompletedTask);
        await _policies.StartAsync(cancellation);
        if (_tls is not null)
            await _tls.StartAsync(cancellation);
        // Last, since "ready" sends senders to the others.
        await _health.StartAsync(cancellation);
        _logger.Listening(Address.ToString(), HealthAddress.ToString());
        if (_tls is not null)
            _logger.ListeningTls(_tls.Address.ToString(), _options.Certificates);
    }

    /// <summary>
    /// Says "not ready", goes on answering until load balancers have noticed, then takes no more connections, finishes
    /// what is under way and stops.
    /// </summary>
    /// <param name="reason">For the log: the signal's name.</param>
    /// <param name="hurry">Ends the waiting: the second signal.</param>
    public async Task StopAsync(string reason, CancellationToken hurry)
    {
        _logger.Draining(reason, _options.Drain.TotalSeconds);
        _readiness.Drain();
        await Task.Delay(_options.Drain, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        using var cut = new CancellationTokenSource(CutAfter);
        await _policies.StopAsync(cut.Token);
        if (_tls is not null)
            await _tls.StopAsync(cut.Token);
        await _health.StopAsync(cut.Token);
        await _reading.CancelAsync();
        await _reader;
        _logger.Stopped();
    }

    public async ValueTask DisposeAsync()
    {
        await _reading.CancelAsync();
        await _reader;
        _policies.Dispose();
        _tls?.Dispose();
        _health.Dispose();
        _reading.Dispose();
    }
}
