using MtaSts.TestBed.Foreign;

namespace MtaSts.TestBed.ExternalDns;

/// <summary>The CustomResourceDefinition of DNSEndpoint: the published one where it is at hand, else one with no more than what tests need of it.</summary>
public static class DnsEndpointCrd
{
    /// <summary>The group.</summary>
    public const string Group = "externaldns.k8s.io";

    /// <summary>The version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The name of the resource in paths.</summary>
    public const string Plural = "dnsendpoints";

    private const string Own = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: dnsendpoints.externaldns.k8s.io
          annotations: { api-approved.kubernetes.io: "unapproved, for tests" }
        spec:
          group: externaldns.k8s.io
          scope: Namespaced
          names: { kind: DNSEndpoint, listKind: DNSEndpointList, plural: dnsendpoints, singular: dnsendpoint }
          versions:
            - name: v1alpha1
              served: true
              storage: true
              subresources: { status: {} }
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec:
                      type: object
                      properties:
                        endpoints:
                          type: array
                          items:
                            type: object
                            properties:
                              dnsName: { type: string }
                              recordTTL: { type: integer, format: int64 }
                              recordType: { type: string }
                              setIdentifier: { type: string }
                              targets: { type: array, items: { type: string } }
                              labels: { type: object, additionalProperties: { type: string } }
                              providerSpecific:
                                type: array
                                items: { type: object, properties: { name: { type: string }, value: { type: string } } }
                    status:
                      type: object
                      properties:
                        observedGeneration: { type: integer, format: int64 }

        """;

    /// <summary>Installs it; returns when the API server has it.</summary>
    public static Task InstallAsync(ControlPlane plane, CancellationToken cancellationToken) =>
        PublishedCrds.InstallAsync(plane, PublishedCrds.Find("external-dns", Plural) ?? Own, cancellationToken);
}
