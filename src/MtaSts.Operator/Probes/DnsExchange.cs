using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Asks one server one question. Every failure is an outcome.</summary>
internal sealed class DnsExchange(ProbeOptions options) : IDisposable
{
    private const int UdpBytesMax = 1232; // no fragments; larger answers come over TCP

    // Names servers are given with each question; the library's cache stays off, since the question is what the server says now.
    private readonly LookupClient _client = new(new LookupClientOptions { AutoResolveNameServers = false, UseCache = false });
    private readonly SemaphoreSlim _turns = new(Math.Max(1, options.MaxParallel) * 4);

    /// <summary>Asks. <paramref name="server"/> is how the reply names the server.</summary>
    public async Task<DnsReply> AskAsync(string server, IPEndPoint endpoint, string name, QueryType type, bool recursive, CancellationToken cancellationToken)
    {
        if (!Route.Exists(endpoint.Address))
        {
            return Failed(DnsStatus.NoRoute, "no route from here");
        }

        await _turns.WaitAsync(cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.DnsDeadline);
        try
        {
            var settings = new DnsQueryOptions
            {
                UseCache = false,
                Recursion = recursive,
                ThrowDnsErrors = false,
                ContinueOnDnsError = false,
                ContinueOnEmptyResponse = false,
                UseTcpFallback = true,
                ExtendedDnsBufferSize = UdpBytesMax,
                Retries = 1, // datagrams get lost
                Timeout = options.DnsDeadline / 2,
            };
            var response = await _client.QueryServerAsync([new NameServer(endpoint)], new DnsQuestion(name, type), settings, deadline.Token);
            var reply = DnsAnswer.Read(server, name, type, response);

            // A server that answers without authority was delegated to and does not serve the zone: lame.
            return !recursive && reply.IsDefinite && !response.Header.HasAuthorityAnswer
                ? Failed(DnsStatus.Refused, "not authoritative for the zone (lame)")
                : reply;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(DnsStatus.TimedOut, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Failed(StatusOf(e), StatusOf(e) == DnsStatus.TimedOut ? null : Detail.Of(e));
        }
        finally
        {
            _turns.Release();
        }

        DnsReply Failed(DnsStatus status, string? detail) => new(server, status, ImmutableArray<string>.Empty, [], Detail: detail);
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    // The library wraps what happened in its own exceptions, one or two deep.
    private static DnsStatus StatusOf(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } or OperationCanceledException or TimeoutException:
                case SocketException { SocketErrorCode: SocketError.TimedOut }:
                    return DnsStatus.TimedOut;
                case SocketException:
                    return DnsStatus.Unreachable;
            }
        }

        return DnsStatus.Malformed;
    }
}
