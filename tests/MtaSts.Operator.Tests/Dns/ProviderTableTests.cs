using System.Reflection;
using System.Text.Json.Serialization;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The table of adapters has a row for each place that a provider can name; what the rows say is checked by the conformance suite.</summary>
public sealed class ProviderTableTests
{
    [Fact]
    public void Every_kind_of_provider_has_a_row()
    {
        var kinds = typeof(DnsProviderSpec).GetProperties()
            .Where(p => p.PropertyType.Name.EndsWith("Spec", StringComparison.Ordinal) && p.PropertyType != typeof(RateLimitSpec))
            .Select(p => $"`{p.GetCustomAttribute<JsonPropertyNameAttribute>()!.Name}`");
        var rows = ProviderTable.Rows().ToList();
        Assert.Equal(6, kinds.Count());
        Assert.All(kinds, kind => Assert.Contains(kind, rows));
    }
}
