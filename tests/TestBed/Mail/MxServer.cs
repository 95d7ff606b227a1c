using System.Net;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>A receiving mail server: Postfix on port 25, with STARTTLS, that delivers into a mailbox which can be looked at.</summary>
public sealed class MxServer : IAsyncDisposable
{
    private readonly PostfixInstance _postfix;

    private MxServer(MxOptions options, IPAddress address, IPAddress alternateAddress, PostfixInstance postfix)
    {
        HostName = options.HostName;
        Address = address;
        AlternateAddress = alternateAddress;
        _postfix = postfix;
    }

    /// <summary>Its name.</summary>
    public string HostName { get; }

    /// <summary>The address that belongs into DNS.</summary>
    public IPAddress Address { get; }

    /// <summary>A second address of the same server that no DNS record names.</summary>
    public IPAddress AlternateAddress { get; }

    /// <summary>Its log.</summary>
    public string LogPath => _postfix.LogPath;

    private string MailboxFolder => Path.Combine(_postfix.Folder, "mail", "inbox", "new");

    private string ChainPath => Path.Combine(_postfix.Folder, "tls.pem");

    /// <summary>Starts the server; its addresses are there.</summary>
    internal static async Task<MxServer> StartAsync(
        MxOptions options, AddressPlan plan, IPAddress address, string stateFolder, CancellationToken cancellationToken)
    {
        var name = "mx-" + options.HostName;
        var folder = Path.Combine(stateFolder, name);
        var alternate = plan.AlternateOf(address);
        var postfix = await PostfixInstance.PrepareAsync(
            name,
            $"""
            myhostname = {options.HostName}
            inet_interfaces = {address}, {alternate}
            mynetworks =
            smtpd_relay_restrictions = reject_unauth_destination
            smtpd_tls_security_level = may
            smtpd_tls_chain_files = {folder}/tls.pem
            smtpd_tls_loglevel = 1
            smtpd_tls_received_header = yes
            virtual_mailbox_domains = {string.Join(", ", options.Domains)}
            virtual_mailbox_base = {folder}/mail
            virtual_mailbox_maps = static:inbox/
            virtual_minimum_uid = 1
            virtual_uid_maps = static:65534
            virtual_gid_maps = static:65534
            """,
            // Each connection has a fresh process, which reads the certificate as it is then.
            """
            smtp      inet  n       -       n       -       -       smtpd -o max_use=1
            virtual   unix  -       n       n       -       -       virtual
            """,
            stateFolder, plan.MailNamespace, cancellationToken);
        await Command.OutputAsync(
            "install", ["-d", "-o", "65534", "-g", "65534", Path.Combine(folder, "mail")], cancellationToken: cancellationToken);
        var server = new MxServer(options, address, alternate, postfix);
        server.WriteChain(options.Certificate);
        try
        {
            await postfix.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await postfix.DisposeAsync();
            throw;
        }
    }

    /// <summary>Presents another certificate to every connection from now on.</summary>
    public async Task ReplaceCertificateAsync(IssuedCertificate certificate, CancellationToken cancellationToken)
    {
        WriteChain(certificate);
        // Sends away a process that was started early and waits with the old one.
        await _postfix.ReloadAsync(cancellationToken);
    }

    /// <summary>The mail with this Message-ID, once it is in the mailbox; null when it is not there in time.</summary>
    /// <param name="messageId">As <see cref="SenderHost.SendAsync"/> returned it.</param>
    /// <param name="timeout">How long to wait; zero looks once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ReceivedMail?> ReceivedAsync(string messageId, TimeSpan timeout, CancellationToken cancellationToken) =>
        Poll.ForAsync(async token => await FindAsync(messageId, token), timeout, cancellationToken);

    /// <summary>Whether the mail is in the mailbox, now or within the given time.</summary>
    public async Task<bool> WasDeliveredAsync(string messageId, TimeSpan timeout, CancellationToken cancellationToken) =>
        await ReceivedAsync(messageId, timeout, cancellationToken) is not null;

    /// <summary>Ends the server: an outage. Its mailbox stays.</summary>
    public Task StopAsync() => _postfix.StopAsync();

    /// <summary>Ends the outage.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _postfix.StartAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _postfix.DisposeAsync();

    private async Task<ReceivedMail?> FindAsync(string messageId, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(MailboxFolder)) return null;
        foreach (var file in Directory.EnumerateFiles(MailboxFolder))
        {
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            if (text.Contains($"<{messageId}>", StringComparison.Ordinal))
            {
                // The topmost Received header is this server's own.
                var received = text[..Math.Max(0, text.IndexOf("; ", StringComparison.Ordinal))];
                return new ReceivedMail(received.Contains("(using TLS", StringComparison.Ordinal), text);
            }
        }

        return null;
    }

    private void WriteChain(IssuedCertificate certificate)
    {
        var next = ChainPath + ".next";
        File.WriteAllText(next, certificate.KeyPem + certificate.CertificatePem);
        File.Move(next, ChainPath, overwrite: true);
    }
}
