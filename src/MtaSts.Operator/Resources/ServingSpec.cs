using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How policies are served: one policy server for all domains of the class.</summary>
public sealed record ServingSpec
{
    /// <summary>The namespace of the policy server and all that belongs to it. It must exist.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("namespace")]
    public string Namespace { get; init; } = "";

    /// <summary>How many policy servers run.</summary>
    [Schema(Default = "2", Min = 1, Max = 100)]
    [JsonPropertyName("replicas")]
    public int? Replicas { get; init; }

    /// <summary>The image of the policy server.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 512)]
    [JsonPropertyName("image")]
    public string Image { get; init; } = "";

    /// <summary>The command of the container. Default: the image's own entry point.</summary>
    [Schema(ItemsMin = 1, ItemsMax = 32, CharsMax = 1024)]
    [JsonPropertyName("command")]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The ServiceAccount of the policy servers; it needs no rights, and no token of it is mounted. Default: the namespace's own.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("serviceAccountName")]
    public string? ServiceAccountName { get; init; }

    /// <summary>How the policy hosts are reached from outside.</summary>
    [JsonPropertyName("exposure")]
    public ExposureSpec? Exposure { get; init; }

    /// <summary>
    /// What mta-sts.DOMAIN points to: IPv4 and IPv6 addresses, or one host name for a CNAME. Default: what the status of the Ingress, the Gateway or the Service says.
    /// </summary>
    [Schema(ItemsMax = 16, IsSet = true, CharsMin = 2, CharsMax = Patterns.NameCharsMax)]
    [JsonPropertyName("addresses")]
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>The resources of the policy server's container. Default: 10m of CPU and 64Mi of memory requested, 128Mi the limit.</summary>
    [JsonPropertyName("resources")]
    public ContainerResourcesSpec? Resources { get; init; }

    /// <summary>The PriorityClass of the policy servers. Default: the cluster's.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("priorityClassName")]
    public string? PriorityClassName { get; init; }

    /// <summary>Labels that the nodes of the policy servers must have.</summary>
    [Schema(ItemsMax = 16, CharsMax = Patterns.LabelCharsMax)]
    [JsonPropertyName("nodeSelector")]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>The taints of nodes that the policy servers tolerate.</summary>
    [Schema(ItemsMax = 16)]
    [JsonPropertyName("tolerations")]
    public IReadOnlyList<TolerationSpec>? Tolerations { get; init; }
}
