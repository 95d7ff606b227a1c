using System.Buffers.Binary;
using System.Net.Sockets;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>How one exchange with the server ended.</summary>
internal abstract record Exchange
{
    private Exchange()
    {
    }

    /// <summary>A message that answers ours; its signature is not checked yet.</summary>
    public sealed record Answered(WireMessage Message, byte[] Bytes) : Exchange;

    /// <summary>The server has not got the whole request, so it has not acted on it.</summary>
    public sealed record NotSent(string Why) : Exchange;

    /// <summary>The server is where it may not be reached.</summary>
    public sealed record OutOfReach(ProviderFault Fault) : Exchange;

    /// <summary>The request went out and no usable answer came: the server may have acted on it.</summary>
    public sealed record NoAnswer(string Why) : Exchange;
}

/// <summary>A TCP connection to the server; one exchange at a time. It connects with the first one.</summary>
internal sealed class DnsConnection(Rfc2136Options options) : IDisposable
{
    private const int PrefixBytes = 2; // rfc1035#4.2.2

    private Socket? _socket;

    public async Task<Exchange> ExchangeAsync(byte[] request, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Timeout);
        var isSent = false;
        try
        {
            _socket ??= await ProviderDial.ConnectAsync(options.Host, options.Port, options.Reach, deadline.Token);
            await SendAsync(_socket, request, deadline.Token);
            isSent = true;
            var bytes = await ReceiveAsync(_socket, deadline.Token);
            return DnsReader.TryRead(bytes, out var message)
                && message.IsResponse
                && message.Id == BinaryPrimitives.ReadUInt16BigEndian(request)
                && message.OpCode == ((request[2] >> 3) & 0xf)
                ? new Exchange.Answered(message, bytes)
                : Broken(isSent, "answers with something that is no answer to the request");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Broken(isSent, $"did not answer within {options.Timeout.TotalSeconds:0.###} s");
        }
        catch (OutOfReachException e)
        {
            return new Exchange.OutOfReach(e.Fault);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return Broken(isSent, $"cannot be reached ({(e as SocketException)?.SocketErrorCode.ToString() ?? e.Message})");
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static async Task SendAsync(Socket socket, byte[] request, CancellationToken cancellationToken)
    {
        var framed = new DnsWriter().U16(request.Length).Bytes(request).ToArray();
        for (var sent = 0; sent < framed.Length;)
            sent += await socket.SendAsync(framed.AsMemory(sent), cancellationToken);
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        var prefix = await ReceiveExactlyAsync(socket, PrefixBytes, cancellationToken);
        return await ReceiveExactlyAsync(socket, BinaryPrimitives.ReadUInt16BigEndian(prefix), cancellationToken);
    }

    private static async Task<byte[]> ReceiveExactlyAsync(Socket socket, int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(got), cancellationToken);
            if (read == 0)
                throw new IOException("it closed the connection");
            got += read;
        }

        return buffer;
    }

    // After a failure the stream may hold half a message, so the next exchange begins anew.
    private Exchange Broken(bool isSent, string why)
    {
        _socket?.Dispose();
        _socket = null;
        return isSent ? new Exchange.NoAnswer(why) : new Exchange.NotSent(why);
    }
}
