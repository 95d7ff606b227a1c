using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>The fields of a TSIG record (rfc8945#4.2). Times are in seconds, <c>TimeSigned</c> since 1970.</summary>
internal sealed record TsigData(DnsName Algorithm, long TimeSigned, ushort Fudge, byte[] Mac, ushort OriginalId, ushort Error, byte[] Other);

/// <summary>What the signature of a response is worth.</summary>
internal enum TsigState
{
    /// <summary>It is the server's and the message is as it was sent.</summary>
    Valid,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It does not fit the message, the key or the time.</summary>
    Invalid,
}

/// <summary>Signs requests and checks the signatures of their responses (rfc8945).</summary>
internal static class Tsig
{
    private const ushort FudgeSeconds = 300; // rfc8945#10

    /// <summary>The message with its TSIG record, and the MAC that the response's is chained to.</summary>
    public static (byte[] Message, byte[] Mac) Sign(byte[] message, TsigKey key, DateTimeOffset now)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(message);
        var tsig = new TsigData(key.AlgorithmName, now.ToUnixTimeSeconds(), FudgeSeconds, [], id, 0, []);
        var mac = key.Mac([.. message, .. Variables(key.Name, tsig)]);

        var data = new DnsWriter().Name(tsig.Algorithm).U48(tsig.TimeSigned).U16(tsig.Fudge).U16(mac.Length).Bytes(mac)
            .U16(tsig.OriginalId).U16(0).U16(0).ToArray();
        var record = new WireRecord(key.Name, DnsNumbers.TypeTsig, DnsNumbers.ClassAny, 0, [.. data]);
        var signed = new DnsWriter().Bytes(message).Record(record).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(signed.AsSpan(10)) + 1));
        return (signed, mac);
    }

    /// <summary>Checks a response, and gives the error that its TSIG record states (0: none).</summary>
    public static (TsigState State, int Error) Check(byte[] bytes, WireMessage message, TsigKey key, byte[] requestMac, DateTimeOffset now)
    {
        if (message.TsigStart < 0)
            return (TsigState.Missing, 0);
        var record = message.Additional[^1];
        if (DnsReader.ReadTsig(record.Data.AsSpan()) is not { } tsig)
            return (TsigState.Invalid, 0);

        // rfc8945#5.3.2: BADKEY and BADSIG come with an empty MAC.
        if (tsig.Mac.Length == 0)
            return (TsigState.Missing, tsig.Error);
        if (!record.Name.Equals(key.Name) || !tsig.Algorithm.Equals(key.AlgorithmName))
            return (TsigState.Invalid, tsig.Error);

        // rfc8945#5.3: request MAC with its length, then the message as it was before the TSIG record, then the variables.
        var plain = bytes[..message.TsigStart];
        BinaryPrimitives.WriteUInt16BigEndian(plain, tsig.OriginalId);
        BinaryPrimitives.WriteUInt16BigEndian(plain.AsSpan(10), (ushort)(message.Additional.Length - 1));
        var expected = key.Mac([.. new DnsWriter().U16(requestMac.Length).Bytes(requestMac).ToArray(), .. plain, .. Variables(key.Name, tsig)]);

        // Truncated MACs (rfc8945#5.2.2.1) are not asked for, so none is accepted.
        var isMine = CryptographicOperations.FixedTimeEquals(expected, tsig.Mac);
        var isNow = Math.Abs(now.ToUnixTimeSeconds() - tsig.TimeSigned) <= tsig.Fudge;
        return (isMine && (isNow || tsig.Error == DnsNumbers.BadTime) ? TsigState.Valid : TsigState.Invalid, tsig.Error);
    }

    // rfc8945#4.3.3
    private static byte[] Variables(DnsName keyName, TsigData tsig) =>
        new DnsWriter().Name(keyName).U16(DnsNumbers.ClassAny).U32(0).Name(tsig.Algorithm).U48(tsig.TimeSigned).U16(tsig.Fudge)
            .U16(tsig.Error).U16(tsig.Other.Length).Bytes(tsig.Other).ToArray();
}
