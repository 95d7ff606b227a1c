using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads a provider. All that the CRD checks is checked again.</summary>
public static class ProviderReader
{
    private const long TtlDefault = 300;
    private const long TtlMin = 30;
    private const long TtlMax = 86400;

    /// <summary>The settings of a valid provider, or everything that is wrong with it.</summary>
    /// <param name="resource">The provider. Of a DnsProvider the settings reach no address but public ones, until a class says more.</param>
    /// <param name="ownerIdDefault">The operator's own owner id, for a provider that says none.</param>
    public static ResourceReading<ProviderSettings> Read(IDnsProviderResource resource, string ownerIdDefault)
    {
        var problems = new Problems();
        var spec = resource.Spec ?? new DnsProviderSpec();

        var zones = (spec.Zones ?? []).Select((z, i) => Zone($"spec.zones[{i}]", z ?? "", problems)).OfType<string>().Distinct().ToImmutableArray();
        if (spec.Ttl is < TtlMin or > TtlMax)
        {
            problems.Add("spec.ttl", $"is {spec.Ttl}", $"write seconds from {TtlMin} to {TtlMax}");
        }

        var owner = spec.OwnerId ?? ownerIdDefault;
        problems.ObjectName("spec.ownerId", owner, dots: false, Schema.Patterns.LabelCharsMax);
        var delegation = spec.CnameTarget is { } target ? CnameTarget("spec.cnameTarget", target, zones, problems) : null;
        var space = resource is DnsProvider ? resource.Metadata.NamespaceProperty : null;
        var backend = BackendReader.Read(spec, isNamespaced: space is not null, problems);
        var requests = spec.RateLimit is { } limit ? RequestsMax("spec.rateLimit", limit, backend, problems) : null;

        return new ResourceReading<ProviderSettings>(
            problems.None && backend is not null
                ? new ProviderSettings
                {
                    Name = space is null ? resource.Metadata.Name ?? "" : $"{space}/{resource.Metadata.Name}",
                    Namespace = space,
                    Reach = space is null ? Reach.Anywhere : Reach.PublicAnd([]),
                    Zones = zones,
                    TtlSeconds = spec.Ttl ?? TtlDefault,
                    OwnerId = owner,
                    Delegation = delegation,
                    RequestsMax = requests,
                    Backend = backend,
                }
                : null,
            problems.All);
    }

    // A limit that nobody keeps to would be worse than none.
    private static int? RequestsMax(string path, RateLimitSpec limit, DnsBackend? backend, Problems problems)
    {
        if (backend is { RequestsMax: null })
        {
            problems.Add(path, "is set", $"remove it; {backend.Field} makes no HTTP requests that could be counted");
        }
        else if (limit.Requests is null || limit.Requests < RequestBudget.RequestsMin || limit.Requests > (backend?.RequestsMax ?? int.MaxValue))
        {
            problems.Add($"{path}.requests", limit.Requests is { } requests ? $"is {requests}" : "is not set", $"write requests in five minutes, from {RequestBudget.RequestsMin} to {backend?.RequestsMax}");
        }

        return (int?)limit.Requests;
    }

    private static Delegation? CnameTarget(string path, string value, ImmutableArray<string> zones, Problems problems)
    {
        var parsed = Delegation.TryParse(value, out var delegation, out var problem);
        if (!problems.Name(path, value, delegation?.ToString(), problem, "write a name in a zone of yours such as sts.platform.example") || !parsed)
        {
            return null;
        }

        if (!zones.IsEmpty && !zones.Any(zone => value == zone || value.EndsWith($".{zone}", StringComparison.Ordinal)))
        {
            problems.Add(path, $"is {Problems.Show(value)}, which is in none of spec.zones", "add its zone there, or write a name in one of them");
        }

        return delegation;
    }

    private static string? Zone(string path, string value, Problems problems)
    {
        HostName.TryNormaliseAny(value, out var name, out var problem);
        return problems.Name(path, value, name, problem, "write a zone such as example.com") ? value : null;
    }
}
