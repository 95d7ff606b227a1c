using System.Text.Json;
using MtaSts.Core.Observations;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Serving.Foreign;

namespace MtaSts.Operator.Tests.Serving;

/// <summary>What the objects of other projects say of a policy host, as those projects write it.</summary>
public sealed class HostTroublesTests
{
    private const string Limit =
        "The certificate request has failed to complete and will be retried: Failed to wait for order resource \"a-1\" to become ready: order is in \"errored\" state: "
        + "Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited: too many new orders (300) from this account in the last 3h0m0s";

    public static TheoryData<string, string?, Reason?> CertificateStatuses => new()
    {
        { "issued", Conditions(("Ready", "True", "Ready", "Certificate is up to date and has not expired")), null },
        {
            "issued, and being renewed",
            Conditions(("Issuing", "True", "Renewing", "Renewing certificate"), ("Ready", "True", "Ready", "Certificate is up to date and has not expired")), null
        },
        {
            "being issued for the first time",
            Conditions(("Issuing", "True", "DoesNotExist", "Issuing certificate as Secret does not exist"), ("Ready", "False", "DoesNotExist", "Issuing certificate as Secret does not exist")),
            Reason.PolicyCertificateIssuing
        },
        { "the issuer's limit", Conditions(("Ready", "False", "DoesNotExist", ""), ("Issuing", "False", "Failed", Limit)), Reason.PolicyCertificateRateLimited },
        {
            "a challenge that failed",
            Conditions(("Issuing", "False", "Failed", "The certificate request has failed to complete and will be retried: 403 urn:ietf:params:acme:error:unauthorized"), ("Ready", "False", "DoesNotExist", "")),
            Reason.PolicyCertificateIssueFailed
        },
        { "an issuer that is not there", Conditions(("Ready", "False", "Pending", "Referenced ClusterIssuer not found")), Reason.PolicyCertificateIssuing },
        { "no status yet", null, Reason.PolicyCertificateIssuing },
        { "a status of another shape", """{"conditions":"none"}""", Reason.PolicyCertificateIssuing },
    };

    [Theory]
    [MemberData(nameof(CertificateStatuses))]
    public void Problems_of_certificates_are_told_apart(string what, string? status, Reason? expected)
    {
        var trouble = HostTroubles.Of("mta-sts/x-tls", new Certificate { Status = Json(status) });

        Assert.True(expected == trouble?.Reason, $"{what}: {trouble}");
        Assert.True(trouble is null || trouble.Subject == "Certificate mta-sts/x-tls");
    }

    [Fact]
    public void A_certificate_that_nobody_made_is_asked_after() =>
        Assert.Equal(Reason.PolicyCertificateIssuing, HostTroubles.Of("mta-sts/x-tls", (Certificate?)null)?.Reason);

    [Fact]
    public void What_another_controller_says_is_one_short_line()
    {
        var trouble = HostTroubles.Of("a/b", new Certificate { Status = Json(Conditions(("Issuing", "False", "Failed", new string('x', 5000) + "\n\u0007"))) });
        Assert.InRange(trouble!.Message.Length, 100, 500);
        Assert.DoesNotContain(trouble.Message, char.IsControl);
    }

    [Theory]
    [InlineData("""{"parents":[{"conditions":[{"type":"Accepted","status":"True","reason":"Accepted"},{"type":"ResolvedRefs","status":"True","reason":"ResolvedRefs"}]}]}""", null)]
    [InlineData("""{"parents":[]}""", null)]
    [InlineData("""{"parents":[{"conditions":[{"type":"Accepted","status":"False","reason":"NotAllowedByListeners","message":"no"}]}]}""", "NotAllowedByListeners, no")]
    [InlineData("""{"parents":[{"conditions":[{"type":"Accepted","status":"True"},{"type":"ResolvedRefs","status":"False","reason":"BackendNotFound"}]}]}""", "BackendNotFound")]
    public void A_route_that_its_gateway_refuses_is_named(string status, string? expected)
    {
        var trouble = HostTroubles.Of("mta-sts/x", new HttpRoute { Status = Json(status) });
        Assert.Equal(expected is null ? null : $"{Reason.PolicyHostRefused} is refused: {expected}", trouble is null ? null : $"{trouble.Reason} {trouble.Message}");
    }

    [Theory]
    [InlineData("False", "NotAllowed", false, Reason.PolicyHostRefused)]
    [InlineData("False", "NotAllowed", true, Reason.PolicyHostRefused)]
    [InlineData("False", "ListenersNotValid", false, Reason.PolicyHostRefused)]
    [InlineData("False", "ListenersNotValid", true, Reason.PolicyCertificateRateLimited)] // its Secret is not there: that is why
    [InlineData("Unknown", "Pending", false, null)]
    [InlineData("True", "Accepted", true, Reason.PolicyCertificateRateLimited)]
    [InlineData(null, null, true, Reason.PolicyCertificateRateLimited)]
    [InlineData(null, null, false, null)]
    public void Listeners_that_their_gateway_refuses_are_named_unless_it_is_for_want_of_their_certificate(
        string? accepted, string? reason, bool certificateIsWanted, Reason? expected)
    {
        var listeners = accepted is null ? null : new ListenerSet { Status = Json(Conditions(("Accepted", accepted, reason!, "as the Gateway says"))) };
        var certificate = certificateIsWanted ? new HostTrouble(Reason.PolicyCertificateRateLimited, "Certificate a/b-tls", "is not issued") : null;

        Assert.Equal(expected, HostTroubles.Of("a/b", listeners, certificate)?.Reason);
    }

    [Fact]
    public void A_gateway_that_is_missing_or_has_no_address_is_named()
    {
        var here = new Gateway { Status = Json("""{"addresses":[{"type":"IPAddress","value":"192.0.2.1"},{"type":"Hostname","value":"lb.example.net"}]}""") };
        Assert.Equal(Reason.GatewayNotReady, HostTroubles.Of("a/b", (Gateway?)null, needsAddress: false)?.Reason);
        Assert.Equal(Reason.GatewayNotReady, HostTroubles.Of("a/b", new Gateway(), needsAddress: true)?.Reason);
        Assert.Null(HostTroubles.Of("a/b", new Gateway(), needsAddress: false));
        Assert.Null(HostTroubles.Of("a/b", here, needsAddress: true));
        Assert.Equal(["192.0.2.1"], HostView.TargetsOf(here).Addresses);
        Assert.Equal("lb.example.net", HostView.TargetsOf(["lb.example.net", null, ""]).HostName);
    }

    private static JsonElement? Json(string? text) => text is null ? null : JsonDocument.Parse(text).RootElement;

    private static string Conditions(params (string Type, string Status, string Reason, string Message)[] conditions) =>
        JsonSerializer.Serialize(new { conditions = conditions.Select(c => new { type = c.Type, status = c.Status, reason = c.Reason, message = c.Message }) });
}
