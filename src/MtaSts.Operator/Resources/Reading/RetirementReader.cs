using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads a retirement into the intent to take its domain down. The operator wrote it; somebody may have edited it.</summary>
public static class RetirementReader
{
    /// <summary>The intent, or everything that is wrong.</summary>
    /// <param name="resource">The retirement.</param>
    /// <param name="settings">The class under which the domain is served.</param>
    public static ResourceReading<Intent> Read(MtaStsRetirement resource, ClassSettings settings)
    {
        var problems = new Problems();
        var spec = resource.Spec;
        var domain = problems.Domain("spec.domain", spec.Domain);
        if (resource.Metadata.Name != spec.Domain)
        {
            problems.Add("spec.domain", $"is {Problems.Show(spec.Domain)}", "a retirement is named after its domain; do not write one by hand");
        }

        var mx = ImmutableArray.CreateBuilder<MxPattern>();
        for (var i = 0; i < spec.Mx.Count; i++)
        {
            // An adopted policy may name hosts of one label, which policies of ours do not take.
            if (MxPattern.TryParseAny(spec.Mx[i], out var pattern, out var problem))
            {
                mx.Add(pattern);
            }
            else
            {
                problems.Add($"spec.mx[{i}]", $"is wrong: {problem}", "write the pattern as the policy had it");
            }
        }

        var reporting = TlsReportingReader.Read("spec.tlsReporting", spec.TlsReporting, problems);
        return new ResourceReading<Intent>(
            problems.None
                ? new Intent
                {
                    Domain = domain!,
                    Mx = mx.ToImmutable(),
                    Stages = settings.Stages,
                    Target = TargetMode.None,
                    TlsReporting = reporting,
                    Interval = settings.Interval,
                    CertificateLifeMin = settings.CertificateLifeMin,
                    RemovesEarly = spec.RemoveEarly ?? false,
                }
                : null,
            problems.All);
    }
}
