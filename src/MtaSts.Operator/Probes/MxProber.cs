using System.Net;
using System.Net.Sockets;
using System.Text;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>What one session showed.</summary>
/// <param name="Probe">The facts.</param>
/// <param name="Connected">True when the TCP connection was made.</param>
internal sealed record MxSession(SmtpProbe Probe, bool Connected);

/// <summary>Speaks SMTP with one address of an MX up to TLS, then says QUIT. It sends no mail.</summary>
internal sealed class MxProber(ProbeOptions options, TlsClient tls)
{
    private static readonly TimeSpan QuitDeadline = TimeSpan.FromSeconds(1); // courtesy, not a fact

    /// <summary>Probes one address. Ends within the deadline, with an outcome.</summary>
    public async Task<MxSession> ProbeAsync(string host, IPAddress address, CancellationToken cancellationToken)
    {
        var talk = new Talk(host, address);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.SmtpDeadline);
        try
        {
            return new MxSession(await RunAsync(talk, deadline.Token), talk.Connected);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new MxSession(talk.End(SmtpStatus.TimedOut, talk.Step), talk.Connected);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new MxSession(talk.End(SmtpStatus.Malformed, $"{talk.Step}: {Detail.Of(e)}"), talk.Connected);
        }
        finally
        {
            await talk.DisposeAsync();
        }
    }

    private async Task<SmtpProbe> RunAsync(Talk talk, CancellationToken cancellationToken)
    {
        talk.Step = "while connecting";
        var (transport, error) = await TcpDial.ConnectAsync(talk.Address, options.SmtpPort, cancellationToken);
        if (transport is null)
        {
            return talk.End(error == SocketError.TimedOut ? SmtpStatus.TimedOut : SmtpStatus.Unreachable, error.ToString());
        }

        talk.Open(transport);
        talk.Step = "waiting for the greeting";
        var greeting = await talk.ReadAsync(cancellationToken);
        if (greeting.Code != 220)
        {
            return await GiveUpAsync(talk, greeting, cancellationToken);
        }

        talk.Step = "waiting for the answer to EHLO";
        var ehlo = await talk.SayAsync("EHLO " + (options.EhloName ?? Literal(transport.Socket)), cancellationToken);
        if (ehlo.Code != 250)
        {
            return await GiveUpAsync(talk, ehlo, cancellationToken);
        }

        // rfc3207#4: the keyword has no parameter; the first line of the reply is the server's name.
        if (!ehlo.Lines.Skip(1).Any(l => l.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
        {
            await QuitAsync(talk, cancellationToken);
            return talk.End(SmtpStatus.StartTlsNotOffered);
        }

        talk.Step = "waiting for the answer to STARTTLS";
        var start = await talk.SayAsync("STARTTLS", cancellationToken);
        if (start.Code != 220)
        {
            if (start.IsRefusal)
            {
                await QuitAsync(talk, cancellationToken);
                return talk.End(SmtpStatus.StartTlsRefused, start.Words);
            }

            return await GiveUpAsync(talk, start, cancellationToken);
        }

        if (talk.HasMore)
        {
            return talk.End(SmtpStatus.Malformed, "text before the TLS handshake");
        }

        talk.Step = "in the TLS handshake";
        var session = await tls.HandshakeAsync(transport, talk.Host, cancellationToken);
        if (session.Stream is null)
        {
            return talk.End(SmtpStatus.TlsFailed, session.Problem) with { Certificate = session.Certificate };
        }

        talk.Open(session.Stream);
        await QuitAsync(talk, cancellationToken);
        return talk.End(SmtpStatus.TlsEstablished) with { Certificate = session.Certificate, TlsVersion = session.Version };
    }

    private static async Task<SmtpProbe> GiveUpAsync(Talk talk, SmtpReply reply, CancellationToken cancellationToken)
    {
        if (reply.Problem is { } problem)
        {
            return talk.End(SmtpStatus.Malformed, problem);
        }

        await QuitAsync(talk, cancellationToken);
        return talk.End(reply.IsRefusal ? SmtpStatus.Rejected : SmtpStatus.Malformed, reply.Words);
    }

    // rfc5321#4.1.1.10: a client does not just hang up. What the peer makes of it changes nothing.
    private static async Task QuitAsync(Talk talk, CancellationToken cancellationToken)
    {
        using var brief = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        brief.CancelAfter(QuitDeadline);
        try
        {
            await talk.SayAsync("QUIT", brief.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The facts are known already.
        }
    }

    // rfc5321#4.1.3: a client without a name of its own gives its address.
    private static string Literal(Socket socket)
    {
        var address = (socket.LocalEndPoint as IPEndPoint)?.Address ?? IPAddress.Loopback;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"[{address}]";
    }

    /// <summary>One conversation: the streams, and how far it came.</summary>
    private sealed class Talk(string host, IPAddress address) : IAsyncDisposable
    {
        private Stream? _stream;
        private SmtpReader? _reader;

        public string Host => host;

        public IPAddress Address => address;

        public string Step { get; set; } = "";

        public bool Connected => _stream is not null;

        public bool HasMore => _reader?.HasMore == true;

        public void Open(Stream stream)
        {
            _stream = stream;
            _reader = new SmtpReader(stream);
        }

        public Task<SmtpReply> ReadAsync(CancellationToken cancellationToken) => _reader!.ReadAsync(cancellationToken);

        public async Task<SmtpReply> SayAsync(string line, CancellationToken cancellationToken)
        {
            await _stream!.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken);
            await _stream.FlushAsync(cancellationToken);
            return await ReadAsync(cancellationToken);
        }

        public SmtpProbe End(SmtpStatus status, string? detail = null) => new(host, address.ToString(), status, Detail: detail is null ? null : Probes.Detail.Of(detail));

        public async ValueTask DisposeAsync()
        {
            if (_stream is not null)
            {
                await _stream.DisposeAsync();
            }
        }
    }
}
