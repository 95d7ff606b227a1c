using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>A policy or a retirement that may act, with all that it acts by; or why it may not.</summary>
public abstract record Admission
{
    private Admission()
    {
    }

    /// <summary>It may act.</summary>
    /// <param name="Intent">What is wanted.</param>
    /// <param name="Class">Its class.</param>
    /// <param name="Provider">The provider: the class's, or one of the policy's namespace.</param>
    /// <param name="Owner">"namespace/name" of the policy as which records and objects are marked.</param>
    public sealed record Admitted(Intent Intent, ClassSettings Class, ProviderSettings Provider, string Owner) : Admission;

    /// <summary>It could act, but an older policy has the domain.</summary>
    /// <param name="Intent">What is wanted.</param>
    /// <param name="By">"namespace/name" of the older one.</param>
    public sealed record Claimed(Intent Intent, string By) : Admission;

    /// <summary>It may not act: it has no effect until that is mended.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Message">The field and the fix.</param>
    public sealed record Rejected(Reason Reason, string Message) : Admission
    {
        /// <summary>When to look again; null where whatever mends it is watched.</summary>
        public TimeSpan? LookAgain { get; init; }
    }
}

/// <summary>Decides which policies and retirements may act: the resource is valid, its class lets it, and no older one has the domain.</summary>
/// <param name="cluster">What the API server has.</param>
/// <param name="ownerIdDefault">The owner id of providers that name none.</param>
/// <param name="maxAgeMin">The smallest max_age that a class's stage may have; null for a day.</param>
/// <param name="servingLag">How long a replica of a policy server may answer with an older document than another.</param>
public sealed class AdmissionDesk(Cluster cluster, string ownerIdDefault, TimeSpan? maxAgeMin = null, TimeSpan servingLag = default)
{
    // The policies above are not watched for it: in a large cluster each change of any would be looked up.
    private static readonly TimeSpan LookForAbove = TimeSpan.FromMinutes(10);

    /// <summary>Whether a policy may act.</summary>
    public Admission Admit(MtaStsPolicy policy) => Placed(AdmitAnywhere(policy)) switch
    {
        Admission.Admitted admitted when ClaimedByOther(policy) is { } other => new Admission.Claimed(admitted.Intent, other),
        var admission => admission,
    };

    /// <summary>Whether a retirement may act. Who may use the class is of no account any more: what was published under it must come down.</summary>
    public Admission Admit(MtaStsRetirement retirement)
    {
        var name = retirement.Spec.ClassName;
        if (cluster.Classes.Cache.Find(new ObjectKey(null, name)) is not { } found)
        {
            return new Admission.Rejected(Reason.ClassNotFound, $"there is no MtaStsClass {name} any more; create it again, so that the domain can be taken down as it was served");
        }

        return Under(
            found, settings => RetirementReader.Read(retirement, settings),
            (intent, settings) => Placed(WithProvider(
                intent,
                settings with { NamespacedProviders = settings.NamespacedProviders ?? NamespacedProviders.ForTakingDown },
                Cluster.OwnProviderOf(retirement.Spec.PolicyRef.Namespace, retirement.Spec.DnsProviderRef),
                retirement.Spec.PolicyRef.ToString())));
    }

    /// <summary>True where a policy is there that may act for the domain of a retirement.</summary>
    public bool IsWanted(MtaStsRetirement retirement) => cluster.OfDomain(retirement.Spec.Domain)
        .Any(policy => policy.Metadata.DeletionTimestamp is null && Placed(AdmitAnywhere(policy)) is Admission.Admitted);

    /// <summary>
    /// Whether a policy may act, other claims to its domain left aside, and wherever its class serves, be it where the operator does not: such a policy publishes nothing, but keeps its claim to the domain,
    /// and its records can be removed.
    /// </summary>
    public Admission AdmitAnywhere(MtaStsPolicy policy)
    {
        if (cluster.ClassOf(policy) is not { } found)
        {
            return policy.Spec?.ClassName is { } name
                ? new Admission.Rejected(Reason.ClassNotFound, $"spec.className is \"{name}\", and there is no such MtaStsClass; name one that exists")
                : new Admission.Rejected(
                    Reason.ClassNotFound,
                    $"spec.className is not set, and no MtaStsClass is marked as default by the annotation {ApiGroup.DefaultClassAnnotation}: \"true\"; name a class");
        }

        return Under(found, settings => SpecReader.Read(policy, settings), (intent, settings) =>
        {
            var space = policy.Metadata.NamespaceProperty;
            var labels = cluster.Namespaces.Cache.Find(new ObjectKey(null, space))?.Metadata.Labels ?? new Dictionary<string, string>();
            return settings.Rights.Allows(space, labels.AsReadOnly(), intent.Domain) is { } problem ? Rejected(problem)
                : !settings.AllowsSubdomainsOfOthers && cluster.SettledAbove(policy).FirstOrDefault() is { } above ? BelowOther(intent, settings, above)
                : WithProvider(intent, settings, Cluster.OwnProviderOf(space, policy.Spec!.DnsProviderRef), ObjectKey.Of(policy).ToString());
        });
    }

    /// <summary>The older policy that has this one's domain, as "namespace/name"; null when this one has it.</summary>
    public string? ClaimedByOther(MtaStsPolicy policy)
    {
        var claims = cluster.WithDomainOf(policy).Where(p => IsSame(p, policy) || Claims(p)).Select(DomainClaim.Of);
        return DomainClaims.Winner(claims) is { } winner && winner.Uid != policy.Metadata.Uid ? $"{winner.Namespace}/{winner.Name}" : null;
    }

    // What has published keeps its claim, also while it is being deleted or its class is broken: nobody else may write there meanwhile.
    private bool Claims(MtaStsPolicy policy) => policy.Status?.ServedId is not null || AdmitAnywhere(policy) is Admission.Admitted;

    // A resource is read by what its class says, so the class comes first.
    private Admission Under(MtaStsClass found, Func<ClassSettings, ResourceReading<Intent>> read, Func<Intent, ClassSettings, Admission> admit)
    {
        var settings = ClassReader.Read(found, maxAgeMin);
        if (!settings.IsValid)
        {
            return new Admission.Rejected(Reason.ClassInvalid, $"MtaStsClass {found.Metadata.Name}: {FieldProblem.Join(settings.Problems)}");
        }

        var intent = read(settings.Value);
        return intent.IsValid ? admit(intent.Value, settings.Value) : new Admission.Rejected(Reason.InvalidSpec, FieldProblem.Join(intent.Problems));
    }

    private static Admission.Rejected Rejected(RightsProblem problem) => new(problem.Reason, problem.Field.ToString());

    // Whose the domain above is, is not said: a namespace need not know of the others.
    private static Admission.Rejected BelowOther(Intent intent, ClassSettings settings, MtaStsPolicy above) => new(
        Reason.DomainNotAllowed,
        new FieldProblem(
            "spec.domain",
            $"is \"{intent.Domain}\", below \"{above.Spec.Domain}\", which another namespace has, and class \"{settings.Name}\" forbids that",
            "ask the platform team, or name another class in spec.className").ToString())
    {
        LookAgain = LookForAbove,
    };

    private Admission WithProvider(Intent intent, ClassSettings settings, ObjectKey? own, string owner)
    {
        var (provider, rejected) = own is { } key ? OwnProvider(settings, key) : ClusterProvider(settings);
        if (rejected is not null)
        {
            return rejected;
        }

        return (provider!.ProblemOf(intent.Domain) ?? IntrusionOf(intent.Domain, provider)) is { } misfit
            ? new Admission.Rejected(Reason.InvalidSpec, misfit.ToString())
            : new Admission.Admitted(
                intent with { ServingSpread = settings.Serving.SpreadOf(servingLag), Delegation = provider.Delegation }, settings, provider, owner);
    }

    private (ProviderSettings? Provider, Admission.Rejected? Rejected) ClusterProvider(ClassSettings settings) =>
        cluster.Providers.Cache.Find(new ObjectKey(null, settings.ProviderName)) is { } provider
            ? Read(provider)
            : (null, new Admission.Rejected(
                Reason.ProviderNotFound,
                $"MtaStsClass {settings.Name}: spec.dnsProviderRef.name is \"{settings.ProviderName}\", and there is no such ClusterDnsProvider; create it or name another"));

    private (ProviderSettings? Provider, Admission.Rejected? Rejected) OwnProvider(ClassSettings settings, ObjectKey key)
    {
        if (settings.ForbidsOwn(null) is { } forbidden)
        {
            return (null, Rejected(forbidden));
        }

        if (cluster.OwnProviders.Cache.Find(key) is not { } provider)
        {
            return (null, new Admission.Rejected(
                Reason.ProviderNotFound, $"spec.dnsProviderRef.name is \"{key.Name}\", and there is no such DnsProvider in namespace {key.Namespace}; create it there or name another"));
        }

        var (read, rejected) = Read(provider);
        if (read is null)
        {
            return (null, rejected);
        }

        return settings.ForbidsOwn(read.Backend) is { } kind
            ? (null, Rejected(kind))
            : (read with { Reach = settings.NamespacedProviders!.Reach }, null);
    }

    private (ProviderSettings? Provider, Admission.Rejected? Rejected) Read(IDnsProviderResource provider)
    {
        var read = ProviderReader.Read(provider, ownerIdDefault);
        return read.IsValid
            ? (read.Value, null)
            : (null, new Admission.Rejected(Reason.ProviderInvalid, $"{provider.Kind} {ObjectKey.Of(provider)}: {FieldProblem.Join(read.Problems)}"));
    }

    // Below a cnameTarget each name is some domain's place. A domain that lies there itself, as that.domain.sts.platform.example does, would have its own records
    // where those of another domain are.
    private FieldProblem? IntrusionOf(MailDomain domain, ProviderSettings settings)
    {
        var place = settings.PlaceOf(domain.ToString());
        return cluster.Providers.Cache.All.Values.FirstOrDefault(p =>
            p.Spec?.CnameTarget is { Length: > 0 } target && target != settings.Delegation?.Suffix && place.EndsWith($".{target}", StringComparison.Ordinal)) is { } other
            ? new FieldProblem(
                "spec.domain",
                $"is {domain}, and its records would be below {other.Spec.CnameTarget}, the cnameTarget of ClusterDnsProvider {other.Metadata.Name}, where those of other domains are",
                "use another domain, or a provider that writes elsewhere")
            : null;
    }

    private Admission Placed(Admission admission) =>
        admission is Admission.Admitted { Class: var settings } && cluster.ServingProblem(settings.Serving.Namespace) is { } misplaced
            ? new Admission.Rejected(Reason.ClassInvalid, $"MtaStsClass {settings.Name}: {misplaced}")
            : admission;

    private static bool IsSame(MtaStsPolicy a, MtaStsPolicy b) => a.Metadata.Uid == b.Metadata.Uid;
}
