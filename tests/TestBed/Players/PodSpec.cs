using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>What a pod is made from; fixed for its life.</summary>
/// <param name="Deployment">The Deployment as it was when the pod was made.</param>
/// <param name="Name">Name of the pod.</param>
/// <param name="TemplateHash">Two templates with the same hash are the same.</param>
/// <param name="Slot">Number of the pod among the living ones.</param>
/// <param name="Network">Where it runs.</param>
/// <param name="Folder">Its folder in the bed's folder.</param>
internal sealed record PodSpec(
    V1Deployment Deployment, string Name, string TemplateHash, int Slot, PodNetwork Network, string Folder)
{
    /// <summary>Namespace of the Deployment and of the pod.</summary>
    public string Namespace => Deployment.Metadata.NamespaceProperty;

    /// <summary>The template's pod specification.</summary>
    public V1PodSpec Template => Deployment.Spec.Template.Spec;

    /// <summary>The fields that a variable may refer to.</summary>
    public Dictionary<string, string> Fields
    {
        get
        {
            var fields = new Dictionary<string, string>
            {
                ["metadata.name"] = Name,
                ["metadata.namespace"] = Namespace,
                ["metadata.uid"] = $"{Deployment.Metadata.Uid}-{Slot}",
                ["spec.nodeName"] = "test-bed",
                ["spec.serviceAccountName"] = ServiceAccount,
                ["status.podIP"] = Network.Address,
                ["status.podIPs"] = Network.Address,
                ["status.hostIP"] = PodNetwork.Host.Address,
            };
            foreach (var (key, value) in Deployment.Spec.Template.Metadata?.Labels ?? new Dictionary<string, string>())
                fields[$"metadata.labels['{key}']"] = value;
            return fields;
        }
    }

    /// <summary>Name of the service account that the pod acts as.</summary>
    public string ServiceAccount => Template.ServiceAccountName ?? "default";

    /// <summary>The hash of a pod template.</summary>
    public static string HashOf(V1PodTemplateSpec template) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KubernetesJson.Serialize(template))))[..10];
}
