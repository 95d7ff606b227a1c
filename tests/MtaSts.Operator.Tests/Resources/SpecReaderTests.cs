using MtaSts.Core.Rollout;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Resources;

public sealed class SpecReaderTests
{
    private static readonly string LongLabel = new('a', 63);

    public static TheoryData<string, string, string, Func<MtaStsPolicySpec, MtaStsPolicySpec>> BadSpecs => new()
    {
        { "no domain", "spec.domain", "example.com", s => s with { Domain = "" } },
        { "a single label", "spec.domain", "example.com", s => s with { Domain = "example" } },
        { "an underscore", "spec.domain", "example.com", s => s with { Domain = "ex_ample.com" } },
        { "upper case", "spec.domain", "write example.com", s => s with { Domain = "Example.COM" } },
        { "a U-label", "spec.domain", "write xn--bcher-kva.example", s => s with { Domain = "bücher.example" } },
        { "a final dot", "spec.domain", "write example.com", s => s with { Domain = "example.com." } },
        { "an address", "spec.domain", "example.com", s => s with { Domain = "192.0.2.1" } },
        { "a label too long", "spec.domain", "example.com", s => s with { Domain = LongLabel + "a.com" } },
        { "records with names too long", "spec.domain", "at most 228", s => s with { Domain = string.Join('.', Enumerable.Repeat(LongLabel, 3)) + "." + LongLabel[..37] } },
        { "no mx", "spec.mx", "1 to 100", s => s with { Mx = [] } },
        { "101 mx", "spec.mx", "1 to 100", s => s with { Mx = [.. Enumerable.Range(0, 101).Select(i => $"mx{i}.example.com")] } },
        { "mx twice", "spec.mx[1]", "remove it", s => s with { Mx = ["mx.example.com", "mx.example.com"] } },
        { "mx in upper case", "spec.mx[0]", "write mx.example.com", s => s with { Mx = ["MX.example.com"] } },
        { "mx with two wildcards", "spec.mx[0]", "*.example.com", s => s with { Mx = ["*.*.example.com"] } },
        { "a wildcard inside", "spec.mx[0]", "*.example.com", s => s with { Mx = ["mx*.example.com"] } },
        { "mx of one label", "spec.mx[0]", "mx1.example.com", s => s with { Mx = ["localhost"] } },
        { "mx null", "spec.mx[0]", "mx1.example.com", s => s with { Mx = [null!] } },
        {
            "a document over 10 KB", "spec.mx", "stay under 10240",
            s => s with { Mx = [.. Enumerable.Range(10, 80).Select(i => $"{LongLabel}.{LongLabel}.{LongLabel[..12]}{i}.example.com")] }
        },
        { "an unknown target", "spec.targetMode", "enforce, testing, none", s => s with { TargetMode = "Enforce" } },
        { "an unknown adoption", "spec.adoption", "Refuse, Adopt", s => s with { Adoption = "Take" } },
        { "an unknown deletion policy", "spec.deletionPolicy", "Retire, Delete, Orphan", s => s with { DeletionPolicy = "Keep" } },
        { "a rua without scheme", "spec.tlsReporting.rua[0]", "mailto:", s => s with { TlsReporting = new TlsReportingSpec { Rua = ["tls@example.com"] } } },
        { "no rua", "spec.tlsReporting.rua", "1 to 8", s => s with { TlsReporting = new TlsReportingSpec() } },
        { "rua null", "spec.tlsReporting.rua", "1 to 8", s => s with { TlsReporting = new TlsReportingSpec { Rua = null! } } },
        { "a rua that breaks out of the record", "spec.tlsReporting.rua[0]", "mailto:", s => s with { TlsReporting = new TlsReportingSpec { Rua = ["mailto:a@example.com\" \"x"] } } },
        { "a class name that is none", "spec.className", "lower-case", s => s with { ClassName = "Default!" } },
    };

    [Theory]
    [MemberData(nameof(BadSpecs), DisableDiscoveryEnumeration = true)]
    public void Names_the_field_and_the_fix(string why, string path, string fix, Func<MtaStsPolicySpec, MtaStsPolicySpec> change)
    {
        var reading = SpecReader.Read(Samples.Policy(change(Samples.PolicySpec)), Samples.Settings);

        Assert.False(reading.IsValid, why);
        var problem = Assert.Single(reading.Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Six_lines_become_an_intent_with_the_defaults()
    {
        var intent = SpecReader.Read(Samples.Policy(Samples.PolicySpec), Samples.Settings).Value!;

        Assert.Equal("example.com", intent.Domain.ToString());
        Assert.Equal(["mx1.example.com", "*.mail.example.net"], intent.Mx.Select(m => m.ToString()));
        Assert.Equal(["testing", "enforce-1d", "enforce-1w", "enforce"], intent.Stages.Select(s => s.Name));
        Assert.Equal(TargetMode.Enforce, intent.Target);
        Assert.Equal(Adoption.Refuse, intent.Adoption);
        Assert.Equal(DeletionPolicy.Retire, intent.Deletion);
        Assert.Equal(TimeSpan.FromMinutes(5), intent.Interval);
        Assert.Equal(TimeSpan.FromHours(72), intent.CertificateLifeMin);
        Assert.False(intent.Paused);
        Assert.Null(intent.TlsReporting);
    }

    [Fact]
    public void What_the_owner_says_reaches_the_intent()
    {
        var intent = SpecReader.Read(
            Samples.Policy(Samples.PolicySpec with
            {
                TargetMode = "testing",
                Adoption = "Adopt",
                DeletionPolicy = "Orphan",
                Paused = true,
                ApprovedStages = ["enforce"],
                TlsReporting = new TlsReportingSpec { Rua = ["mailto:tls@example.com"] },
            }),
            Samples.Settings).Value!;

        Assert.Equal((TargetMode.Testing, Adoption.Adopt, DeletionPolicy.Orphan, true), (intent.Target, intent.Adoption, intent.Deletion, intent.Paused));
        Assert.Equal(["enforce"], intent.ApprovedStages);
        Assert.Equal("v=TLSRPTv1; rua=mailto:tls@example.com", intent.TlsReporting!.ToString());
    }

    [Fact]
    public void The_class_says_where_reports_go_when_the_owner_does_not()
    {
        var ofClass = Samples.Class(Samples.ClassSpec with { TlsReporting = new TlsReportingSpec { Rua = ["mailto:platform@example.net"] } });

        Assert.Equal("v=TLSRPTv1; rua=mailto:platform@example.net", SpecReader.Read(Samples.Policy(Samples.PolicySpec), ofClass).Value!.TlsReporting!.ToString());
    }

    [Fact]
    public void A_changed_domain_is_refused_where_the_API_server_did_not()
    {
        var problem = Assert.Single(SpecReader.Read(
            Samples.Policy(Samples.PolicySpec, new MtaStsPolicyStatus { Domain = "example.org" }), Samples.Settings).Problems);

        Assert.Equal("spec.domain", problem.Path);
        Assert.Contains("immutable", problem.Problem, StringComparison.Ordinal);
        Assert.Contains("example.org", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var problems = SpecReader.Read(
            Samples.Policy(new MtaStsPolicySpec { Domain = "x", Mx = ["*", "?"], TargetMode = "off" }), Samples.Settings).Problems;

        Assert.Equal(["spec.domain", "spec.mx[0]", "spec.mx[1]", "spec.targetMode"], problems.Select(p => p.Path));
        Assert.DoesNotContain("And", FieldProblem.Join(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resource_without_a_spec_is_invalid_and_nothing_worse() =>
        Assert.False(SpecReader.Read(Samples.Policy(null!), Samples.Settings).IsValid);
}
