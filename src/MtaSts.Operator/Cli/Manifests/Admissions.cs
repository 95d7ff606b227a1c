using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Hosting;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>Reads the policies of some manifests with their classes and providers, as the operator would in a cluster that has nothing else.</summary>
/// <param name="manifests">The manifests.</param>
/// <param name="ownerId">The operator's owner id, or null where it is not known.</param>
/// <param name="maxAgeMin">The smallest max_age that a stage may have.</param>
internal sealed class Admissions(ManifestSet manifests, string? ownerId, TimeSpan maxAgeMin)
{
    private const string OwnerIdAssumed = "my-cluster";
    private const string DefaultName = "default";
    private const string ServingNamespaceAssumed = "mta-sts-system";

    private readonly List<ManifestProblem> _problems = [.. manifests.Problems];

    /// <summary>The domains, in the order of the manifests, and everything that is wrong.</summary>
    public (ImmutableArray<PlannedDomain> Domains, IReadOnlyList<ManifestProblem> Problems) Read()
    {
        // Also those that no policy uses: whoever wrote them wants to know.
        foreach (var found in manifests.Classes)
        {
            _problems.AddRange(ClassReader.Read(found.Resource, maxAgeMin).Problems.Select(found.Problem));
        }

        AddProblems(manifests.Providers);
        AddProblems(manifests.OwnProviders);

        AddTwins(manifests.Policies, p => $"{p.Metadata.NamespaceProperty}/{p.Metadata.Name}", "metadata.name", "give each resource a name of its own");
        AddTwins(manifests.Classes, c => c.Metadata.Name, "metadata.name", "give each class a name of its own");
        AddTwins(manifests.Providers, p => p.Metadata.Name, "metadata.name", "give each provider a name of its own");
        AddTwins(manifests.OwnProviders, p => $"{p.Metadata.NamespaceProperty}/{p.Metadata.Name}", "metadata.name", "give each provider a name of its own");
        AddTwins(manifests.Policies, p => p.Spec?.Domain, "spec.domain", "keep one of them: of two resources for one domain the older acts, and the other has no effect");
        ImmutableArray<PlannedDomain> domains = [.. manifests.Policies.Select(Admit).OfType<PlannedDomain>()];
        var files = manifests.Files.ToList();
        return (domains, [.. _problems.OrderBy(p => files.IndexOf(p.Place.File)).ThenBy(p => p.Place.Document).ThenBy(p => p.Place.Item)]);
    }

    private void AddProblems<T>(IEnumerable<Placed<T>> providers)
        where T : IDnsProviderResource
    {
        foreach (var found in providers)
        {
            _problems.AddRange(ProviderReader.Read(found.Resource, ownerId ?? OwnerIdAssumed).Problems.Select(found.Problem));
        }
    }

    private void AddTwins<T>(IEnumerable<Placed<T>> found, Func<T, string?> key, string path, string fix)
        where T : IKubernetesObject<V1ObjectMeta> => _problems.AddRange(found
            .Where(f => !string.IsNullOrEmpty(key(f.Resource)))
            .GroupBy(f => key(f.Resource), StringComparer.Ordinal)
            .SelectMany(same => same.Skip(1).Select(f => f.Problem(new FieldProblem(path, $"is {Problems.Show(key(f.Resource))}, as in {same.First().Place}", fix)))));

    private PlannedDomain? Admit(Placed<MtaStsPolicy> policy)
    {
        var assumed = ImmutableArray.CreateBuilder<string>();
        var settings = ClassReader.Read(ClassOf(policy.Resource, assumed), maxAgeMin);
        var intent = SpecReader.Read(policy.Resource, settings.Value ?? ClassReader.Read(Assumed(DefaultName)).Value!);
        _problems.AddRange(intent.Problems.Select(policy.Problem));
        if (!settings.IsValid)
        {
            return null; // told with the class
        }

        var owner = $"{policy.Resource.Metadata.NamespaceProperty}/{policy.Resource.Metadata.Name}";
        if (!OwnerIdentity.TryCreate(DefaultName, owner, out _, out var problem))
        {
            _problems.Add(policy.Problem(new FieldProblem("metadata", $"is wrong: {problem}", "give name and namespace as Kubernetes wants them")));
            return null;
        }

        var resource = ProviderOf(policy.Resource, settings.Value, assumed);
        var provider = ProviderReader.Read(resource, OwnerId(resource, assumed));
        if (!intent.IsValid || !provider.IsValid || !MayName(policy, provider.Value, settings.Value) || !MayUse(policy, intent.Value, settings.Value, assumed))
        {
            return null;
        }

        if (provider.Value.ProblemOf(intent.Value.Domain) is { } misfit)
        {
            _problems.Add(policy.Problem(misfit));
            return null;
        }

        return new PlannedDomain
        {
            Owner = owner,
            Intent = intent.Value with
            {
                ServingSpread = settings.Value.Serving.SpreadOf(OperatorOptions.ServingLagDefault),
                Delegation = provider.Value.Delegation,
            },
            Class = settings.Value,
            Provider = provider.Value,
            State = StatusMapping.StateOf(policy.Resource.Status),
            Assumed = assumed.ToImmutable(),
        };
    }

    private MtaStsClass ClassOf(MtaStsPolicy policy, ImmutableArray<string>.Builder assumed)
    {
        var wanted = policy.Spec?.ClassName;
        var found = wanted is null
            ? manifests.Classes.Where(c => c.Resource.IsDefault).OrderBy(c => c.Resource.Metadata.CreationTimestamp).FirstOrDefault()
            : manifests.Classes.FirstOrDefault(c => c.Resource.Metadata.Name == wanted);
        if (found is not null)
        {
            return found.Resource;
        }

        var which = wanted is null ? "a class marked as default" : $"class {Problems.Show(wanted)}";
        assumed.Add($"{which} is not among the manifests: one with the default stages, provider \"{DefaultName}\" and an Ingress for each domain in namespace {ServingNamespaceAssumed}");
        return Assumed(wanted ?? DefaultName);
    }

    private static MtaStsClass Assumed(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new MtaStsClassSpec
        {
            DnsProviderRef = new DnsProviderReference { Name = DefaultName },
            Serving = new ServingSpec { Namespace = ServingNamespaceAssumed, Image = "mta-sts-policy-server" },
        },
    };

    private IDnsProviderResource ProviderOf(MtaStsPolicy policy, ClassSettings settings, ImmutableArray<string>.Builder assumed)
    {
        var metadata = policy.Spec?.DnsProviderRef is { } own
            ? new V1ObjectMeta { Name = own.Name, NamespaceProperty = policy.Metadata.NamespaceProperty }
            : new V1ObjectMeta { Name = settings.ProviderName };
        IEnumerable<IDnsProviderResource> all = metadata.NamespaceProperty is null
            ? manifests.Providers.Select(p => p.Resource)
            : manifests.OwnProviders.Select(p => p.Resource).Where(p => p.Metadata.NamespaceProperty == metadata.NamespaceProperty);
        if (all.FirstOrDefault(p => p.Metadata.Name == metadata.Name) is { } found)
        {
            return found;
        }

        assumed.Add($"provider \"{metadata.Name}\" is not among the manifests: one that writes every zone with a TTL of 300 s");
        var spec = new DnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = "192.0.2.53" } }; // rfc5737: nobody's; it is not asked
        return metadata.NamespaceProperty is null
            ? new ClusterDnsProvider { Metadata = metadata, Spec = spec }
            : new DnsProvider { Metadata = metadata, Spec = spec };
    }

    private string OwnerId(IDnsProviderResource provider, ImmutableArray<string>.Builder assumed)
    {
        if (ownerId is null && provider.Spec?.OwnerId is null)
        {
            assumed.Add($"the owner id is not known: \"{OwnerIdAssumed}\"; give the operator's by --owner-id");
        }

        return ownerId ?? OwnerIdAssumed;
    }

    private bool MayName(Placed<MtaStsPolicy> policy, ProviderSettings provider, ClassSettings settings)
    {
        var problem = provider.Namespace is null ? null : settings.ForbidsOwn(provider.Backend);
        if (problem is not null)
        {
            _problems.Add(policy.Problem(problem.Field));
        }

        return problem is null;
    }

    private bool MayUse(Placed<MtaStsPolicy> policy, Intent intent, ClassSettings settings, ImmutableArray<string>.Builder assumed)
    {
        var space = policy.Resource.Metadata.NamespaceProperty;
        var known = manifests.Namespaces.FirstOrDefault(n => n.Resource.Metadata.Name == space);
        var labels = known?.Resource.Metadata.Labels ?? new Dictionary<string, string>();
        var problem = settings.Rights.Allows(space, labels.AsReadOnly(), intent.Domain);
        if (problem is { Reason: Reason.NamespaceNotAllowed } && known is null)
        {
            assumed.Add($"the labels of namespace {space} are not among the manifests: class \"{settings.Name}\" lets it");
            problem = (settings.Rights with { Namespaces = LabelSelector.Everything }).Allows(space, labels.AsReadOnly(), intent.Domain);
        }

        if (problem is not null)
        {
            _problems.Add(policy.Problem(problem.Field));
        }

        return problem is null;
    }
}
