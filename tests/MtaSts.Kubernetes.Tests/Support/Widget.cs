using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes.Tests;

/// <summary>A small custom resource of the tests.</summary>
[KubernetesEntity(Group = Widget.GroupName, ApiVersion = "v1", Kind = "Widget", PluralName = "widgets")]
public sealed class Widget : IKubernetesObject<V1ObjectMeta>
{
    public const string GroupName = "tests.mta-sts.dev";

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = GroupName + "/v1";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "Widget";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public WidgetSpec? Spec { get; set; }

    [JsonPropertyName("status")]
    public WidgetStatus? Status { get; set; }

    public static Widget Named(string name, int size = 0, string space = "default") => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space },
        Spec = new WidgetSpec { Size = size },
    };
}

public sealed class WidgetSpec
{
    [JsonPropertyName("size")]
    public int Size { get; set; }

    [JsonPropertyName("colour")]
    public string? Colour { get; set; }
}

public sealed class WidgetStatus
{
    [JsonPropertyName("seen")]
    public string? Seen { get; set; }
}
