using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using MtaSts.PolicyServer.Certificates;

namespace MtaSts.PolicyServer.Hosting;

/// <summary>Ends TLS before the web server sees a connection.</summary>
/// <remarks>The web server's own way to do it wants a container of services that this program does not have.</remarks>
internal sealed class TlsConnections(ConnectionDelegate next, CertificateStore certificates, TimeSpan handshakeTimeout)
{
    /// <summary>Handles a connection until it is closed.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        IDuplexPipe transport = connection.Transport;
        await using var tls = new SslStream(new TransportStream(transport));
        if (!await ShakeHandsAsync(tls, connection.ConnectionClosed))
            return;

        var decrypted = new Duplex(PipeReader.Create(tls, new(leaveOpen: true)), PipeWriter.Create(tls, new(leaveOpen: true)));
        connection.Transport = decrypted;
        try
        {
            await next(connection);
        }
        finally
        {
            await decrypted.Input.CompleteAsync();
            await decrypted.Output.CompleteAsync();
            await SayGoodbyeAsync(tls);
            connection.Transport = transport;
        }
    }

    // rfc8446#6.1: so that the client can tell the end from a cut. One that is gone does not hear it.
    private static async Task SayGoodbyeAsync(SslStream tls)
    {
        try
        {
            await tls.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
        }
    }

    // False where the client cannot or does not want to, is late, or is gone: nothing to say about, since the internet is full of them.
    private async Task<bool> ShakeHandsAsync(SslStream tls, CancellationToken closed)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(closed);
        deadline.CancelAfter(handshakeTimeout);
        try
        {
            await tls.AuthenticateAsServerAsync(Choose, null, deadline.Token);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    private ValueTask<SslServerAuthenticationOptions> Choose(SslStream tls, SslClientHelloInfo hello, object? state, CancellationToken cancellation) => ValueTask.FromResult(
        new SslServerAuthenticationOptions
        {
            // rfc8461#3.3: senders ask by name. Whoever asks for none, or for one that is not ours, gets no answer at all.
            ServerCertificateContext = certificates.Find(hello.ServerName) ?? throw new AuthenticationException("no certificate for the name asked for"),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // rfc8996: nothing older
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        });

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // The two pipes of a connection as the one stream that TLS stands on.
    private sealed class TransportStream(IDuplexPipe transport) : Stream
    {
        private readonly Stream _input = transport.Input.AsStream(leaveOpen: true);
        private readonly Stream _output = transport.Output.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
