using System.Collections.Concurrent;
using System.Text;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// The adapters of the providers, each with the secret that it has at this moment, so that a rotated Secret is used at once. An adapter stays for as long as
/// its settings and its secret do: what it knows of limits and zones is the provider's, not a domain's.
/// </summary>
/// <param name="cluster">Where the Secrets are.</param>
/// <param name="adapters">Makes adapters.</param>
/// <param name="time">The clock of the gates.</param>
public sealed class Providers(Cluster cluster, DnsAdapters adapters, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Opened> _opened = new();

    /// <summary>The adapter with its gate, or why there is none. Not for what is written by hand.</summary>
    public (OpenedProvider? Provider, ProviderFault? Fault) Open(ProviderSettings settings)
    {
        string? secret = null;
        if (settings.Backend.Credential is { } entry && (secret = SecretOf(entry)) is null)
        {
            return (null, new ProviderFault(
                Reason.ProviderCredentialsRefused,
                $"Secret {cluster.OperatorNamespace}/{entry.Name} with the key \"{entry.Key}\" is not there; create it",
                Transient: false));
        }

        if (_opened.TryGetValue(settings.Name, out var opened) && opened.IsFor(settings, secret))
        {
            return (opened.Provider, null);
        }

        if (adapters.Create(settings, secret, out var problem) is not { } adapter)
        {
            return (null, new ProviderFault(
                Reason.ProviderCredentialsRefused, $"Secret {cluster.OperatorNamespace}/{settings.Backend.Credential?.Name}: {problem}", Transient: false));
        }

        opened = new Opened(settings, secret, new OpenedProvider(adapter, new ProviderGate(time)));
        _opened[settings.Name] = opened;
        return (opened.Provider, null);
    }

    private string? SecretOf(SecretEntry entry) =>
        cluster.Secrets.Cache.Find(new ObjectKey(cluster.OperatorNamespace, entry.Name))?.Data is { } data && data.TryGetValue(entry.Key, out var bytes)
            ? Encoding.UTF8.GetString(bytes).Trim()
            : null;

    private sealed record Opened(ProviderSettings Settings, string? Secret, OpenedProvider Provider)
    {
        public bool IsFor(ProviderSettings settings, string? secret) => secret == Secret
            && settings.Zones.SequenceEqual(Settings.Zones) && settings with { Zones = Settings.Zones } == Settings;
    }
}

/// <summary>An adapter, and the gate before it that all of its domains share.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Gate">The gate.</param>
public sealed record OpenedProvider(IDnsProvider Adapter, ProviderGate Gate);
