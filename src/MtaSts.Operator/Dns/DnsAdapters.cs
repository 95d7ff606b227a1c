using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Dns;

/// <summary>Makes the adapter that a provider's settings ask for.</summary>
/// <param name="loggers">For the adapters.</param>
/// <param name="time">The clock that signatures and limits go by.</param>
public sealed class DnsAdapters(ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>The adapter; null with a problem where the secret is none that it could use.</summary>
    /// <param name="settings">The provider.</param>
    /// <param name="secret">Its credential, where it has one.</param>
    /// <param name="problem">What is wrong with the secret; never the secret itself.</param>
    public IDnsProvider? Create(ProviderSettings settings, string? secret, out string problem)
    {
        problem = "";
        return settings.Backend switch
        {
            DnsBackend.Rfc2136 server => Create(server, settings, secret, out problem),
            var other => throw new ArgumentException($"nothing writes {other.Field} records", nameof(settings)),
        };
    }

    private Rfc2136Provider? Create(DnsBackend.Rfc2136 server, ProviderSettings settings, string? secret, out string problem)
    {
        TsigKey? key = null;
        problem = "";
        if (server.Tsig is { } tsig && !TsigKey.TryCreate(tsig.KeyName, tsig.Algorithm, secret!, out key, out problem))
        {
            return null;
        }

        var options = new Rfc2136Options { Host = server.Host, Port = server.Port, Zones = settings.Zones, Key = key, Timeout = server.Timeout };
        return new Rfc2136Provider(options, time, loggers.CreateLogger<Rfc2136Provider>());
    }
}
