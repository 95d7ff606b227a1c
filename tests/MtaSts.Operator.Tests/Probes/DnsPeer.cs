using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtaSts.Operator.Tests.Probes;

internal enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
}

/// <summary>A question that came in. Recursive: as a resolver it was asked; else as an authoritative server.</summary>
internal sealed record DnsQuery(string Name, DnsType Type, bool Recursive, bool OverTcp, byte[] Packet);

/// <summary>A record to answer with.</summary>
internal sealed record DnsRecord(string Name, DnsType Type, byte[] Data, uint Ttl = 60)
{
    public static DnsRecord A(string name, string address) => new(name, DnsType.A, IPAddress.Parse(address).GetAddressBytes());

    public static DnsRecord Ns(string name, string host) => new(name, DnsType.Ns, DnsPeer.Name(host));

    public static DnsRecord Cname(string name, string target) => new(name, DnsType.Cname, DnsPeer.Name(target));

    public static DnsRecord Mx(string name, ushort preference, string host) => new(name, DnsType.Mx, [(byte)(preference >> 8), (byte)preference, .. DnsPeer.Name(host)]);

    public static DnsRecord Txt(string name, params string[] strings) =>
        new(name, DnsType.Txt, [.. strings.SelectMany(s => (byte[])[(byte)s.Length, .. Encoding.Latin1.GetBytes(s)])]);
}

/// <summary>A DNS server on loopback, UDP and TCP on one port, that answers what a function says; null for no answer.</summary>
internal sealed class DnsPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Func<DnsQuery, byte[]?> _answer;
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly Task[] _loops;

    public DnsPeer(Func<DnsQuery, byte[]?> answer)
    {
        _answer = answer;
        (_tcp, _udp) = Bind();
        Port = ((IPEndPoint)_tcp.LocalEndpoint).Port;
        _loops = [UdpAsync(), TcpAsync()];
    }

    public int Port { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    public ConcurrentQueue<DnsQuery> Asked { get; } = new();

    /// <summary>A peer that serves a set of records: as resolver all of them, as authoritative server with authority.</summary>
    public static DnsPeer Of(params DnsRecord[] records) => new(q => FromRecords(q, records));

    public static byte[] FromRecords(DnsQuery query, IReadOnlyCollection<DnsRecord> records)
    {
        var answers = new List<DnsRecord>();
        var name = query.Name;
        while (query.Type != DnsType.Cname && answers.Count < 20 && records.FirstOrDefault(r => r.Name == name && r.Type == DnsType.Cname) is { } alias)
        {
            answers.Add(alias);
            name = new DnsReader(alias.Data).Name();
        }

        answers.AddRange(records.Where(r => r.Name == name && r.Type == query.Type));
        var exists = records.Any(r => r.Name == name || r.Name.EndsWith("." + name, StringComparison.Ordinal));
        return Reply(query, rcode: exists ? 0 : 3, answers: [.. answers]);
    }

    /// <summary>A reply, byte by byte.</summary>
    public static byte[] Reply(DnsQuery query, int rcode = 0, bool authoritative = true, bool truncated = false, params DnsRecord[] answers)
    {
        var packet = new List<byte> { query.Packet[0], query.Packet[1] };
        packet.Add((byte)(0x80 | (authoritative ? 0x04 : 0) | (truncated ? 0x02 : 0) | (query.Recursive ? 0x01 : 0)));
        packet.Add((byte)((query.Recursive ? 0x80 : 0) | rcode));
        packet.AddRange([0, 1, (byte)(answers.Length >> 8), (byte)answers.Length, 0, 0, 0, 0]);
        packet.AddRange([.. Name(query.Name), (byte)((ushort)query.Type >> 8), (byte)query.Type, 0, 1]);
        foreach (var record in answers)
        {
            packet.AddRange([.. Name(record.Name), (byte)((ushort)record.Type >> 8), (byte)record.Type, 0, 1]);
            packet.AddRange([(byte)(record.Ttl >> 24), (byte)(record.Ttl >> 16), (byte)(record.Ttl >> 8), (byte)record.Ttl]);
            packet.AddRange([(byte)(record.Data.Length >> 8), (byte)record.Data.Length, .. record.Data]);
        }

        return [.. packet];
    }

    public static byte[] Name(string name) =>
        [.. name.TrimEnd('.').Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_loops);
        _tcp.Dispose();
        _udp.Dispose();
        _end.Dispose();
    }

    private static (TcpListener Tcp, UdpClient Udp) Bind()
    {
        for (var attempt = 0; ; attempt++)
        {
            var tcp = new TcpListener(IPAddress.Loopback, 0);
            tcp.Start();
            try
            {
                return (tcp, new UdpClient(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)tcp.LocalEndpoint).Port)));
            }
            catch (SocketException) when (attempt < 20)
            {
                tcp.Dispose();
            }
        }
    }

    private async Task UdpAsync()
    {
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveAsync(_end.Token);
                if (Answer(received.Buffer, overTcp: false) is { } reply)
                {
                    await _udp.SendAsync(reply, received.RemoteEndPoint, _end.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task TcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_end.Token);
                await OneTcpAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task OneTcpAsync(NetworkStream stream)
    {
        try
        {
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, _end.Token);
            var packet = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(packet, _end.Token);
            if (Answer(packet, overTcp: true) is { } reply)
            {
                await stream.WriteAsync((byte[])[(byte)(reply.Length >> 8), (byte)reply.Length, .. reply], _end.Token);
            }
        }
        catch (IOException)
        {
        }
    }

    private byte[]? Answer(byte[] packet, bool overTcp)
    {
        var reader = new DnsReader(packet) { At = 12 };
        var name = reader.Name();
        var query = new DnsQuery(name, (DnsType)BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(reader.At)), (packet[2] & 1) == 1, overTcp, packet);
        Asked.Enqueue(query);
        return _answer(query);
    }

    private sealed class DnsReader(byte[] packet)
    {
        public int At { get; set; }

        public string Name()
        {
            var labels = new List<string>();
            while (packet[At] > 0)
            {
                labels.Add(Encoding.ASCII.GetString(packet, At + 1, packet[At]));
                At += packet[At] + 1;
            }

            At++;
            return string.Join('.', labels).ToLowerInvariant();
        }
    }
}
