using System.Collections.Immutable;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Tests.Observations;

/// <summary>Causes explain what a look showed, and change nothing of it.</summary>
public sealed class HostTroubleTests
{
    private static readonly HostTrouble Limit = new(Reason.PolicyCertificateRateLimited, "Certificate a/b", "is not issued.");

    [Theory]
    [InlineData(Reason.PolicyHostTlsFailed, Reason.PolicyCertificateRateLimited)]
    [InlineData(Reason.PolicyHostNoAddress, Reason.PolicyCertificateRateLimited)]
    [InlineData(Reason.PolicyCertificateUntrusted, Reason.PolicyCertificateRateLimited)]
    [InlineData(Reason.PolicyCertificateExpired, Reason.PolicyCertificateExpired)]
    [InlineData(Reason.PolicyCertificateNameMismatch, Reason.PolicyCertificateNameMismatch)]
    public void A_symptom_takes_the_name_of_its_cause_and_what_is_told_apart_keeps_its_own(Reason seen, Reason shown)
    {
        var broken = Assert.IsType<Finding.Broken>(Explain(Check.PolicyServed, new Finding.Broken(seen, "mta-sts.example.com", "As seen.")));
        Assert.Equal((shown, "mta-sts.example.com", "As seen. Certificate a/b is not issued."), (broken.Reason, broken.Subject, broken.Message));
    }

    [Fact]
    public void What_is_unknown_stays_unknown_and_what_is_healthy_healthy()
    {
        Assert.Equal(Reason.PolicyCertificateRateLimited, Assert.IsType<Finding.Unknown>(Explain(Check.PolicyServed, new Finding.Unknown(Reason.PolicyHostTimedOut, "h", "Late."))).Reason);
        Assert.Equal(new Finding.Healthy(), Explain(Check.PolicyServed, new Finding.Healthy()));
    }

    [Fact]
    public void What_has_another_cause_is_left_alone()
    {
        var differs = new Finding.Broken(Reason.PolicyDiffers, "h", "Other bytes.");
        Assert.Equal(differs, Explain(Check.PolicyServed, differs));
        var mx = new Finding.Broken(Reason.PolicyHostTlsFailed, "h", "Not of this check.");
        Assert.Equal(mx, Explain(Check.MxTls, mx));
        ImmutableArray<CheckResult> results = [new(Check.PolicyServed, differs)];
        Assert.Equal(results, HostTrouble.Explain(results, null));
    }

    private static Finding Explain(Check check, Finding finding) => Assert.Single(HostTrouble.Explain([new CheckResult(check, finding)], Limit)).Finding;
}
