using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>A policy host that is not the operator's: one document over HTTPS, at the address by which the mail network reaches this program.</summary>
internal sealed class OperatorForeignHost : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly byte[] _answer;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    private OperatorForeignHost(IPAddress address, SslStreamCertificateContext certificate, string document)
    {
        (_listener, _tls) = (new TcpListener(address, 443), new SslServerAuthenticationOptions { ServerCertificateContext = certificate });
        _answer = Encoding.Latin1.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {document.Length}\r\nConnection: close\r\n\r\n{document}");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Serves a document for a domain until disposed.</summary>
    public static OperatorForeignHost Start(MailNetwork mail, string domain, string document)
    {
        var issued = mail.Ca.Issue($"mta-sts.{domain}");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(issued.CertificatePem);
        var leaf = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
        return new(mail.HostAddress, SslStreamCertificateContext.Create(leaf, chain, offline: true), document);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(_tls, _end.Token);
                using var reader = new StreamReader(tls, Encoding.Latin1, leaveOpen: true);
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 })
                {
                }

                await tls.WriteAsync(_answer, _end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
            {
                // The test is over, or a client went away.
            }
        }
    }
}
