using MtaSts.Core.Observations;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Dns.Endpoint;

/// <summary>The DNSEndpoint objects on the API server, and what its refusals mean.</summary>
internal sealed class EndpointStore(EndpointOptions options, ServerSideApply writer)
{
    private const string Resource = "dnsendpoints.externaldns.k8s.io";

    /// <summary>The object of a record name; one without a version where there is none.</summary>
    public async Task<Outcome<EndpointObject>> ReadAsync(string recordName, CancellationToken cancellationToken)
    {
        var key = KeyOf(recordName);
        switch (await writer.ReadAsync(EndpointObject.Kind, key, cancellationToken))
        {
            case WriteOutcome.Written read:
                return EndpointObject.Read(recordName, read.Body, out var problem) is { } found
                    ? new(found, null)
                    : new(null, new ProviderFault(Reason.RecordNotOwned, $"the DNSEndpoint {key} {problem}", Transient: false));
            case WriteOutcome.NotFound:
                return new(EndpointObject.Absent(recordName), null);
            case var other:
                return new(null, Fault(other, "get"));
        }
    }

    /// <summary>Writes an object as long as it is what was read: its version is part of it. An object without endpoints is deleted.</summary>
    public async Task<ProviderFault?> WriteAsync(EndpointObject item, CancellationToken cancellationToken)
    {
        var key = KeyOf(item.RecordName);
        if (item.Sets.IsEmpty)
        {
            return item.Version is not { } version
                ? null
                : Fault(await writer.DeleteAsync(EndpointObject.Kind, key, version.Uid, version.ResourceVersion, cancellationToken), "delete");
        }

        if (item.ToJson(options, out var problem) is not { } body)
            return new ProviderFault(Reason.ProviderRefused, problem, Transient: false);

        // An apply that names no version would take over what somebody else has made meanwhile, so what was not there is created.
        return item.Version is null
            ? Fault(await writer.CreateAsync(EndpointObject.Kind, body, cancellationToken), "create")
            : Fault(await writer.ApplyAsync(body, EndpointObject.Kind, null, force: true, cancellationToken), "patch");
    }

    private ObjectKey KeyOf(string recordName) => new(options.Namespace, EndpointObject.ObjectName(recordName));

    private ProviderFault? Fault(WriteOutcome outcome, string verb) => outcome switch
    {
        { IsSuccess: true } => null,
        WriteOutcome.Conflict => new(Reason.ProviderConflict, $"somebody else wrote a DNSEndpoint in namespace {options.Namespace} at the same moment", Transient: true),
        WriteOutcome.ApiMissing => new(
            Reason.ApiMissing, $"the API server has no DNSEndpoint ({EndpointObject.Kind.ApiVersion}); install the CustomResourceDefinition of external-dns", Transient: false),
        WriteOutcome.NotFound when verb == "create" => new(
            Reason.ProviderRefused, $"the namespace {options.Namespace} is not there; create it, or name another one in spec.externalDnsEndpoint.namespace", Transient: false),
        WriteOutcome.NotFound => new(Reason.ProviderConflict, $"a DNSEndpoint in namespace {options.Namespace} went at the same moment", Transient: true),
        WriteOutcome.Rejected { Code: 401 or 403 } => new(
            Reason.ProviderCredentialsRefused,
            $"the operator may not {verb} {Resource} in namespace {options.Namespace}; give its ServiceAccount the right (chart value rbac.dnsEndpointNamespaces)",
            Transient: false),
        WriteOutcome.Rejected rejected => new(Reason.ProviderRefused, $"the API server refuses to {verb} a DNSEndpoint in namespace {options.Namespace}: {rejected.Message}", Transient: false),
        WriteOutcome.Unavailable away => new(Reason.ProviderUnavailable, $"the API server does not {verb} a DNSEndpoint: {away.Message}", Transient: true, away.RetryAfter),
        var other => new(Reason.ProviderRefused, $"the API server does not {verb} a DNSEndpoint: {other}", Transient: false),
    };
}
