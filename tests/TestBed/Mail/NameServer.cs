using System.Net;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>One BIND, authoritative only. It can be stopped and started again, and keeps its zones.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _stateFolder;
    private readonly string _namespace;
    private ChildProcess? _process;

    private NameServer(string name, IPAddress address, string folder, string stateFolder, string networkNamespace)
    {
        Name = name;
        Address = address;
        _folder = folder;
        _stateFolder = stateFolder;
        _namespace = networkNamespace;
    }

    public string Name { get; }

    public IPAddress Address { get; }

    public string LogPath => Path.Combine(_folder, "named.log");

    public string UpdateLogPath => Path.Combine(_folder, "update.log");

    public string QueryLogPath => Path.Combine(_folder, "query.log");

    public string ZonePath(string zone) => Path.Combine(_folder, "zones", zone + ".zone");

    /// <summary>Writes the configuration; starts nothing.</summary>
    /// <param name="name">Name of the server; also of its folder below <paramref name="stateFolder"/>.</param>
    /// <param name="address">The only address that it listens on.</param>
    /// <param name="plan">The network.</param>
    /// <param name="control">The key of the control channel.</param>
    /// <param name="options">Further lines for the options statement.</param>
    /// <param name="statements">Further statements: keys, zones.</param>
    /// <param name="stateFolder">The bed's folder.</param>
    public static NameServer Prepare(
        string name, IPAddress address, AddressPlan plan, TsigKey control, string options, string statements, string stateFolder)
    {
        var folder = Path.Combine(stateFolder, name);
        Directory.CreateDirectory(Path.Combine(folder, "zones"));
        var server = new NameServer(name, address, folder, stateFolder, plan.MailNamespace);
        File.WriteAllText(Path.Combine(folder, "rndc.key"), control.Statement);
        File.WriteAllText(Path.Combine(folder, "named.conf"),
            $$"""
            options {
              directory "{{folder}}";
              pid-file none;
              lock-file none;
              session-keyfile none;
              listen-on port 53 { {{address}}; };
              listen-on-v6 { none; };
              notify-source {{address}};
              transfer-source {{address}};
              query-source address {{address}};
              recursion no;
              dnssec-validation no;
              empty-zones-enable no;
              allow-transfer { {{plan.Subnet}}; };
              allow-new-zones yes;
              check-integrity no;
              check-names primary ignore;
              notify-delay 0;
              querylog yes;
              {{options}}
            };
            controls { inet {{address}} port 953 allow { {{plan.Subnet}}; } keys { "{{control.Name}}"; }; };
            logging {
              channel main { file "named.log"; severity info; print-time iso8601-utc; print-category yes; print-severity yes; };
              channel updates { file "update.log"; severity info; print-time iso8601-utc; print-category yes; print-severity yes; };
              channel queries { file "query.log"; severity info; print-time iso8601-utc; };
              category default { main; };
              category update { updates; };
              category update-security { updates; };
              category security { updates; };
              category client { updates; };
              category queries { queries; };
            };
            {{control.Statement}}
            {{statements}}
            """);
        return server;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = ChildProcess.Start(new ChildProcessOptions(
            Name, "named", ["-4", "-f", "-n", "1", "-c", Path.Combine(_folder, "named.conf")], _stateFolder,
            Path.Combine(_folder, "output.log"))
        { NetworkNamespace = _namespace });
        try
        {
            await _process.WaitReadyAsync(
                token => Poll.AcceptsAsync(new IPEndPoint(Address, 53), token), Deadlines.Start, cancellationToken);
        }
        catch (ChildProcessException failure)
        {
            throw new ChildProcessException($"{failure.Message}\n{Logs.Tail(LogPath)}", failure);
        }
    }

    /// <summary>Stops the server as an operator would; it keeps what it has.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        await process.DisposeAsync();
    }

    /// <summary>Runs a command of the control channel.</summary>
    /// <exception cref="ChildProcessException">The server refused.</exception>
    public Task ControlAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        Command.OutputAsync(
            "rndc", ["-s", $"{Address}", "-p", "953", "-k", Path.Combine(_folder, "rndc.key"), .. command],
            cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync() => await StopAsync();
}
