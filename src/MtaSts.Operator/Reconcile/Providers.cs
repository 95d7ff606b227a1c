using System.Text;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>Makes the adapter of a provider, with the secret that it has at this moment, so that a rotated Secret is used at once.</summary>
/// <param name="cluster">Where the Secrets are.</param>
/// <param name="loggers">For the adapters.</param>
/// <param name="time">The clock that signatures go by.</param>
public sealed class Providers(Cluster cluster, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>The adapter, or why there is none.</summary>
    public (IDnsProvider? Provider, ProviderFault? Fault) Open(ProviderSettings settings)
    {
        TsigKey? key = null;
        if (settings.Tsig is { } tsig)
        {
            if (SecretOf(tsig) is not { } secret)
            {
                return (null, new ProviderFault(
                    Reason.ProviderCredentialsRefused,
                    $"Secret {cluster.OperatorNamespace}/{tsig.SecretName} with the key \"{tsig.SecretKey}\" is not there; create it",
                    Transient: false));
            }

            if (!TsigKey.TryCreate(tsig.KeyName, tsig.Algorithm, secret, out key, out var problem))
            {
                return (null, new ProviderFault(
                    Reason.ProviderCredentialsRefused, $"Secret {cluster.OperatorNamespace}/{tsig.SecretName}: {problem}", Transient: false));
            }
        }

        var options = new Rfc2136Options
        {
            Host = settings.ServerHost,
            Port = settings.ServerPort,
            Zones = settings.Zones,
            Key = key,
            Timeout = settings.Timeout,
        };
        return (new Rfc2136Provider(options, time, loggers.CreateLogger<Rfc2136Provider>()), null);
    }

    private string? SecretOf(TsigSettings tsig) =>
        cluster.Secrets.Cache.Find(new ObjectKey(cluster.OperatorNamespace, tsig.SecretName))?.Data is { } data
        && data.TryGetValue(tsig.SecretKey, out var bytes)
            ? Encoding.UTF8.GetString(bytes).Trim()
            : null;
}
