namespace MtaSts.Kubernetes;

/// <summary>The weight of an event, by the names that Kubernetes has for it.</summary>
public enum EventType
{
    /// <summary>Something went as it should.</summary>
    Normal,

    /// <summary>Somebody should look.</summary>
    Warning,
}
