using System.Collections.Immutable;

namespace MtaSts.Kubernetes;

/// <summary>
/// The objects of a kind as an informer last saw them. Readers get one consistent snapshot without a lock; one writer
/// swaps snapshots. The objects are shared: nobody changes them.
/// </summary>
public sealed class ObjectCache<T>
    where T : class
{
    private readonly Lock _writing = new();
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexers = new(StringComparer.Ordinal);
    private Snapshot _snapshot = new(
        ImmutableDictionary<ObjectKey, T>.Empty,
        ImmutableDictionary.Create<string, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>>(StringComparer.Ordinal));

    /// <summary>How many objects there are.</summary>
    public int Count => Volatile.Read(ref _snapshot).Objects.Count;

    /// <summary>All objects, as they were at one moment.</summary>
    public IReadOnlyDictionary<ObjectKey, T> All => Volatile.Read(ref _snapshot).Objects;

    /// <summary>One object, or null.</summary>
    public T? Find(ObjectKey key) => Volatile.Read(ref _snapshot).Objects.GetValueOrDefault(key);

    /// <summary>Adds an index. What is in the cache already is indexed at once.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="values">The values under which an object is found; must not throw.</param>
    /// <exception cref="ArgumentException">There is an index of that name.</exception>
    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        lock (_writing)
        {
            _indexers.Add(name, values);
            var index = EmptyIndex;
            foreach (var (key, item) in _snapshot.Objects)
                index = Enter(index, key, values(item));
            Volatile.Write(ref _snapshot, _snapshot with { Indexes = _snapshot.Indexes.SetItem(name, index) });
        }
    }

    /// <summary>The objects that an index has under a value, in no particular order.</summary>
    /// <exception cref="KeyNotFoundException">There is no such index.</exception>
    public IReadOnlyList<T> ByIndex(string name, string value)
    {
        var snapshot = Volatile.Read(ref _snapshot);
        return snapshot.Indexes[name].TryGetValue(value, out var keys) ? [.. keys.Select(key => snapshot.Objects[key])] : [];
    }

    /// <summary>Sets or adds an object.</summary>
    internal void Set(ObjectKey key, T item)
    {
        lock (_writing)
        {
            var old = _snapshot.Objects.GetValueOrDefault(key);
            Swap(_snapshot.Objects.SetItem(key, item), key, old, item);
        }
    }

    /// <summary>Removes an object.</summary>
    internal void Remove(ObjectKey key)
    {
        lock (_writing)
        {
            if (_snapshot.Objects.TryGetValue(key, out var old))
                Swap(_snapshot.Objects.Remove(key), key, old, null);
        }
    }

    /// <summary>Puts a whole new list in place of what there was.</summary>
    internal void Replace(IReadOnlyDictionary<ObjectKey, T> objects)
    {
        lock (_writing)
        {
            var indexes = _snapshot.Indexes;
            foreach (var (name, values) in _indexers)
            {
                var groups = objects
                    .SelectMany(pair => values(pair.Value).Distinct(StringComparer.Ordinal).Select(value => (value, pair.Key)))
                    .GroupBy(entry => entry.value, entry => entry.Key, StringComparer.Ordinal);
                indexes = indexes.SetItem(name, groups.ToImmutableDictionary(g => g.Key, g => g.ToImmutableHashSet(), StringComparer.Ordinal));
            }
            Volatile.Write(ref _snapshot, new Snapshot(objects.ToImmutableDictionary(), indexes));
        }
    }

    private static ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> EmptyIndex { get; } =
        ImmutableDictionary.Create<string, ImmutableHashSet<ObjectKey>>(StringComparer.Ordinal);

    private void Swap(ImmutableDictionary<ObjectKey, T> objects, ObjectKey key, T? old, T? current)
    {
        var indexes = _snapshot.Indexes;
        foreach (var (name, values) in _indexers)
        {
            string[] before = old is null ? [] : [.. values(old)];
            string[] after = current is null ? [] : [.. values(current)];
            if (before.AsSpan().SequenceEqual(after))
                continue;
            indexes = indexes.SetItem(name, Enter(Leave(indexes[name], key, before), key, after));
        }
        Volatile.Write(ref _snapshot, new Snapshot(objects, indexes));
    }

    private static ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> Enter(
        ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> index, ObjectKey key, IEnumerable<string> values)
    {
        foreach (var value in values)
            index = index.SetItem(value, index.GetValueOrDefault(value, []).Add(key));
        return index;
    }

    private static ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> Leave(
        ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> index, ObjectKey key, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            if (!index.TryGetValue(value, out var keys))
                continue;
            keys = keys.Remove(key);
            index = keys.IsEmpty ? index.Remove(value) : index.SetItem(value, keys);
        }
        return index;
    }

    private sealed record Snapshot(
        ImmutableDictionary<ObjectKey, T> Objects,
        ImmutableDictionary<string, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>> Indexes);
}
