namespace MtaSts.TestBed.Foreign;

/// <summary>
/// The CustomResourceDefinitions of the Gateway API and of cert-manager: the published ones where they are at hand, else those here, with the fields that tests need
/// and the projects' own names, types and defaults. A field that is not here is dropped by the API server, as it would be where the real definition does not have it.
/// </summary>
public static class ForeignCrds
{
    private const string Conditions = """
        conditions: { type: array, items: { type: object, x-kubernetes-preserve-unknown-fields: true } }
        """;

    private const string ParentRef = """
        { group: { type: string, default: gateway.networking.k8s.io }, kind: { type: string, default: Gateway }, namespace: { type: string }, name: { type: string }, sectionName: { type: string } }
        """;

    private static readonly string Certificates = Of(
        "cert-manager.io", "Certificate", "certificates",
        """
        secretName: { type: string }
        dnsNames: { type: array, items: { type: string } }
        issuerRef: { type: object, required: [name], properties: { group: { type: string }, kind: { type: string }, name: { type: string } } }
        privateKey: { type: object, properties: { algorithm: { type: string, enum: [RSA, ECDSA, Ed25519] }, size: { type: integer }, rotationPolicy: { type: string, enum: [Never, Always] } } }
        usages: { type: array, items: { type: string } }
        """,
        Conditions, required: "secretName, issuerRef");

    private static readonly string Gateways = Of(
        "gateway.networking.k8s.io", "Gateway", "gateways",
        """
        gatewayClassName: { type: string }
        allowedListeners: { type: object, properties: { namespaces: { type: object, properties: { from: { type: string, enum: [All, None, Same, Selector] } } } } }
        listeners:
          type: array
          items: { type: object, x-kubernetes-preserve-unknown-fields: true }
        """,
        $"{Conditions}\naddresses: {{ type: array, items: {{ type: object, properties: {{ type: {{ type: string }}, value: {{ type: string }} }} }} }}");

    private static readonly string HttpRoutes = Of(
        "gateway.networking.k8s.io", "HTTPRoute", "httproutes",
        $$"""
        parentRefs: { type: array, items: { type: object, required: [name], properties: {{ParentRef}} } }
        hostnames: { type: array, items: { type: string } }
        rules:
          type: array
          items:
            type: object
            properties:
              matches:
                type: array
                default: [{ path: { type: PathPrefix, value: / } }]
                items: { type: object, properties: { path: { type: object, default: { type: PathPrefix, value: / }, properties: { type: { type: string, default: PathPrefix }, value: { type: string, default: / } } } } }
              backendRefs:
                type: array
                items: { type: object, required: [name], properties: { group: { type: string }, kind: { type: string, default: Service }, name: { type: string }, namespace: { type: string }, port: { type: integer }, weight: { type: integer, default: 1 } } }
        """,
        "parents: { type: array, items: { type: object, x-kubernetes-preserve-unknown-fields: true } }");

    private static readonly string ListenerSets = Of(
        "gateway.networking.k8s.io", "ListenerSet", "listenersets",
        $$"""
        parentRef: { type: object, required: [name], properties: {{ParentRef}} }
        listeners:
          type: array
          items:
            type: object
            required: [name, port, protocol]
            properties:
              name: { type: string }
              hostname: { type: string }
              port: { type: integer }
              protocol: { type: string }
              tls:
                type: object
                properties:
                  mode: { type: string, default: Terminate, enum: [Terminate, Passthrough] }
                  certificateRefs: { type: array, items: { type: object, required: [name], properties: { group: { type: string }, kind: { type: string, default: Secret }, name: { type: string }, namespace: { type: string } } } }
              allowedRoutes:
                type: object
                default: { namespaces: { from: Same } }
                properties: { namespaces: { type: object, default: { from: Same }, properties: { from: { type: string, default: Same, enum: [All, Selector, Same] } } } }
        """,
        Conditions, required: "parentRef, listeners");

    /// <summary>Installs cert-manager's; returns when the API server has it.</summary>
    public static Task InstallCertManagerAsync(ControlPlane plane, CancellationToken cancellationToken) => PublishedCrds.InstallAsync(
        plane, PublishedCrds.Find("cert-manager", "certificates") ?? Certificates, cancellationToken);

    /// <summary>Installs the Gateway API's; returns when the API server has them.</summary>
    public static Task InstallGatewayApiAsync(ControlPlane plane, CancellationToken cancellationToken) => PublishedCrds.InstallAsync(
        plane, PublishedCrds.Find("gateway-api", "gateways", "httproutes", "listenersets") ?? Gateways + HttpRoutes + ListenerSets, cancellationToken);

    private static string Of(string group, string kind, string plural, string spec, string status, string required = "") => $$"""
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: {{plural}}.{{group}}
          annotations: { api-approved.kubernetes.io: "unapproved, for tests" }
        spec:
          group: {{group}}
          scope: Namespaced
          names: { kind: {{kind}}, listKind: {{kind}}List, plural: {{plural}}, singular: {{kind.ToLowerInvariant()}} }
          versions:
            - name: v1
              served: true
              storage: true
              subresources: { status: {} }
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec:
                      type: object
                      required: [{{required}}]
                      properties:
        {{Indented(spec)}}
                    status:
                      type: object
                      properties:
        {{Indented(status)}}

        """;

    private static string Indented(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => new string(' ', 16) + line));
}
