using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>One record on the wire: its data is kept as it was, uncompressed, so that a prerequisite can name it to the byte.</summary>
internal sealed record WireRecord(DnsName Name, ushort Type, ushort Class, uint Ttl, ImmutableArray<byte> Data);

/// <summary>A message as it was received. <c>TsigStart</c> is where its TSIG record begins, or -1.</summary>
internal sealed record WireMessage(
    ushort Id,
    ushort Flags,
    DnsName? Zone,
    ImmutableArray<WireRecord> Answer,
    ImmutableArray<WireRecord> Authority,
    ImmutableArray<WireRecord> Additional,
    int TsigStart)
{
    public bool IsResponse => (Flags & 0x8000) != 0;

    public int OpCode => (Flags >> 11) & 0xf;

    public bool IsAuthoritative => (Flags & 0x0400) != 0;

    public bool IsTruncated => (Flags & 0x0200) != 0;

    public int ReturnCode => Flags & 0xf;
}

/// <summary>The numbers of the protocol.</summary>
internal static class DnsNumbers
{
    public const ushort TypeA = 1;
    public const ushort TypeCname = 5;
    public const ushort TypeSoa = 6;
    public const ushort TypeTxt = 16;
    public const ushort TypeAaaa = 28;
    public const ushort TypeRrsig = 46;
    public const ushort TypeNsec = 47;
    public const ushort TypeTsig = 250;
    public const ushort TypeAny = 255;

    public const ushort ClassIn = 1;
    public const ushort ClassNone = 254;
    public const ushort ClassAny = 255;

    public const int OpQuery = 0;
    public const int OpUpdate = 5;

    public const int NoError = 0;
    public const int ServFail = 2;
    public const int NxDomain = 3;
    public const int Refused = 5;
    public const int YxDomain = 6;
    public const int YxRrset = 7;
    public const int NxRrset = 8;
    public const int NotAuth = 9;
    public const int NotZone = 10;
    public const int BadSig = 16;
    public const int BadKey = 17;
    public const int BadTime = 18;
}

/// <summary>Writes messages. Names are not compressed: updates are small, and TSIG wants them plain.</summary>
internal sealed class DnsWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public DnsWriter U8(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public DnsWriter U16(int value) => U8(value >> 8).U8(value);

    public DnsWriter U32(uint value) => U16((int)(value >> 16)).U16((int)(value & 0xffff));

    public DnsWriter U48(long value) => U16((int)(value >> 32)).U32((uint)value);

    public DnsWriter Bytes(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public DnsWriter Name(DnsName name)
    {
        foreach (var label in name.Labels)
            U8(label.Length).Bytes(label);
        return U8(0);
    }

    public DnsWriter Record(WireRecord record) => Name(record.Name).U16(record.Type).U16(record.Class).U32(record.Ttl)
        .U16(record.Data.Length).Bytes(record.Data.AsSpan());

    public static byte[] Query(ushort id, DnsName name, ushort type) =>
        new DnsWriter().U16(id).U16(DnsNumbers.OpQuery << 11).U16(1).U16(0).U16(0).U16(0)
            .Name(name).U16(type).U16(DnsNumbers.ClassIn).ToArray();

    // rfc2136#2.2: the four sections are zone, prerequisites, updates, additional data.
    public static byte[] Update(ushort id, DnsName zone, IReadOnlyCollection<WireRecord> prerequisites, IReadOnlyCollection<WireRecord> updates)
    {
        var writer = new DnsWriter().U16(id).U16(DnsNumbers.OpUpdate << 11).U16(1).U16(prerequisites.Count).U16(updates.Count).U16(0)
            .Name(zone).U16(DnsNumbers.TypeSoa).U16(DnsNumbers.ClassIn);
        foreach (var record in prerequisites.Concat(updates))
            writer.Record(record);
        return writer.ToArray();
    }
}

/// <summary>Reads messages. Whatever the bytes are, the answer is a message or none; it never throws and always ends.</summary>
internal ref struct DnsReader
{
    private readonly ReadOnlySpan<byte> _message;
    private int _at;
    private bool _failed;

    private DnsReader(ReadOnlySpan<byte> message) => _message = message;

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out WireMessage? message)
    {
        var reader = new DnsReader(bytes);
        var (id, flags) = (reader.U16(), reader.U16());
        var (questions, answers, authorities, additionals) = (reader.U16(), reader.U16(), reader.U16(), reader.U16());
        DnsName? zone = null;
        for (var i = 0; i < questions && !reader._failed; i++)
        {
            zone = reader.Name();
            reader.U16();
            reader.U16();
        }

        var answer = reader.Section(answers, out _);
        var authority = reader.Section(authorities, out _);
        var additional = reader.Section(additionals, out var lastStart);
        var tsigStart = additional is [.., { Type: DnsNumbers.TypeTsig }] ? lastStart : -1;
        message = reader._failed || reader._at != bytes.Length
            ? null
            : new WireMessage(id, flags, zone, answer, authority, additional, tsigStart);
        return message is not null;
    }

    /// <summary>Reads the fields of a TSIG record's data (rfc8945#4.2); null when they do not fit.</summary>
    public static TsigData? ReadTsig(ReadOnlySpan<byte> data)
    {
        var reader = new DnsReader(data);
        var algorithm = reader.Name();
        var time = ((long)reader.U16() << 32) | reader.U32();
        var fudge = reader.U16();
        var mac = reader.Take(reader.U16()).ToArray();
        var originalId = reader.U16();
        var error = reader.U16();
        var other = reader.Take(reader.U16()).ToArray();
        return reader._failed || reader._at != data.Length ? null : new TsigData(algorithm, time, fudge, mac, originalId, error, other);
    }

    /// <summary>Reads data that is one uncompressed name; null when it is not.</summary>
    public static DnsName? ReadName(ReadOnlySpan<byte> data)
    {
        var reader = new DnsReader(data);
        var name = reader.Name();
        return reader._failed || reader._at != data.Length ? null : name;
    }

    private ImmutableArray<WireRecord> Section(int count, out int lastStart)
    {
        var records = ImmutableArray.CreateBuilder<WireRecord>();
        lastStart = -1;
        for (var i = 0; i < count && !_failed; i++)
        {
            lastStart = _at;
            var name = Name();
            var (type, @class, ttl, length) = (U16(), U16(), U32(), U16());
            var end = _at + length;
            // rfc3597#4: only the types of RFC 1035 may hold compressed names; of those we need CNAME alone.
            var data = type == DnsNumbers.TypeCname && length > 0 ? new DnsWriter().Name(Name()).ToArray() : Take(length).ToArray();
            _failed |= _at != end;
            records.Add(new WireRecord(name, type, @class, ttl, [.. data]));
        }

        return records.ToImmutable();
    }

    private DnsName Name()
    {
        var labels = new List<byte[]>();
        var (at, end, limit) = (_at, -1, _at);
        while (true)
        {
            if (at >= _message.Length)
                break;
            int length = _message[at];
            if (length == 0)
            {
                _at = end < 0 ? at + 1 : end;
                if (DnsName.TryCreate(labels, out var name))
                    return name;
                break;
            }

            if (length >= 0xc0 && at + 1 < _message.Length)
            {
                var target = ((length & 0x3f) << 8) | _message[at + 1];
                if (end < 0)
                    end = at + 2;
                // Each pointer leads further to the front, so there is no loop.
                if (target >= limit)
                    break;
                at = limit = target;
                continue;
            }

            if (length > 63 || at + 1 + length > _message.Length || labels.Count > 127)
                break;
            labels.Add(_message.Slice(at + 1, length).ToArray());
            at += 1 + length;
        }

        _failed = true;
        return DnsName.Root;
    }

    private ushort U16()
    {
        var bytes = Take(2);
        return bytes.Length < 2 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    private uint U32() => ((uint)U16() << 16) | U16();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_failed || _at + count > _message.Length)
        {
            _failed = true;
            return [];
        }

        _at += count;
        return _message.Slice(_at - count, count);
    }
}
