using MtaSts.EndToEnd;
using Xunit.Sdk;
using Xunit.v3;

// Most of what these tests do is to wait, so more of them run at once than there are processors.
[assembly: Parallelization(MaxThreads = 9)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace MtaSts.EndToEnd;

/// <summary>Begins with the world whose tests cannot run beside each other and wait the longest, so that all end together.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Rank)];

    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection => collection.TestCollectionDisplayName switch
        {
            OperatorDeathsCollection.Name => 0,
            OperatorCollection.Name => 1,
            OperatorOutagesCollection.Name => 3,
            ControlPlaneCollection.Name or MailNetworkCollection.Name => 4,
            _ => 2,
        };
}
