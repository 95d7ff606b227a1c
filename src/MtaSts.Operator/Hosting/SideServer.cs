using System.Collections;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MtaSts.Kubernetes;
using MtaSts.Operator.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MtaSts.Operator.Hosting;

/// <summary>
/// What others see of the process beside its work: /healthz (it does its work; a dead watch makes it fail) and /readyz (the caches are filled) with 200 or 503 and a
/// line for each cache, and /metrics for Prometheus. Metrics and traces also go to the OTLP endpoint that OTEL_EXPORTER_OTLP_ENDPOINT names, where it is set.
/// </summary>
internal sealed class SideServer : IAsyncDisposable
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"; // By the OpenTelemetry specification, as all that the exporter reads.

    private readonly IHost _host;

    private SideServer(IHost host) => _host = host;

    /// <summary>Where meters come from.</summary>
    public IMeterFactory Meters => _host.Services.GetRequiredService<IMeterFactory>();

    /// <summary>A server that does not listen yet.</summary>
    /// <param name="listen">Where it will; null for nowhere.</param>
    /// <param name="health">What it tells of the watches.</param>
    /// <param name="version">The operator's version.</param>
    public static SideServer Build(IPEndPoint? listen, RuntimeHealth health, string version)
    {
        var isPushed = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OtlpEndpoint));
        if (listen is null)
        {
            var bare = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            bare.Configuration.AddInMemoryCollection(TelemetryVariables());
            Measure(bare.Services, version, isPushed, isAsked: false);
            return new SideServer(bare.Build());
        }

        // Empty: any other builder looks for settings files in the current folder, which is / in a container, and watches every folder below it for
        // changes. That takes seconds at the start, minutes under load, before the leader election can begin.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(TelemetryVariables());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(Bindable(listen)));
        Measure(builder.Services, version, isPushed, isAsked: true);
        var app = builder.Build();
        app.MapGet("/healthz", () => Answer(health.IsAlive, health));
        app.MapGet("/readyz", () => Answer(health.IsReady, health));
        app.MapPrometheusScrapingEndpoint("/metrics");
        return new SideServer(app);
    }

    /// <summary>Listens until cancelled. A port that is taken throws at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _host.StartAsync(cancellationToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _host.StopAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ((IAsyncDisposable)_host).DisposeAsync();

    private static void Measure(IServiceCollection services, string version, bool isPushed, bool isAsked)
    {
        services.AddMetrics();
        if (!isPushed && !isAsked)
        {
            return;
        }

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("mta-sts-operator", serviceVersion: version, serviceInstanceId: Environment.MachineName))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(OperatorMetrics.MeterName, RuntimeMetrics.MeterName, "System.Runtime", "System.Net.Http");
                foreach (var naming in OperatorMetrics.Naming)
                {
                    metrics.AddView(naming, new MetricStreamConfiguration { CardinalityLimit = OperatorMetrics.NamedSeriesMax });
                }

                if (isAsked)
                {
                    metrics.AddPrometheusExporter();
                }

                if (isPushed)
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (isPushed)
        {
            telemetry.WithTracing(traces => traces.AddSource(Tracing.SourceName).AddOtlpExporter());
        }
    }

    // The exporters read their variables from the host's configuration, and that of an empty builder has none.
    private static IEnumerable<KeyValuePair<string, string?>> TelemetryVariables() =>
        from DictionaryEntry variable in Environment.GetEnvironmentVariables()
        let name = (string)variable.Key
        where name.StartsWith("OTEL_", StringComparison.Ordinal)
        select new KeyValuePair<string, string?>(name, (string?)variable.Value);

    // [::] takes both IP versions, but only where the kernel has IPv6 at all.
    private static IPEndPoint Bindable(IPEndPoint wanted) =>
        wanted.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, wanted.Port) : wanted;

    private static IResult Answer(bool isWell, RuntimeHealth health) => Results.Text(
        string.Join('\n', health.Describe()) + "\n", "text/plain", statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
