using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MtaSts.Core.Mail;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving.Foreign;

namespace MtaSts.Operator.Serving;

/// <summary>The objects by which a domain's policy host is reached, in the order in which they are written.</summary>
/// <remarks>
/// <code>
/// exposure                       objects
/// None                           none
/// Ingress                        Ingress; cert-manager makes the Certificate from its annotation
/// Gateway, listeners Parent      Certificate where an issuer is named, HTTPRoute on the Gateway
/// Gateway, listeners ListenerSet Certificate where an issuer is named, ListenerSet on the Gateway, HTTPRoute on the ListenerSet
/// LoadBalancer                   Certificate where an issuer is named; the Service is the class's
/// </code>
/// </remarks>
public static class HostObjects
{
    /// <summary>The path of a policy.</summary>
    public const string PolicyPath = "/.well-known/mta-sts.txt"; // rfc8461#3.3
    private const string ListenerName = "https";
    private const int HttpsPort = 443; // rfc8461#3.3

    /// <summary>The objects.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="serving">Its class.</param>
    /// <param name="owner">The resource that they are for, "namespace/name".</param>
    public static ImmutableArray<HostObject> For(MailDomain domain, ServingSettings serving, string owner) => serving.Exposure switch
    {
        Exposure.Ingress ingress => [new HostObject(ResourceKind.Of<k8s.Models.V1Ingress>(), JsonText.ObjectOf(DomainIngress.For(domain, serving, ingress, owner)))],
        Exposure.Gateway { OwnListeners: true } gateway => [.. CertificateOf(domain, serving, owner), ListenersOf(domain, serving, gateway, owner), RouteOf(domain, serving, gateway, owner)],
        Exposure.Gateway gateway => [.. CertificateOf(domain, serving, owner), RouteOf(domain, serving, gateway, owner)],
        Exposure.LoadBalancer => [.. CertificateOf(domain, serving, owner)],
        _ => [],
    };

    private static ImmutableArray<HostObject> CertificateOf(MailDomain domain, ServingSettings serving, string owner) => serving.Exposure.ClusterIssuer is not { } issuer
        ? []
        :
        [
            Of<Certificate>(ServingNames.OfTlsSecret(domain), domain, serving, owner, new JsonObject
            {
                ["secretName"] = ServingNames.OfTlsSecret(domain),
                ["dnsNames"] = new JsonArray(domain.PolicyHost),
                ["issuerRef"] = new JsonObject { ["group"] = Certificate.GroupName, ["kind"] = "ClusterIssuer", ["name"] = issuer },
                ["privateKey"] = new JsonObject { ["algorithm"] = "ECDSA", ["size"] = 256, ["rotationPolicy"] = "Always" },
                ["usages"] = new JsonArray("digital signature", "server auth"),
            }),
        ];

    private static HostObject ListenersOf(MailDomain domain, ServingSettings serving, Exposure.Gateway gateway, string owner) =>
        Of<ListenerSet>(ServingNames.OfHost(domain), domain, serving, owner, new JsonObject
        {
            ["parentRef"] = Parent("Gateway", gateway.Namespace, gateway.Name),
            ["listeners"] = new JsonArray(new JsonObject
            {
                ["name"] = ListenerName,
                ["hostname"] = domain.PolicyHost,
                ["port"] = HttpsPort,
                ["protocol"] = "HTTPS",
                ["tls"] = new JsonObject
                {
                    ["mode"] = "Terminate",
                    ["certificateRefs"] = new JsonArray(new JsonObject { ["kind"] = "Secret", ["name"] = ServingNames.OfTlsSecret(domain) }),
                },
                ["allowedRoutes"] = new JsonObject { ["namespaces"] = new JsonObject { ["from"] = "Same" } },
            }),
        });

    private static HostObject RouteOf(MailDomain domain, ServingSettings serving, Exposure.Gateway gateway, string owner)
    {
        var parent = gateway.OwnListeners
            ? Parent(nameof(ListenerSet), serving.Namespace, ServingNames.OfHost(domain))
            : Parent("Gateway", gateway.Namespace, gateway.Name);
        if ((gateway.OwnListeners ? ListenerName : gateway.SectionName) is { } section)
        {
            parent["sectionName"] = section;
        }

        return Of<HttpRoute>(ServingNames.OfHost(domain), domain, serving, owner, new JsonObject
        {
            ["parentRefs"] = new JsonArray(parent),
            ["hostnames"] = new JsonArray(domain.PolicyHost),
            ["rules"] = new JsonArray(new JsonObject
            {
                ["matches"] = new JsonArray(new JsonObject { ["path"] = new JsonObject { ["type"] = "Exact", ["value"] = PolicyPath } }),
                ["backendRefs"] = new JsonArray(new JsonObject
                {
                    ["kind"] = "Service",
                    ["name"] = ServingNames.OfClass(serving.ClassName),
                    ["port"] = ServingObjects.ServicePort,
                    ["weight"] = 1,
                }),
            }),
        });
    }

    // Defaults are spelled out, so that what the server adds is no difference; but not the empty group of core kinds, which old API servers make null of in an apply.
    private static JsonObject Parent(string kind, string space, string name) =>
        new() { ["group"] = GatewayApi.GroupName, ["kind"] = kind, ["namespace"] = space, ["name"] = name };

    private static HostObject Of<T>(string name, MailDomain domain, ServingSettings serving, string owner, JsonObject spec) => new(ResourceKind.Of<T>(), new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = serving.Namespace,
            ["labels"] = new JsonObject(ServingLabels.OfDomain(serving.ClassName, domain).Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
            ["annotations"] = new JsonObject { [ApiGroup.DomainAnnotation] = domain.ToString(), [ApiGroup.OwnerAnnotation] = owner },
        },
        ["spec"] = spec,
    });
}
