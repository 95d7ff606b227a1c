using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Operator.Cli.Manifests;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Cli.Plan;

/// <summary>Makes the plan of a domain from the very functions that the operator acts by.</summary>
internal static class Planner
{
    /// <summary>The plan.</summary>
    public static DomainPlan Of(PlannedDomain domain)
    {
        var intent = domain.Intent;
        var kept = Kept(domain);
        var served = intent with { Mx = intent.Mx.AddRange(kept.Select(k => k.Pattern)) };
        var none = Decider.DocumentOf(served, Stage.NoPolicy);
        var desired = Desired(domain, intent.Stages[0], Decider.DocumentOf(served, intent.Stages[0]));
        return new DomainPlan
        {
            Domain = intent.Domain.ToString(),
            Resource = domain.Owner,
            Class = domain.Class.Name,
            Provider = domain.Provider.Name,
            TargetMode = intent.Target.ToString().ToLowerInvariant(),
            Assumed = domain.Assumed,
            PolicyUrl = $"https://{intent.Domain.PolicyHost}{HostObjects.PolicyPath}",
            Objects = [.. Objects(domain, desired)],
            Host = Host(domain),
            Aliases = [.. Aliases(domain)],
            KeptMx = [.. kept.Select(k => new KeptMxPlan(k.Pattern.ToString(), k.Why.ToString(), k.Until))],
            Stages = [.. intent.Stages.Select(stage => OfStage(domain, stage, Decider.DocumentOf(served, stage)))],
            Retirement = new RetirementPlan(
                intent.Deletion.ToString(), none.Id.ToString(), none.Text, [.. DesiredState.Removal(intent.Domain, domain.Provider.Delegation).Select(r => r.Key.Name).Distinct()]),
        };
    }

    // What the status says is kept, and what the live policy has beyond spec.mx: which MX are live is for the operator to see.
    private static ImmutableArray<KeptPattern> Kept(PlannedDomain domain) =>
    [
        .. (domain.State.Served?.Policy.Mx ?? []).Where(old => !domain.Intent.Mx.Contains(old))
            .Select(old => domain.State.KeptMx.FirstOrDefault(k => k.Pattern == old) ?? new KeptPattern(old, Reason.MxInUse, null, 0)),
    ];

    private static IEnumerable<string> Aliases(PlannedDomain domain)
    {
        var intent = domain.Intent;
        string[] names = intent.TlsReporting is null
            ? [intent.Domain.StsRecordName, intent.Domain.PolicyHost]
            : [intent.Domain.StsRecordName, intent.Domain.TlsRptRecordName, intent.Domain.PolicyHost];
        return domain.Provider.Delegation is { } delegation
            ? names.SelectMany(name => ZoneFile.Lines(delegation.AliasOf(name, domain.Provider.TtlSeconds)))
            : [];
    }

    private static StagePlan OfStage(PlannedDomain domain, Stage stage, PolicyDocument document) => new(
        stage.Name,
        stage.Mode.ToString().ToLowerInvariant(),
        (long)stage.MaxAge.TotalSeconds,
        (long)stage.Soak.TotalSeconds,
        stage.Approval.ToString(),
        domain.Intent.Target == TargetMode.Enforce || (domain.Intent.Target == TargetMode.Testing && stage.Mode == StsMode.Testing),
        document.Id.ToString(),
        document.Text,
        Records(domain, Desired(domain, stage, document)));

    private static DesiredState Desired(PlannedDomain domain, Stage stage, PolicyDocument document)
    {
        var state = new RolloutState { Stage = stage.Name, Served = document, PublishedId = document.Id, PublishedMode = stage.Mode };
        return DesiredState.Of(domain.Intent, state, domain.Class, domain.Provider, domain.Owner, domain.Class.Serving.Targets);
    }

    // The records and the companions that say whose they are: what the planner writes where nothing is yet.
    private static ImmutableArray<RecordSetPlan> Records(PlannedDomain domain, DesiredState desired)
    {
        var nothing = CurrentRecords.Of(RecordPlanner.KeysToRead(desired.Records).Select(key => new RecordSet(key, 0, [])));
        if (domain.Provider.IdentityOf(domain.Owner) is not { } owner)
        {
            return [.. desired.Records.Select(r => new RecordSetPlan(r.Key.Name, r.Key.Type.ToString().ToUpperInvariant(), r.Desired.TtlSeconds, [.. r.Desired.Values]))];
        }

        return
        [
            .. RecordPlanner.Plan(desired.Records, nothing, owner, domain.Intent.Adoption).Batches
                .SelectMany(batch => batch.Changes)
                .Select(c => new RecordSetPlan(c.Key.Name, c.Key.Type.ToString().ToUpperInvariant(), c.TtlSeconds, [.. c.Result])),
        ];
    }

    private static IEnumerable<ObjectPlan> Objects(PlannedDomain domain, DesiredState desired)
    {
        var serving = domain.Class.Serving;
        yield return new ObjectPlan("ConfigMap", serving.Namespace, desired.Shard.ConfigMapName, $"entry {desired.Shard.Key}: the document");
        foreach (var item in desired.Host)
        {
            yield return new ObjectPlan(item.Kind.Kind, serving.Namespace, item.Key.Name, Content(domain, item));
        }

        if (serving.Exposure is Exposure.Ingress or Exposure.LoadBalancer or Exposure.Gateway { OwnListeners: true })
        {
            yield return new ObjectPlan(
                "Secret", serving.Namespace, ServingNames.OfTlsSecret(domain.Intent.Domain),
                serving.Exposure.ClusterIssuer is { } issuer
                    ? $"the certificate of {domain.Intent.Domain.PolicyHost}, from ClusterIssuer {issuer}"
                    : $"the certificate of {domain.Intent.Domain.PolicyHost}, which is not the operator's to make: the class names no ClusterIssuer");
        }

        if (serving.Exposure is Exposure.LoadBalancer)
        {
            yield return new ObjectPlan(
                "Secret", serving.Namespace, CertificateShard.Of(domain.Intent.Domain, serving.ClassName).SecretName,
                $"entries {domain.Intent.Domain}.crt and .key: that certificate, for the policy servers");
        }
    }

    private static string Content(PlannedDomain domain, HostObject item)
    {
        var (host, service) = (domain.Intent.Domain.PolicyHost, ServingNames.OfClass(domain.Class.Serving.ClassName));
        const string path = HostObjects.PolicyPath;
        return (item.Kind.Kind, domain.Class.Serving.Exposure) switch
        {
            ("Ingress", Exposure.Ingress ingress) =>
                $"host {host}, path {path} to Service {service}; {(ingress.ClassName is { } name ? $"IngressClass {name}" : "the cluster's default IngressClass")}",
            ("HTTPRoute", Exposure.Gateway gateway) =>
                $"host {host}, path {path} to Service {service}; on {(gateway.OwnListeners ? $"ListenerSet {item.Key.Name}" : $"Gateway {gateway.Namespace}/{gateway.Name}")}",
            ("ListenerSet", Exposure.Gateway gateway) => $"HTTPS listener of {host}; on Gateway {gateway.Namespace}/{gateway.Name}",
            _ => $"asks ClusterIssuer {domain.Class.Serving.Exposure.ClusterIssuer} for {host}",
        };
    }

    private static HostPlan Host(PlannedDomain domain)
    {
        var known = !domain.Class.Serving.Targets.IsUnknown;
        return new HostPlan(
            domain.Provider.PlaceOf(domain.Intent.Domain.PolicyHost),
            known,
            known ? $"spec.serving.addresses of class {domain.Class.Name}"
                : $"the status of {Front(domain)}");
    }

    private static string Front(PlannedDomain domain) => domain.Class.Serving switch
    {
        { Exposure: Exposure.Gateway gateway } => $"Gateway {gateway.Namespace}/{gateway.Name}",
        { Exposure: Exposure.LoadBalancer } serving => $"Service {serving.Namespace}/{ServingNames.OfClass(serving.ClassName)}",
        var serving => $"Ingress {serving.Namespace}/{ServingNames.OfHost(domain.Intent.Domain)}",
    };
}
