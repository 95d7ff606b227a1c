using k8s;
using MtaSts.TestBed;

namespace MtaSts.Kubernetes.Tests;

internal static class ControlPlaneClients
{
    /// <summary>A client of the same server by another way.</summary>
    public static k8s.Kubernetes ClientVia(this ControlPlane plane, ApiServerGate gate)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(plane.AdminKubeconfig);
        config.Host = gate.Address.ToString();
        return new k8s.Kubernetes(config);
    }
}
