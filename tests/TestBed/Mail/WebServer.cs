using System.Globalization;
using System.Net;
using System.Text;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// nginx as what terminates TLS for the ingress (or as somebody else's web server), on port 443 of its own address. A host that no site names gets a self-signed
/// certificate and 404.
/// </summary>
public sealed class WebServer : IAsyncDisposable
{
    private readonly AddressPlan _plan;
    private readonly string _folder;
    private readonly string _stateFolder;
    private readonly SemaphoreSlim _turn = new(1);
    private ChildProcess? _process;
    private int _slot;

    private WebServer(AddressPlan plan, IPAddress address, string stateFolder, string name)
    {
        _plan = plan;
        _stateFolder = stateFolder;
        _folder = Path.Combine(stateFolder, name);
        EndPoint = new IPEndPoint(address, 443);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>One line a request; <see cref="RequestsAsync"/> reads it.</summary>
    public string AccessLogPath => Path.Combine(_folder, "access.log");

    /// <summary>Its messages.</summary>
    public string ErrorLogPath => Path.Combine(_folder, "error.log");

    private string ConfigurationPath => Path.Combine(_folder, "nginx.conf");

    internal static async Task<WebServer> StartAsync(
        AddressPlan plan, IPAddress address, string stateFolder, string name, CancellationToken cancellationToken)
    {
        var server = new WebServer(plan, address, stateFolder, name);
        Directory.CreateDirectory(Path.Combine(server._folder, "temporary"));
        var unknown = LocalCa.SelfSigned("ingress.invalid");
        await File.WriteAllTextAsync(Path.Combine(server._folder, "default.pem"), unknown.KeyPem + unknown.CertificatePem, cancellationToken);
        await File.WriteAllTextAsync(server.ConfigurationPath, await server.ConfigurationAsync([], cancellationToken), cancellationToken);
        server._process = ChildProcess.Start(new ChildProcessOptions(
            name, "nginx", ["-c", server.ConfigurationPath, "-p", server._folder, "-e", server.ErrorLogPath], stateFolder,
            Path.Combine(server._folder, "output.log"))
        { NetworkNamespace = plan.MailNamespace, ParentDeathSignal = "TERM" });
        try
        {
            await server._process.WaitReadyAsync(token => Poll.AcceptsAsync(server.EndPoint, token), Deadlines.Start, cancellationToken);
            return server;
        }
        catch (ChildProcessException failure)
        {
            var log = Logs.Tail(server.ErrorLogPath);
            await server.DisposeAsync();
            throw new ChildProcessException($"{failure.Message}\n{log}", failure);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replaces all sites; returns when no connection is served by the old ones any more.</summary>
    /// <param name="sites">The whole list; upstreams are reached from the mail namespace, so this machine is .1 and not 127.0.0.1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChildProcessException">nginx refuses the configuration; the sites stay as they were.</exception>
    public async Task SetSitesAsync(IReadOnlyList<IngressSite> sites, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var next = Path.Combine(_folder, "next.conf");
            await File.WriteAllTextAsync(next, await ConfigurationAsync(sites, cancellationToken), cancellationToken);
            await Command.OutputAsync(
                "nginx", ["-t", "-q", "-c", next, "-p", _folder, "-e", ErrorLogPath], networkNamespace: _plan.MailNamespace,
                cancellationToken: cancellationToken);
            File.Move(next, ConfigurationPath, overwrite: true);
            _slot = 1 - _slot;
            var process = _process ?? throw new ObjectDisposedException(nameof(WebServer));
            var old = Workers(process.Id).ToHashSet();
            process.Signal(Signal.Hup);
            if (!await Poll.UntilAsync(
                    _ => Task.FromResult(Workers(process.Id) is var now && !now.Any(old.Contains) && now.Count > 0), Deadlines.Start, cancellationToken))
            {
                throw new ChildProcessException($"nginx did not take its new configuration:\n{Logs.Tail(ErrorLogPath)}");
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The requests that it has answered up to now, in the order of their ends.</summary>
    public async Task<IReadOnlyList<WebRequest>> RequestsAsync(CancellationToken cancellationToken) =>
        [.. (await LogFile.LinesAsync(AccessLogPath, cancellationToken)).Select(WebRequest.Parse)];

    /// <summary>Ends the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    // The workers that still take connections: one that is going away says so in its command line.
    private static List<int> Workers(int master) =>
        [.. ReadProc($"{master}/task/{master}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static id => int.Parse(id, CultureInfo.InvariantCulture))
            .Where(static id => ReadProc($"{id}/cmdline") is var title &&
                title.Contains("worker process", StringComparison.Ordinal) &&
                !title.Contains("shutting down", StringComparison.Ordinal))];

    private static string ReadProc(string name)
    {
        try
        {
            return File.ReadAllText("/proc/" + name);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task<string> ConfigurationAsync(IReadOnlyList<IngressSite> sites, CancellationToken cancellationToken)
    {
        // The certificate files in use are left alone: the new configuration may be refused.
        var certificates = Directory.CreateDirectory(
            Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"tls-{1 - _slot}"))).FullName;
        var servers = new StringBuilder();
        foreach (var (index, site) in sites.Index())
        {
            var pem = Path.Combine(certificates, string.Create(CultureInfo.InvariantCulture, $"{index}.pem"));
            await File.WriteAllTextAsync(pem, site.KeyPem + "\n" + site.CertificatePem, cancellationToken);
            var upstream = string.Create(CultureInfo.InvariantCulture, $"site_{index}");
            var action = site.Upstreams.Count == 0 ? "return 503;" : $"proxy_pass http://{upstream};";
            if (site.Policy is { } policy)
            {
                var file = Path.ChangeExtension(pem, ".txt");
                await File.WriteAllTextAsync(file, policy, cancellationToken);
                action = $"return 404; }} location = /.well-known/mta-sts.txt {{ default_type text/plain; alias {file};";
            }

            if (site.Upstreams.Count > 0)
            {
                var members = string.Concat(site.Upstreams.Select(static address => $"server {address} max_fails=0; "));
                servers.AppendLine(CultureInfo.InvariantCulture, $"upstream {upstream} {{ {members}}}");
            }

            servers.AppendLine(CultureInfo.InvariantCulture,
                $$"""
                server {
                  listen {{EndPoint}} ssl;
                  server_name {{site.Host}};
                  ssl_certificate {{pem}};
                  ssl_certificate_key {{pem}};
                  location / { {{action}} }
                }
                """);
        }

        return
            $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{_folder}}/nginx.pid;
            error_log {{ErrorLogPath}} notice;
            events { worker_connections 512; }
            http {
              log_format bed '$msec $remote_addr $host $status $body_bytes_sent "$upstream_status" "$upstream_http_etag" $request';
              access_log {{AccessLogPath}} bed;
              server_tokens off;
              server_names_hash_bucket_size 128;
              ssl_protocols TLSv1.2 TLSv1.3;
              client_body_temp_path {{_folder}}/temporary;
              proxy_temp_path {{_folder}}/temporary;
              fastcgi_temp_path {{_folder}}/temporary;
              uwsgi_temp_path {{_folder}}/temporary;
              scgi_temp_path {{_folder}}/temporary;
              proxy_http_version 1.1;
              proxy_connect_timeout 2s;
              proxy_read_timeout 10s;
              proxy_set_header Host $host;
              proxy_set_header Connection "";
              proxy_set_header X-Forwarded-Proto https;
              server {
                listen {{EndPoint}} ssl default_server;
                server_name _;
                ssl_certificate {{_folder}}/default.pem;
                ssl_certificate_key {{_folder}}/default.pem;
                return 404;
              }
            {{servers}}
            }

            """;
    }
}
