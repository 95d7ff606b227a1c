using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads a class. All that the CRD checks is checked again, since API servers before 1.25 drop half of it.</summary>
public static class ClassReader
{
    private static readonly TimeSpan IntervalDefault = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromDays(1); // a day without a look is no watching
    private static readonly TimeSpan CertificateLifeMinDefault = TimeSpan.FromHours(72);

    /// <summary>The settings of a valid class, or everything that is wrong with it.</summary>
    /// <param name="resource">The class.</param>
    /// <param name="maxAgeMin">The smallest max_age that a stage may have; null for <see cref="StagesReader.MaxAgeMinDefault"/>.</param>
    public static ResourceReading<ClassSettings> Read(MtaStsClass resource, TimeSpan? maxAgeMin = null)
    {
        var problems = new Problems();
        var spec = resource.Spec ?? new MtaStsClassSpec();
        var name = resource.Metadata.Name ?? "";

        problems.OneOf("spec.dnsProviderRef.kind", spec.DnsProviderRef?.Kind, true, (ClusterDnsProvider.KubeKind, true));
        problems.ObjectName("spec.dnsProviderRef.name", spec.DnsProviderRef?.Name, dots: true, Schema.Patterns.NameCharsMax);
        var reporting = TlsReportingReader.Read("spec.tlsReporting", spec.TlsReporting, problems);
        var namespaces = LabelSelector.Read("spec.allowedNamespaces", spec.AllowedNamespaces, problems);
        var domains = (spec.AllowedDomains ?? []).Select((d, i) => DomainRule.Read($"spec.allowedDomains[{i}]", d ?? "", problems)).ToList();
        if (spec.AllowedDomains is { Count: 0 })
        {
            problems.Add("spec.allowedDomains", "is empty", "list a domain, or leave it out to allow every domain");
        }

        var serving = ServingReader.Read(name, spec.Serving ?? new ServingSpec(), problems);
        var stages = StagesReader.Read("spec.rollout.stages", spec.Rollout?.Stages, maxAgeMin ?? StagesReader.MaxAgeMinDefault, problems);
        var interval = problems.Duration("spec.rollout.interval", spec.Rollout?.Interval, IntervalDefault, IntervalMin, IntervalMax);
        var life = problems.Duration(
            "spec.rollout.certificateLifeMin", spec.Rollout?.CertificateLifeMin, CertificateLifeMinDefault, TimeSpan.Zero, Durations.Max);
        var (onRegression, stepBack) = RolloutReader.Regression("spec.rollout", spec.Rollout, problems);
        var windows = RolloutReader.Windows("spec.rollout.windows", spec.Rollout?.Windows, problems);
        var freezes = RolloutReader.Freezes("spec.rollout.freezes", spec.Rollout?.Freezes, problems);
        var fleet = RolloutReader.Fleet("spec.rollout", spec.Rollout, problems);
        var networks = problems.Networks("spec.probes.allowedAddresses", spec.Probes?.AllowedAddresses ?? []);
        var namespaced = NamespacedProviders.Read("spec.namespacedProviders", spec.NamespacedProviders, problems);
        var subdomains = problems.OneOf("spec.subdomainsOfOthers", spec.SubdomainsOfOthers, true, ("Allow", true), ("Forbid", false));

        return new ResourceReading<ClassSettings>(
            problems.None
                ? new ClassSettings
                {
                    Name = name,
                    ProviderName = spec.DnsProviderRef!.Name,
                    NamespacedProviders = namespaced,
                    AllowsSubdomainsOfOthers = subdomains,
                    Rights = new ClassRights(name, namespaces, [.. domains.OfType<DomainRule>()]),
                    Stages = stages,
                    Interval = interval,
                    CertificateLifeMin = life,
                    OnRegression = onRegression,
                    StepBack = stepBack,
                    Windows = windows,
                    Freezes = freezes,
                    FleetRule = fleet,
                    TlsReporting = reporting,
                    ProbeNetworks = networks,
                    Serving = serving,
                }
                : null,
            problems.All);
    }
}
