using System.Collections.Immutable;
using System.Text;

namespace MtaSts.Operator.Probes;

/// <summary>Reads SMTP replies, with limits on lines and their number.</summary>
internal sealed class SmtpReader(Stream stream)
{
    private const int LineBytesMax = 2048; // rfc5321#4.5.3.1.5 says 512; some greet longer
    private const int LinesMax = 100;

    private readonly byte[] _buffer = new byte[LineBytesMax];
    private int _filled;

    /// <summary>True when the peer sent more than the replies that were read: after STARTTLS that would be taken for encrypted text.</summary>
    public bool HasMore => _filled > 0;

    /// <summary>Reads one reply of one or more lines.</summary>
    public async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        var code = 0;
        while (lines.Count < LinesMax)
        {
            var (line, problem) = await LineAsync(cancellationToken);
            if (line is null)
            {
                return SmtpReply.Bad(problem);
            }

            // rfc5321#4.2: three digits, then a hyphen where more lines follow, else a space or nothing.
            var isReply = line.Length >= 3 && line[0] is >= '2' and <= '5' && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2])
                && (line.Length == 3 || line[3] is ' ' or '-');
            if (!isReply)
            {
                return SmtpReply.Bad($"a line that is no reply{Beginning(line)}");
            }

            var lineCode = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
            if (lines.Count > 0 && lineCode != code)
            {
                return SmtpReply.Bad("the lines of one reply have different codes");
            }

            code = lineCode;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(code, lines.ToImmutable());
            }
        }

        return SmtpReply.Bad($"a reply of more than {LinesMax} lines");
    }

    // Enough to recognise HTTP or SSH by; not more, since what follows may differ each time.
    private static string Beginning(string line)
    {
        var word = new string([.. line.TakeWhile(c => char.IsAsciiLetter(c) || c is '-' or '/').Take(12)]);
        return word.Length == 0 ? "" : $": {word}...";
    }

    private async Task<(string? Line, string Problem)> LineAsync(CancellationToken cancellationToken)
    {
        var scanned = 0;
        while (true)
        {
            var end = Array.IndexOf(_buffer, (byte)'\n', scanned, _filled - scanned);
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, 0, end).TrimEnd('\r');
                _filled -= end + 1;
                Buffer.BlockCopy(_buffer, end + 1, _buffer, 0, _filled);
                return (line, "");
            }

            scanned = _filled;
            if (_filled == _buffer.Length)
            {
                return (null, $"a line of more than {LineBytesMax} bytes");
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
            if (read == 0)
            {
                return (null, "the peer closed the connection");
            }

            _filled += read;
        }
    }
}
