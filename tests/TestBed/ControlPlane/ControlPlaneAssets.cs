using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>Where the two servers of the control plane are on this machine.</summary>
/// <param name="ApiServer">Path of kube-apiserver.</param>
/// <param name="Etcd">Path of etcd.</param>
public sealed record ControlPlaneAssets(string ApiServer, string Etcd)
{
    /// <summary>
    /// Looks for kube-apiserver in the folder that KUBEBUILDER_ASSETS names, then in the cache that script/bootstrap fills; for etcd
    /// beside it, then on PATH. Null when one of the two is missing; <see cref="MissingReason"/> says which.
    /// </summary>
    public static ControlPlaneAssets? Find() =>
        FindApiServer() is { } apiServer && FindEtcd(apiServer) is { } etcd ? new ControlPlaneAssets(apiServer, etcd) : null;

    /// <summary>Why the control plane cannot run here, or null when it can.</summary>
    public static string? MissingReason()
    {
        if (Command.Find("kubectl") is null) return "kubectl is not on PATH: run script/bootstrap";
        if (FindApiServer() is not { } apiServer)
        {
            return "kube-apiserver is neither in $KUBEBUILDER_ASSETS nor in the cache " +
                $"({CacheFolder()}): run script/bootstrap";
        }

        return FindEtcd(apiServer) is null ? "etcd is neither beside kube-apiserver nor on PATH: run script/bootstrap" : null;
    }

    private static string? FindApiServer() =>
        new[] { Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS"), CacheFolder() }
            .Where(static folder => !string.IsNullOrEmpty(folder))
            .Select(static folder => Path.Combine(folder!, "kube-apiserver"))
            .FirstOrDefault(File.Exists);

    private static string? FindEtcd(string apiServer)
    {
        var beside = Path.Combine(Path.GetDirectoryName(apiServer)!, "etcd");
        return File.Exists(beside) ? beside : Command.Find("etcd");
    }

    private static string CacheFolder() => Path.Combine(BootstrapCache.Folder, "control-plane");
}
