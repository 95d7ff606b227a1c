using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Reconcile;

/// <summary>Says what the cluster knows of a policy host: where it is reached, and what keeps senders from it.</summary>
public sealed class HostDesk(Cluster cluster)
{
    /// <summary>The view of a domain's policy host.</summary>
    public HostView Look(MailDomain domain, ServingSettings serving)
    {
        var caches = cluster.Serving[serving.Namespace];
        var host = new ObjectKey(serving.Namespace, ServingNames.OfHost(domain));
        var found = serving.Exposure switch
        {
            Exposure.Ingress => HostView.TargetsOf(caches.Ingresses.Cache.Find(host)),
            Exposure.Gateway gateway => HostView.TargetsOf(cluster.Gateways.Cache.Find(KeyOf(gateway))),
            Exposure.LoadBalancer => HostView.TargetsOf(caches.Services.Cache.Find(new ObjectKey(serving.Namespace, ServingNames.OfClass(serving.ClassName)))),
            _ => HostTargets.Unknown,
        };
        return new HostView(serving.Targets.IsUnknown ? found : serving.Targets, TroubleOf(domain, serving, caches, host));
    }

    /// <summary>The certificate with which a policy server is to answer for a domain; null where none is there yet, or where it does not end TLS.</summary>
    public ServedCertificate? CertificateOf(MailDomain domain, ServingSettings serving) => serving.Exposure is Exposure.LoadBalancer
        ? ServedCertificate.Of(cluster.Serving[serving.Namespace].TlsSecrets.Cache.Find(new ObjectKey(serving.Namespace, ServingNames.OfTlsSecret(domain))))
        : null;

    private HostTrouble? TroubleOf(MailDomain domain, ServingSettings serving, ServingCaches caches, ObjectKey host)
    {
        var key = new ObjectKey(serving.Namespace, ServingNames.OfTlsSecret(domain));
        var certificate = serving.Exposure.ClusterIssuer is not null && caches.Certificates.HasSynced
            ? HostTroubles.Of(key.ToString(), caches.Certificates.Cache.Find(key))
            : null;
        if (serving.Exposure is not Exposure.Gateway gateway || !cluster.Gateways.HasSynced)
        {
            return certificate;
        }

        var parent = KeyOf(gateway);
        return HostTroubles.Of(parent.ToString(), cluster.Gateways.Cache.Find(parent), serving.Targets.IsUnknown)
            ?? HostTroubles.Of(host.ToString(), gateway.OwnListeners ? caches.ListenerSets.Cache.Find(host) : null, certificate)
            ?? HostTroubles.Of(host.ToString(), caches.Routes.Cache.Find(host));
    }

    private static ObjectKey KeyOf(Exposure.Gateway gateway) => new(gateway.Namespace, gateway.Name);
}
