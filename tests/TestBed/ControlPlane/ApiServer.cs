using System.Text.RegularExpressions;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>Starts kube-apiserver, of any version from 1.20 on.</summary>
internal static partial class ApiServer
{
    // Wanted, but not worth a failure: a version that does not know one of them is started without it.
    private static readonly string[] OptionalFlags =
    [
        "--endpoint-reconciler-type=none", // there is no node whose address the `kubernetes` Service could point to
        "--disable-admission-plugins=ServiceAccount", // there is no controller that makes the service accounts named default
        "--shutdown-delay-duration=0s",
        "--profiling=false",
    ];

    /// <summary>Starts the server and waits until it says that it is ready.</summary>
    /// <param name="program">Path of kube-apiserver.</param>
    /// <param name="folder">Folder of the control plane, for logs and keys.</param>
    /// <param name="stateFolder">Folder of the pid files.</param>
    /// <param name="keys">Certificates, keys, tokens.</param>
    /// <param name="server">Address and port to listen on.</param>
    /// <param name="etcdUrl">The store.</param>
    /// <param name="flags">Further flags.</param>
    /// <param name="deadline">Limit for the start.</param>
    /// <param name="http">A client that trusts the serving certificate and is allowed to see <c>/readyz</c>.</param>
    /// <param name="cancellationToken">Ends the wait and the server.</param>
    public static async Task<ChildProcess> StartAsync(
        string program,
        string folder,
        string stateFolder,
        ControlPlaneKeys keys,
        Uri server,
        string etcdUrl,
        IReadOnlyList<string> flags,
        TimeSpan deadline,
        HttpClient http,
        CancellationToken cancellationToken)
    {
        var policy = Path.Combine(folder, "audit-policy.yaml");
        await File.WriteAllTextAsync(policy, AuditLog.Policy, cancellationToken);
        var optional = OptionalFlags.ToList();
        string[] required =
        [
            $"--etcd-servers={etcdUrl}",
            $"--bind-address={server.Host}", $"--advertise-address={server.Host}", $"--secure-port={server.Port}",
            $"--cert-dir={Path.Combine(folder, "keys")}",
            $"--tls-cert-file={keys.ServingCertificate}", $"--tls-private-key-file={keys.ServingKey}",
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-signing-key-file={keys.ServiceAccountKey}",
            $"--service-account-key-file={keys.ServiceAccountKey}",
            $"--token-auth-file={keys.TokenFile}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            $"--audit-policy-file={policy}", $"--audit-log-path={Path.Combine(folder, "audit.log")}",
            .. flags,
        ];
        while (true)
        {
            var log = Path.Combine(folder, "kube-apiserver.log");
            var process = ChildProcess.Start(
                new ChildProcessOptions("kube-apiserver", program, [.. required, .. optional], stateFolder, log));
            try
            {
                await process.WaitReadyAsync(
                    token => HealthProbe.AnswersOkAsync(http, new Uri(server, "/readyz"), token), deadline, cancellationToken);
                return process;
            }
            catch (ChildProcessException) when (RefusedFlag(process) is { } refused && optional.Remove(refused))
            {
                await process.KillAsync();
            }
            catch
            {
                await process.KillAsync();
                throw;
            }
        }

        string? RefusedFlag(ChildProcess process) =>
            UnknownFlag().Matches(process.LogTail(200)).Select(static match => match.Groups[1].Value).LastOrDefault() is { } name
                ? optional.FirstOrDefault(flag => flag.StartsWith(name, StringComparison.Ordinal))
                : null;
    }

    [GeneratedRegex(@"unknown flag: (--[a-z0-9-]+)")]
    private static partial Regex UnknownFlag();
}
