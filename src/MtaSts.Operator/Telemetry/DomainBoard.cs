using System.Collections.Concurrent;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Telemetry;

/// <summary>The last look at each domain. It is filled by passes, so only the replica that leads has one; a restart empties it until each domain was looked at again.</summary>
public sealed class DomainBoard
{
    private readonly ConcurrentDictionary<(string Kind, ObjectKey Key), DomainSeen> _seen = new();

    /// <summary>Every domain that was looked at.</summary>
    public IEnumerable<KeyValuePair<(string Kind, ObjectKey Key), DomainSeen>> All => _seen;

    /// <summary>The last look at a domain; null where there was none.</summary>
    /// <param name="kind">The kind of the resource.</param>
    /// <param name="key">The resource.</param>
    public DomainSeen? Of(string kind, ObjectKey key) => _seen.GetValueOrDefault((kind, key));

    /// <summary>Notes a look.</summary>
    public void Note(string kind, ObjectKey key, DomainSeen seen) => _seen[(kind, key)] = seen;

    /// <summary>Forgets a resource that is gone, or may not act any more.</summary>
    public void Forget(string kind, ObjectKey key) => _seen.TryRemove((kind, key), out _);
}
