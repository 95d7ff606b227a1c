namespace MtaSts.Kubernetes;

/// <summary>What is common to informers of kinds that a cluster need not have.</summary>
public interface IOnDemandInformer : IInformer
{
    /// <summary>True once somebody asked for it.</summary>
    bool IsWanted { get; }

    /// <summary>True while the API server does not have the kind.</summary>
    bool IsApiMissing { get; }

    /// <summary>Starts it, if it has not been; any number of calls.</summary>
    void Want();
}
