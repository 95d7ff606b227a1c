using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads how the policies of a class are served.</summary>
internal static partial class ServingReader
{
    private const int ReplicasMax = 100;
    private const int AddressesMax = 16;

    public static ServingSettings Read(string className, ServingSpec spec, Problems problems)
    {
        problems.ObjectName("spec.serving.namespace", spec.Namespace, dots: false, Schema.Patterns.LabelCharsMax);
        if (string.IsNullOrWhiteSpace(spec.Image))
        {
            problems.Add("spec.serving.image", "is empty", "name the image of the policy server");
        }

        if (spec.Replicas is < 1 or > ReplicasMax)
        {
            problems.Add("spec.serving.replicas", $"is {spec.Replicas}", $"write a number from 1 to {ReplicasMax}");
        }

        if (spec.ServiceAccountName is not null)
        {
            problems.ObjectName("spec.serving.serviceAccountName", spec.ServiceAccountName, dots: true, Schema.Patterns.NameCharsMax);
        }

        var exposure = ExposureReader.Read(spec.Exposure, spec.Namespace ?? "", problems);
        var targets = Targets(spec.Addresses ?? [], problems);
        if (exposure is Exposure.None && targets.IsUnknown && spec.Addresses is not { Count: > 0 })
        {
            problems.Add("spec.serving.addresses", "is empty", "give what mta-sts.DOMAIN points to, since with exposure None nothing in the cluster says it");
        }

        Quantities("spec.serving.resources.requests", spec.Resources?.Requests, problems);
        Quantities("spec.serving.resources.limits", spec.Resources?.Limits, problems);
        PlacementReader.Check(spec, problems);
        return new ServingSettings
        {
            ClassName = className,
            Namespace = spec.Namespace ?? "",
            Replicas = spec.Replicas ?? 2,
            Image = spec.Image ?? "",
            Command = [.. spec.Command ?? []],
            Resources = spec.Resources,
            PriorityClassName = spec.PriorityClassName,
            NodeSelector = spec.NodeSelector ?? ImmutableDictionary<string, string>.Empty,
            Tolerations = [.. spec.Tolerations ?? []],
            ServiceAccountName = spec.ServiceAccountName,
            Exposure = exposure,
            NewHostsPerHour = ExposureReader.NewHosts(spec.Exposure, exposure, problems),
            Targets = targets,
        };
    }

    private static void Quantities(string path, IReadOnlyDictionary<string, string>? values, Problems problems)
    {
        foreach (var (name, value) in values ?? ImmutableDictionary<string, string>.Empty)
        {
            if (!QuantityForm().IsMatch(value ?? ""))
            {
                problems.Add($"{path}.{name}", $"is {Problems.Show(value)}", "write a quantity such as 100m or 64Mi");
            }
        }
    }

    [GeneratedRegex(@"^[0-9]{1,15}(\.[0-9]{1,9})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")]
    private static partial Regex QuantityForm();

    private static HostTargets Targets(IReadOnlyList<string> values, Problems problems)
    {
        const string path = "spec.serving.addresses";
        if (values.Count > AddressesMax)
        {
            problems.Add(path, $"has {values.Count} entries", $"give at most {AddressesMax}");
            return HostTargets.Unknown;
        }

        var addresses = new List<string>();
        string? host = null;
        for (var i = 0; i < values.Count; i++)
        {
            // IPAddress reads "1" and "0x7f.1" as addresses too; a literal is one only in the usual form.
            if (IPAddress.TryParse(values[i], out var address) && (values[i].Contains(':', StringComparison.Ordinal) || address.ToString() == values[i]))
            {
                addresses.Add(address.ToString());
            }
            else if (HostName.TryNormalise(values[i], out var name, out var problem))
            {
                problems.Name($"{path}[{i}]", values[i], name, problem, "");
                host = name;
            }
            else
            {
                problems.Add($"{path}[{i}]", $"is {Problems.Show(values[i])}", "write an IPv4 or IPv6 address, or one host name");
            }
        }

        if (host is not null && values.Count > 1)
        {
            // rfc1034#3.6.2: a name with a CNAME has no other records.
            problems.Add(path, "has a host name beside other entries", "give addresses alone, or one host name alone");
            return HostTargets.Unknown;
        }

        return new HostTargets(addresses.ToImmutableSortedSet(StringComparer.Ordinal), host);
    }
}
