using System.Globalization;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// An independent sender: Postfix, told by postfix-mta-sts-resolver which domains want verified TLS, in a namespace of its own. It
/// trusts the bed's authority and asks the bed's resolver.
/// </summary>
public sealed class SenderHost : IAsyncDisposable
{
    private readonly AddressPlan _plan;
    private readonly string _stateFolder;
    private readonly string _folder;
    private readonly Dictionary<string, string> _trust;
    private readonly PostfixInstance _postfix;
    private ChildProcess? _daemon;
    private int _counter;

    private SenderHost(AddressPlan plan, LocalCa ca, string stateFolder, PostfixInstance postfix)
    {
        _plan = plan;
        _stateFolder = stateFolder;
        _folder = postfix.Folder;
        _postfix = postfix;
        _trust = new Dictionary<string, string> { ["SSL_CERT_FILE"] = ca.RootPath };
    }

    /// <summary>Postfix's log.</summary>
    public string LogPath => _postfix.LogPath;

    /// <summary>The log of the policy daemon.</summary>
    public string DaemonLogPath => Path.Combine(_folder, "mta-sts-daemon.log");

    private string DaemonConfiguration => Path.Combine(_folder, "mta-sts-daemon.yml");

    internal static async Task<SenderHost> StartAsync(
        AddressPlan plan, LocalCa ca, string stateFolder, CancellationToken cancellationToken)
    {
        var postfix = await PostfixInstance.PrepareAsync(
            "sender",
            $"""
            myhostname = sender.test
            inet_interfaces = 127.0.0.1
            mynetworks = 127.0.0.0/8
            smtpd_relay_restrictions = permit_mynetworks, reject
            smtp_tls_security_level = may
            smtp_tls_CAfile = {ca.RootPath}
            smtp_tls_loglevel = 1
            smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix
            smtp_connection_cache_on_demand = no
            smtp_destination_concurrency_failed_cohort_limit = 0
            smtp_connect_timeout = 5s
            queue_run_delay = 5s
            minimal_backoff_time = 5s
            maximal_backoff_time = 10s
            """,
            """
            127.0.0.1:25 inet n     -       n       -       -       smtpd
            smtp      unix  -       -       n       -       -       smtp
            """,
            stateFolder, plan.SenderNamespace, cancellationToken);
        var sender = new SenderHost(plan, ca, stateFolder, postfix);
        // The daemon looks for a new policy id when its copy is older than the grace.
        await File.WriteAllTextAsync(sender.DaemonConfiguration,
            """
            host: 127.0.0.1
            port: 8461
            cache_grace: 1
            cache:
              type: internal
              options:
                cache_size: 10000
            default_zone:
              strict_testing: false
              timeout: 4

            """, cancellationToken);
        try
        {
            await Task.WhenAll(postfix.StartAsync(cancellationToken), sender.StartDaemonAsync(cancellationToken));
            return sender;
        }
        catch
        {
            await sender.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands a small mail to the sender.</summary>
    /// <param name="from">Sender's address.</param>
    /// <param name="to">Recipient's address.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The Message-ID, without its brackets.</returns>
    /// <exception cref="ChildProcessException">The sender did not take it.</exception>
    public async Task<string> SendAsync(string from, string to, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _counter);
        var messageId = string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}.{number}@sender.test");
        await Command.OutputAsync(
            "swaks",
            [
                "--server", "127.0.0.1", "--port", "25", "--helo", "client.sender.test", "--from", from, "--to", to, "--silent", "2",
                "--header", $"Message-Id: <{messageId}>", "--header", $"Subject: Mail {number}", "--body", "Hello.",
            ],
            networkNamespace: _plan.SenderNamespace, cancellationToken: cancellationToken);
        return messageId;
    }

    /// <summary>What became of a mail: waits for the first attempt, and returns the last outcome known.</summary>
    /// <returns><see cref="SendOutcome.Unknown"/> when there was no attempt in time.</returns>
    public async Task<SendOutcome> OutcomeAsync(string messageId, TimeSpan timeout, CancellationToken cancellationToken) =>
        await Poll.ForAsync(
            async token =>
            {
                var outcome = SenderLog.OutcomeOf(messageId, await _postfix.LogLinesAsync(token));
                return outcome is SendOutcome.Unknown ? null : outcome;
            },
            timeout, cancellationToken) ?? new SendOutcome.Unknown();

    /// <summary>Why the sender put mail to a recipient off, once for each attempt that failed, whatever became of it later.</summary>
    public async Task<IReadOnlyList<string>> DeferralsAsync(string recipient, CancellationToken cancellationToken) =>
        SenderLog.DeferralsOf(recipient, await _postfix.LogLinesAsync(cancellationToken));

    /// <summary>Tries all deferred mail again now.</summary>
    public Task FlushQueueAsync(CancellationToken cancellationToken) => _postfix.CommandAsync("postqueue", ["-f"], cancellationToken);

    /// <summary>Drops all mail that is still in the queue.</summary>
    public Task DropQueueAsync(CancellationToken cancellationToken) =>
        _postfix.CommandAsync("postsuper", ["-d", "ALL"], cancellationToken);

    /// <summary>Fetches a domain's policy as a sender that has never heard of it (<c>mta-sts-query</c>).</summary>
    public async Task<SenderPolicy> QueryPolicyAsync(string domain, CancellationToken cancellationToken)
    {
        var result = await Command.RunAsync(
            "mta-sts-query", [domain], environment: _trust, networkNamespace: _plan.SenderNamespace,
            cancellationToken: cancellationToken);
        return SenderPolicy.Parse(result.Output + result.Error);
    }

    /// <summary>Makes the sender forget every policy that it holds.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        // Nothing is lost by a crash, and its orderly end takes seconds.
        if (_daemon is { } daemon) await daemon.KillAsync();
        await StartDaemonAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_postfix.StopAsync(), _daemon?.KillAsync() ?? Task.CompletedTask);
    }

    private async Task StartDaemonAsync(CancellationToken cancellationToken)
    {
        _daemon = ChildProcess.Start(new ChildProcessOptions(
            "mta-sts-daemon", "mta-sts-daemon", ["-c", DaemonConfiguration, "-v", "debug"], _stateFolder, DaemonLogPath)
        { NetworkNamespace = _plan.SenderNamespace, Environment = _trust });
        await _daemon.WaitReadyAsync(_ => AnswersAsync(), Deadlines.Start, cancellationToken);
    }

    private async Task<bool> AnswersAsync()
    {
        using var socket = NamespaceSocket.Create(_plan.SenderNamespace);
        try
        {
            await socket.ConnectAsync("127.0.0.1", 8461);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
