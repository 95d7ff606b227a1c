using MtaSts.EndToEnd;
using Xunit.Sdk;
using Xunit.v3;

// Most of what these tests do is to wait, so more of them run at once than there are processors.
[assembly: Parallelization(MaxThreads = 9)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace MtaSts.EndToEnd;

/// <summary>Begins with the worlds whose tests cannot run beside each other, so that all end together.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Rank)];

    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection => collection.TestCollectionDisplayName switch
        {
            OperatorDeathsCollection.Name => 0,
            OperatorOutagesCollection.Name or OperatorApiFaultsCollection.Name or OperatorPairCollection.Name or OperatorExposureCollection.Name or ControlPlaneCollection.Name => 1,
            var name when name.Contains(nameof(OperatorRetirementTests), StringComparison.Ordinal) => 2,
            var name when name.Contains(nameof(OperatorManifestTests), StringComparison.Ordinal) => 2,
            var name when name.Contains(nameof(OperatorRolloutTests), StringComparison.Ordinal) => 2,
            MailNetworkCollection.Name => 4,
            // They look back on what the others did.
            var name when name.Contains(nameof(OperatorOrderTests), StringComparison.Ordinal) || name.Contains(nameof(OperatorTelemetryTests), StringComparison.Ordinal) => 5,
            _ => 3,
        };
}
