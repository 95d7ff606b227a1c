using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>A provider, read and checked.</summary>
public sealed record ProviderSettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The zones that may be written to, each once, lower case, without the final dot; empty for every zone that the server answers for.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The TTL of the records, 30 to 86400 seconds.</summary>
    public required long TtlSeconds { get; init; }

    /// <summary>The name by which this cluster knows its own records.</summary>
    public required string OwnerId { get; init; }

    /// <summary>The server's host name in ASCII, or its address without brackets.</summary>
    public required string ServerHost { get; init; }

    /// <summary>The server's port.</summary>
    public required int ServerPort { get; init; }

    /// <summary>How long one exchange may take, a second to a minute.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The key that signs updates, or null.</summary>
    public TsigSettings? Tsig { get; init; }
}

/// <summary>A TSIG key, without its secret.</summary>
/// <param name="KeyName">The key's name, lower case, without the final dot.</param>
/// <param name="Algorithm">hmac-sha256, hmac-sha384 or hmac-sha512.</param>
/// <param name="SecretName">The Secret in the operator's namespace.</param>
/// <param name="SecretKey">The entry of it.</param>
public sealed record TsigSettings(string KeyName, string Algorithm, string SecretName, string SecretKey);

/// <summary>Reads a provider. All that the CRD checks is checked again.</summary>
public static class ProviderReader
{
    private const int DnsPort = 53;
    private const long TtlDefault = 300;
    private const long TtlMin = 30;
    private const long TtlMax = 86400;

    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeoutMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(1);

    /// <summary>The settings of a valid provider, or everything that is wrong with it.</summary>
    /// <param name="resource">The provider.</param>
    /// <param name="ownerIdDefault">The operator's own owner id, for a provider that says none.</param>
    public static ResourceReading<ProviderSettings> Read(ClusterDnsProvider resource, string ownerIdDefault)
    {
        var problems = new Problems();
        var spec = resource.Spec ?? new ClusterDnsProviderSpec();

        var zones = (spec.Zones ?? []).Select((z, i) => Zone($"spec.zones[{i}]", z ?? "", problems)).OfType<string>().Distinct().ToImmutableArray();
        if (spec.Ttl is < TtlMin or > TtlMax)
        {
            problems.Add("spec.ttl", $"is {spec.Ttl}", $"write seconds from {TtlMin} to {TtlMax}");
        }

        var owner = spec.OwnerId ?? ownerIdDefault;
        problems.ObjectName("spec.ownerId", owner, dots: false, Schema.Patterns.LabelCharsMax);
        var (host, port) = Server("spec.rfc2136.server", spec.Rfc2136?.Server ?? "", problems);
        var tsig = Tsig("spec.rfc2136.tsig", spec.Rfc2136?.Tsig, problems);
        var timeout = problems.Duration("spec.rfc2136.timeout", spec.Rfc2136?.Timeout, TimeoutDefault, TimeoutMin, TimeoutMax);

        return new ResourceReading<ProviderSettings>(
            problems.None
                ? new ProviderSettings
                {
                    Name = resource.Metadata.Name ?? "",
                    Zones = zones,
                    TtlSeconds = spec.Ttl ?? TtlDefault,
                    OwnerId = owner,
                    ServerHost = host,
                    ServerPort = port,
                    Timeout = timeout,
                    Tsig = tsig,
                }
                : null,
            problems.All);
    }

    private static string? Zone(string path, string value, Problems problems)
    {
        HostName.TryNormaliseAny(value, out var name, out var problem);
        return problems.Name(path, value, name, problem, "write a zone such as example.com") ? value : null;
    }

    private static TsigSettings? Tsig(string path, TsigSpec? spec, Problems problems)
    {
        if (spec is null)
        {
            return null;
        }

        var keyName = spec.KeyName?.TrimEnd('.').ToLowerInvariant() ?? "";
        if (keyName.Length is 0 or > Schema.Patterns.NameCharsMax || keyName.Split('.').Any(l => l.Length is 0 or > Schema.Patterns.LabelCharsMax)
            || keyName.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
        {
            problems.Add($"{path}.keyName", $"is {Problems.Show(spec.KeyName)}", "write the name of the key as the server knows it");
        }

        var algorithm = problems.OneOf(
            $"{path}.algorithm",
            spec.Algorithm,
            "hmac-sha256",
            ("hmac-sha256", "hmac-sha256"),
            ("hmac-sha384", "hmac-sha384"),
            ("hmac-sha512", "hmac-sha512"));
        problems.ObjectName($"{path}.secretRef.name", spec.SecretRef?.Name, dots: true, Schema.Patterns.NameCharsMax);
        return new TsigSettings(keyName, algorithm, spec.SecretRef?.Name ?? "", spec.SecretRef?.Key ?? "secret");
    }

    private static (string Host, int Port) Server(string path, string value, Problems problems)
    {
        if (TrySplit(value, out var host, out var port) && (IPAddress.TryParse(host, out _) || IsHostName(host)))
        {
            return (host, port);
        }

        problems.Add(path, value.Length == 0 ? "is empty" : $"is {Problems.Show(value)}", "write a host name or an address, such as ns.example.net, 192.0.2.53:5353 or [2001:db8::53]:53");
        return ("", 0);
    }

    // The name goes to the resolver as it is, which knows no U-labels; a final dot keeps it from search lists.
    private static bool IsHostName(string host) => Ascii.IsValid(host) && HostName.TryNormaliseAny(host, out _, out _);

    private static bool TrySplit(string value, out string host, out int port)
    {
        port = DnsPort;
        host = value;
        if (value.StartsWith('['))
        {
            var end = value.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !IPAddress.TryParse(value.AsSpan(1, end - 1), out _))
            {
                return false;
            }

            host = value[1..end];
            return end == value.Length - 1 || (value[end + 1] == ':' && TryPort(value[(end + 2)..], out port));
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || colon != value.LastIndexOf(':'))
        {
            return true; // no port, or a bare IPv6 address
        }

        host = value[..colon];
        return TryPort(value[(colon + 1)..], out port);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
