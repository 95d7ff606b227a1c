using MtaSts.Kubernetes;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Dns.Endpoint;

/// <summary>What DNSEndpoint objects are written and checked by.</summary>
/// <param name="Writer">The API server.</param>
/// <param name="Namespace">The namespace of the objects where a provider names none: the operator's.</param>
/// <param name="Probe">Asks the name servers.</param>
public sealed record EndpointSurroundings(ServerSideApply Writer, string Namespace, DnsProbe Probe);
