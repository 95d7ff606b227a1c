using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// One Postfix with its own configuration, queue and log. It runs without chroot and without the start script, whose checks of
/// the installed files take longer than all the rest.
/// </summary>
internal sealed class PostfixInstance : IAsyncDisposable
{
    private const string DaemonFolder = "/usr/lib/postfix/sbin";

    private readonly string _name;
    private readonly string _folder;
    private readonly string _stateFolder;
    private readonly string _namespace;
    private ChildProcess? _master;

    private PostfixInstance(string name, string stateFolder, string networkNamespace)
    {
        _name = name;
        _stateFolder = stateFolder;
        _namespace = networkNamespace;
        _folder = Path.Combine(stateFolder, name);
    }

    public string Folder => _folder;

    public string LogPath => Path.Combine(_folder, "mail.log");

    public string ConfigFolder => Path.Combine(_folder, "etc");

    /// <summary>Writes the configuration and makes the queue; starts nothing.</summary>
    /// <param name="name">Name of the instance, and of its folder below <paramref name="stateFolder"/>.</param>
    /// <param name="main">Lines of main.cf besides those that every instance has.</param>
    /// <param name="services">Lines of master.cf besides those that every instance has.</param>
    /// <param name="stateFolder">The bed's folder; every user may enter it.</param>
    /// <param name="networkNamespace">Where it runs.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public static async Task<PostfixInstance> PrepareAsync(
        string name, string main, string services, string stateFolder, string networkNamespace, CancellationToken cancellationToken)
    {
        var instance = new PostfixInstance(name, stateFolder, networkNamespace);
        Directory.CreateDirectory(instance.ConfigFolder);
        await File.WriteAllTextAsync(Path.Combine(instance.ConfigFolder, "main.cf"),
            $"""
            compatibility_level = 3.6
            daemon_directory = {DaemonFolder}
            command_directory = /usr/sbin
            queue_directory = {instance._folder}/queue
            data_directory = {instance._folder}/data
            maillog_file = {instance.LogPath}
            maillog_file_prefixes = {instance._folder}
            mail_owner = postfix
            setgid_group = postdrop
            inet_protocols = ipv4
            mydestination =
            local_recipient_maps =
            local_transport = error:no local mail here
            alias_maps =
            alias_database =
            biff = no
            append_dot_mydomain = no
            smtpd_peername_lookup = no
            smtpd_client_connection_count_limit = 0
            smtputf8_enable = no
            notify_classes =
            {main}

            """, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(instance.ConfigFolder, "master.cf"),
            $"""
            {services}
            pickup    unix  n       -       n       60      1       pickup
            cleanup   unix  n       -       n       -       0       cleanup
            qmgr      unix  n       -       n       300     1       qmgr
            tlsmgr    unix  -       -       n       1000?   1       tlsmgr
            rewrite   unix  -       -       n       -       -       trivial-rewrite
            bounce    unix  -       -       n       -       0       bounce
            defer     unix  -       -       n       -       0       bounce
            trace     unix  -       -       n       -       0       bounce
            flush     unix  n       -       n       1000?   0       flush
            proxymap  unix  -       -       n       -       -       proxymap
            showq     unix  n       -       n       -       -       showq
            error     unix  -       -       n       -       -       error
            retry     unix  -       -       n       -       -       error
            anvil     unix  -       -       n       -       1       anvil
            postlog   unix-dgram n  -       n       -       1       postlogd

            """, cancellationToken);
        await Command.OutputAsync("sh", ["-c", QueueScript, "sh", instance._folder], cancellationToken: cancellationToken);
        return instance;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var before = (await LogLinesAsync(cancellationToken)).Count;
        _master = ChildProcess.Start(new ChildProcessOptions(
            _name, $"{DaemonFolder}/master", ["-c", ConfigFolder, "-s"], _stateFolder, Path.Combine(_folder, "output.log"))
        { NetworkNamespace = _namespace, ParentDeathSignal = "TERM" });
        try
        {
            await _master.WaitReadyAsync(
                async token => (await LogLinesAsync(token)).Skip(before)
                    .Any(static line => line.Contains("daemon started", StringComparison.Ordinal)),
                Deadlines.Start, cancellationToken);
        }
        catch (ChildProcessException failure)
        {
            throw new ChildProcessException($"{failure.Message}\n{Logs.Tail(LogPath)}", failure);
        }
    }

    /// <summary>Makes every service process read its configuration and files anew; a stopped instance does so when it starts.</summary>
    /// <exception cref="ChildProcessException">It has not done so in time.</exception>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        if (_master is not { } master) return;
        var before = await ReloadsAsync(cancellationToken);
        master.Signal(Signal.Hup);
        await master.WaitReadyAsync(async token => await ReloadsAsync(token) > before, Deadlines.Start, cancellationToken);

        async Task<int> ReloadsAsync(CancellationToken token) => (await LogLinesAsync(token))
            .Count(static line => line.Contains("]: reload -- version", StringComparison.Ordinal));
    }

    /// <summary>Runs one of Postfix's commands on this instance.</summary>
    public Task<string> CommandAsync(string command, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Command.OutputAsync(
            command, ["-c", ConfigFolder, .. arguments], networkNamespace: _namespace, cancellationToken: cancellationToken);

    /// <summary>The log up to now; empty before the first start.</summary>
    public Task<IReadOnlyList<string>> LogLinesAsync(CancellationToken cancellationToken) => LogFile.LinesAsync(LogPath, cancellationToken);

    public async Task StopAsync()
    {
        if (_master is not { } master) return;
        _master = null;
        await master.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    // Owners and modes as Postfix's own installation gives them.
    private const string QueueScript =
        """
        set -e
        cd "$1"
        mkdir -p data queue
        cd queue
        mkdir -p active bounce corrupt defer deferred flush hold incoming private saved trace maildrop public pid
        chown postfix ../data active bounce corrupt defer deferred flush hold incoming private saved trace
        chmod 700 ../data active bounce corrupt defer deferred flush hold incoming private saved trace
        chown postfix:postdrop maildrop public
        chmod 730 maildrop
        chmod 710 public
        """;
}
