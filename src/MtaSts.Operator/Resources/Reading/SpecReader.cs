using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>
/// Reads a policy with its class into an intent. All that the CRD checks is checked again, since API servers before 1.25 drop half of it. Rights are
/// another question: see <see cref="ClassRights"/>.
/// </summary>
public static class SpecReader
{
    private const int MxMax = 100;
    private const int ApprovedMax = 16;

    /// <summary>The intent of a valid policy, or everything that is wrong with it.</summary>
    /// <param name="resource">The policy. The domain in its status, recorded when it was first accepted, must be the one in its spec.</param>
    /// <param name="settings">Its class.</param>
    public static ResourceReading<Intent> Read(MtaStsPolicy resource, ClassSettings settings)
    {
        var problems = new Problems();
        var spec = resource.Spec ?? new MtaStsPolicySpec();

        var domain = problems.Domain("spec.domain", spec.Domain ?? "");
        if (resource.Status?.Domain is { } recorded && recorded != spec.Domain)
        {
            problems.Add(
                "spec.domain",
                $"was changed from \"{recorded}\" to {Problems.Show(spec.Domain)}; the domain is immutable",
                $"write {recorded} again and create another MtaStsPolicy for the other domain");
        }

        var mx = Mx("spec.mx", spec.Mx ?? [], settings.Stages, problems);
        if (spec.ClassName is not null)
        {
            problems.ObjectName("spec.className", spec.ClassName, dots: true, Schema.Patterns.NameCharsMax);
        }

        if (spec.DnsProviderRef is { } own)
        {
            problems.OneOf("spec.dnsProviderRef.kind", own.Kind, true, (DnsProvider.KubeKind, true));
            problems.ObjectName("spec.dnsProviderRef.name", own.Name, dots: true, Schema.Patterns.NameCharsMax);
        }

        var target = problems.OneOf(
            "spec.targetMode", spec.TargetMode, TargetMode.Enforce, ("enforce", TargetMode.Enforce), ("testing", TargetMode.Testing), ("none", TargetMode.None));
        var approved = spec.ApprovedStages ?? [];
        if (approved.Count > ApprovedMax)
        {
            problems.Add("spec.approvedStages", $"has {approved.Count} entries", $"give at most {ApprovedMax}");
        }

        var reporting = TlsReportingReader.Read("spec.tlsReporting", spec.TlsReporting, problems);
        var adoption = problems.OneOf("spec.adoption", spec.Adoption, Adoption.Refuse, ("Refuse", Adoption.Refuse), ("Adopt", Adoption.Adopt));
        var deletion = problems.OneOf(
            "spec.deletionPolicy", spec.DeletionPolicy, DeletionPolicy.Retire, ("Retire", DeletionPolicy.Retire), ("Delete", DeletionPolicy.Delete), ("Orphan", DeletionPolicy.Orphan));

        return new ResourceReading<Intent>(
            problems.None
                ? new Intent
                {
                    Domain = domain!,
                    Mx = mx,
                    Stages = settings.Stages,
                    Target = target,
                    Paused = spec.Paused ?? false,
                    ApprovedStages = [.. approved],
                    TlsReporting = reporting ?? settings.TlsReporting,
                    Interval = settings.Interval,
                    CertificateLifeMin = settings.CertificateLifeMin,
                    Adoption = adoption,
                    Deletion = deletion,
                    OnRegression = settings.OnRegression,
                    StepBack = settings.StepBack,
                    Windows = settings.Windows,
                    Freezes = settings.Freezes,
                    FleetRule = settings.FleetRule,
                }
                : null,
            problems.All);
    }

    /// <summary>The same with the class as it is in the cluster; a class that is itself invalid gives its own problems.</summary>
    public static ResourceReading<Intent> Read(MtaStsPolicy resource, MtaStsClass ofClass)
    {
        var settings = ClassReader.Read(ofClass);
        return settings.IsValid ? Read(resource, settings.Value) : new ResourceReading<Intent>(null, settings.Problems);
    }

    private static ImmutableArray<MxPattern> Mx(string path, IReadOnlyList<string> values, ImmutableArray<Stage> stages, Problems problems)
    {
        if (values.Count is 0 or > MxMax)
        {
            problems.Add(path, $"has {values.Count} patterns", $"give 1 to {MxMax}");
            return [];
        }

        var patterns = ImmutableArray.CreateBuilder<MxPattern>(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            var parsed = MxPattern.TryParse(values[i], out var pattern, out var problem);
            if (!problems.Name(
                $"{path}[{i}]", values[i] ?? "", pattern?.ToString(), problem, "write a host such as mx1.example.com, or *.example.com for hosts one label below") || !parsed)
            {
                continue;
            }

            if (patterns.Contains(pattern!))
            {
                problems.Add($"{path}[{i}]", $"is {Problems.Show(values[i])}, which is there already", "remove it");
                continue;
            }

            patterns.Add(pattern!);
        }

        var document = PolicyDocument.Of(new StsPolicy(StsMode.Enforce, patterns.ToImmutable(), (long)stages.Max(s => s.MaxAge).TotalSeconds));
        if (document.Text.Length >= PolicyDocument.BytesMax)
        {
            problems.Add(path, $"makes a policy of {document.Text.Length} bytes", $"stay under {PolicyDocument.BytesMax}; wildcards say the same in fewer lines");
        }

        return patterns.ToImmutable();
    }
}
