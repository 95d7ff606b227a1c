using k8s.Models;
using MtaSts.Core.Mail;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Serving;

/// <summary>The Ingress of one domain's policy host.</summary>
public static class DomainIngress
{
    /// <summary>The annotation by which cert-manager issues a certificate for an Ingress.</summary>
    public const string IssuerAnnotation = "cert-manager.io/cluster-issuer";

    /// <summary>The Ingress of a domain, for a class that uses ingresses.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="serving">Its class.</param>
    /// <param name="exposure">The class's settings of ingresses.</param>
    /// <param name="owner">The resource that it is for, "namespace/name"; an annotation, since a tenant owns none of these objects.</param>
    public static V1Ingress For(MailDomain domain, ServingSettings serving, Exposure.Ingress exposure, string owner)
    {
        var annotations = new Dictionary<string, string>(exposure.Annotations, StringComparer.Ordinal)
        {
            [ApiGroup.DomainAnnotation] = domain.ToString(),
            [ApiGroup.OwnerAnnotation] = owner,
        };
        if (exposure.ClusterIssuer is not null)
        {
            annotations[IssuerAnnotation] = exposure.ClusterIssuer;
        }

        return new V1Ingress
        {
            ApiVersion = "networking.k8s.io/v1",
            Kind = "Ingress",
            Metadata = new V1ObjectMeta
            {
                Name = ServingNames.OfHost(domain),
                NamespaceProperty = serving.Namespace,
                Labels = ServingLabels.OfDomain(serving.ClassName, domain),
                Annotations = annotations,
            },
            Spec = new V1IngressSpec
            {
                IngressClassName = exposure.ClassName,
                Tls = [new V1IngressTLS { Hosts = [domain.PolicyHost], SecretName = ServingNames.OfTlsSecret(domain) }],
                Rules = [new V1IngressRule { Host = domain.PolicyHost, Http = new V1HTTPIngressRuleValue { Paths = [PathOf(serving)] } }],
            },
        };
    }

    private static V1HTTPIngressPath PathOf(ServingSettings serving) => new()
    {
        Path = HostObjects.PolicyPath,
        PathType = "Exact",
        Backend = new V1IngressBackend
        {
            Service = new V1IngressServiceBackend
            {
                Name = ServingNames.OfClass(serving.ClassName),
                Port = new V1ServiceBackendPort { Name = "http" },
            },
        },
    };
}
