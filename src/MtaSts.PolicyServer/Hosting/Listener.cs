using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using MtaSts.PolicyServer.Certificates;
using MtaSts.PolicyServer.CommandLine;
using MtaSts.PolicyServer.Telemetry;

namespace MtaSts.PolicyServer.Hosting;

/// <summary>
/// One address with an application behind it. Senders and the kubelet get a listener each, so that no flood of the one
/// takes a connection from the other.
/// </summary>
internal sealed class Listener : IDisposable
{
    private const int RequestLineBytesMax = 2048; // the one path that is served has 24
    private const int HeaderFieldsMax = 64;
    private const int HealthConnectionsMax = 64;

    private readonly KestrelServer _server;
    private readonly IHttpApplication<IFeatureCollection> _application;

    private Listener(KestrelServerOptions options, IHttpApplication<IFeatureCollection> application, ILoggerFactory loggers)
    {
        var transport = new SocketTransportOptions
        {
            // The applications never block, so they may run on the thread that read the request.
            UnsafePreferInlineScheduling = true,
        };
        _server = new(Options.Create(options), new SocketTransportFactory(Options.Create(transport), loggers), loggers);
        _application = application;
    }

    /// <summary>Where it listens, once started; a port of 0 is resolved.</summary>
    public Uri Address => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>The listener for senders.</summary>
    public static Listener ForPolicies(
        ServerOptions options, IHttpApplication<IFeatureCollection> application, ServerMetrics metrics, ILoggerFactory loggers)
    {
        KestrelServerOptions kestrel = Base(options);
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Listen(Bindable(options.Listen, loggers), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            Count(listen, metrics);
        });
        return new(kestrel, application, loggers);
    }

    /// <summary>The listener for senders where nothing in front ends TLS.</summary>
    public static Listener ForPoliciesOverTls(
        ServerOptions options, IPEndPoint address, CertificateStore certificates, IHttpApplication<IFeatureCollection> application, ServerMetrics metrics, ILoggerFactory loggers)
    {
        KestrelServerOptions kestrel = Base(options);
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Listen(Bindable(address, loggers), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            Count(listen, metrics);
            listen.Use(next => new TlsConnections(next, certificates, options.HeaderTimeout).OnConnectionAsync);
        });
        return new(kestrel, application, loggers);
    }

    /// <summary>The listener for probes and scrapes.</summary>
    public static Listener ForHealth(ServerOptions options, IHttpApplication<IFeatureCollection> application, ILoggerFactory loggers)
    {
        KestrelServerOptions kestrel = Base(options);
        kestrel.Limits.MaxConcurrentConnections = HealthConnectionsMax;
        kestrel.Listen(Bindable(options.HealthListen, loggers), listen => listen.Protocols = HttpProtocols.Http1);
        return new(kestrel, application, loggers);
    }

    /// <exception cref="IOException">The address is taken or is not ours.</exception>
    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(_application, cancellation);

    /// <summary>Takes no more connections, waits for the requests under way, and cuts them at the cancellation.</summary>
    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public void Dispose() => _server.Dispose();

    private static void Count(ListenOptions listen, ServerMetrics metrics) => listen.Use(next => async connection =>
    {
        metrics.ConnectionOpened();
        try
        {
            await next(connection);
        }
        finally
        {
            metrics.ConnectionClosed();
        }
    });

    private static KestrelServerOptions Base(ServerOptions options) => new()
    {
        AddServerHeader = false,
        Limits =
        {
            MaxRequestLineSize = RequestLineBytesMax,
            MaxRequestHeadersTotalSize = options.MaxHeaderBytes,
            MaxRequestHeaderCount = HeaderFieldsMax,
            MaxRequestBufferSize = RequestLineBytesMax + options.MaxHeaderBytes,
            MaxRequestBodySize = 0,
            RequestHeadersTimeout = options.HeaderTimeout,
            KeepAliveTimeout = options.KeepAliveTimeout,
        },
    };

    // [::] takes both IP versions, but only where the kernel has IPv6 at all.
    private static IPEndPoint Bindable(IPEndPoint wanted, ILoggerFactory loggers)
    {
        if (!wanted.Address.Equals(IPAddress.IPv6Any) || Socket.OSSupportsIPv6)
            return wanted;
        var instead = new IPEndPoint(IPAddress.Any, wanted.Port);
        loggers.CreateLogger<Listener>().NoIPv6(instead.ToString(), wanted.ToString());
        return instead;
    }
}
