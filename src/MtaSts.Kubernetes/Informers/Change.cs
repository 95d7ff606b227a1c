namespace MtaSts.Kubernetes;

/// <summary>What happened to an object, as an informer saw it.</summary>
public abstract record Change<T>
{
    private Change(ObjectKey key) => Key = key;

    /// <summary>The object's key.</summary>
    public ObjectKey Key { get; }

    /// <summary>The object is new to the cache.</summary>
    /// <param name="Key">The object's key.</param>
    /// <param name="Current">The object.</param>
    public sealed record Added(ObjectKey Key, T Current) : Change<T>(Key);

    /// <summary>The object changed.</summary>
    /// <param name="Key">The object's key.</param>
    /// <param name="Old">As the cache had it.</param>
    /// <param name="Current">As it is now.</param>
    public sealed record Updated(ObjectKey Key, T Old, T Current) : Change<T>(Key);

    /// <summary>The object is gone.</summary>
    /// <param name="Key">The object's key.</param>
    /// <param name="Last">The object as it was last seen.</param>
    /// <param name="FinalStateUnknown">
    /// The deletion itself was not seen: a later list did not have the object. <paramref name="Last"/> may be older than its end.
    /// </param>
    public sealed record Deleted(ObjectKey Key, T Last, bool FinalStateUnknown) : Change<T>(Key);
}
