using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// The adapters of the providers, each with the secret that it has at this moment, so that a rotated Secret is used at once. An adapter stays for as long as
/// its settings and its secret do: what it knows of limits and zones is the provider's, not a domain's.
/// </summary>
/// <param name="secrets">Where the credentials are.</param>
/// <param name="adapters">Makes adapters.</param>
/// <param name="time">The clock of the gates.</param>
public sealed class Providers(SecretEntries secrets, DnsAdapters adapters, TimeProvider time)
{
    // By name and reach: two classes may let one DnsProvider reach different networks, and neither shall use the other's connections.
    private readonly Dictionary<(string Name, Reach Reach), Opened> _opened = [];
    private readonly Lock _lock = new();

    /// <summary>The adapter with its gate, or why there is none. Not for what is written by hand.</summary>
    public async Task<(OpenedProvider? Provider, ProviderFault? Fault)> OpenAsync(ProviderSettings settings, CancellationToken cancellationToken)
    {
        string? secret = null;
        if (settings.Backend.Credential is { } entry)
        {
            (secret, var absent) = await secrets.ReadAsync(settings, entry, cancellationToken);
            if (secret is null)
            {
                return (null, absent);
            }
        }

        var key = (settings.Name, settings.Reach);
        lock (_lock)
        {
            if (_opened.TryGetValue(key, out var opened) && opened.IsFor(settings, secret))
            {
                return (opened.Provider, null);
            }

            if (adapters.Create(settings, secret, out var problem) is not { } adapter)
            {
                return (null, new ProviderFault(
                    Reason.ProviderCredentialsRefused, $"Secret {secrets.KeyOf(settings, settings.Backend.Credential!)}: {problem}", Transient: false));
            }

            opened = new Opened(settings, secret, new OpenedProvider(adapter, new ProviderGate(time)));
            _opened[key] = opened;
            return (opened.Provider, null);
        }
    }

    /// <summary>What is left to each provider that has a limit on requests; of one that is opened with several reaches, of the first.</summary>
    public IReadOnlyList<(string Provider, RequestHeadroom Headroom)> Limits()
    {
        lock (_lock)
        {
            return [.. _opened.Where(o => o.Value.Provider.Adapter.Headroom is not null).DistinctBy(o => o.Key.Name).Select(o => (o.Key.Name, o.Value.Provider.Adapter.Headroom!))];
        }
    }

    /// <summary>Lets go of a provider that is gone.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            foreach (var key in _opened.Keys.Where(k => k.Name == name).ToList())
            {
                _opened.Remove(key);
            }
        }
    }

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
