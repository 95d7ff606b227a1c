using System.Net;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// The resolver of the bed: unbound, which knows the name servers of the bed for <c>test.</c> and answers NXDOMAIN for all other
/// names without asking anybody. It keeps answers for one second.
/// </summary>
internal static class RecursiveResolver
{
    public static async Task<ChildProcess> StartAsync(AddressPlan plan, string stateFolder, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(stateFolder, "unbound")).FullName;
        var configuration = Path.Combine(folder, "unbound.conf");
        await File.WriteAllTextAsync(configuration,
            $"""
            server:
              username: ""
              chroot: ""
              directory: "{folder}"
              pidfile: ""
              use-syslog: no
              logfile: "{folder}/unbound.log"
              log-time-ascii: yes
              log-queries: yes
              log-replies: yes
              log-servfail: yes
              verbosity: 1
              num-threads: 1
              interface: {plan.Resolver}
              outgoing-interface: {plan.Resolver}
              do-ip6: no
              access-control: {plan.Subnet} allow
              module-config: "iterator"
              qname-minimisation: no
              cache-min-ttl: 0
              cache-max-ttl: 1
              cache-max-negative-ttl: 1
              infra-host-ttl: 2
              infra-keep-probing: yes
              local-zone: "." static
              local-zone: "test." transparent
            stub-zone:
              name: "test."
              stub-addr: {plan.PrimaryDns}
              stub-addr: {plan.SecondaryDns}
            remote-control:
              control-enable: no

            """, cancellationToken);
        var process = ChildProcess.Start(new ChildProcessOptions(
            "unbound", "unbound", ["-d", "-p", "-c", configuration], stateFolder, Path.Combine(folder, "output.log"))
        { NetworkNamespace = plan.MailNamespace });
        try
        {
            await process.WaitReadyAsync(
                token => Poll.AcceptsAsync(new IPEndPoint(plan.Resolver, 53), token), Deadlines.Start, cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
