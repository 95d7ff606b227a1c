using System.Net.Sockets;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Probes;

/// <summary>Turns what a peer or the platform said into a short, harmless detail.</summary>
internal static class Detail
{
    private const int CharsMax = 200;

    /// <summary>Printable ASCII, at most 200 characters: a peer cannot move a terminal's cursor or fill a status.</summary>
    public static string Of(string text) => Excerpt.Plain(text.Trim(), CharsMax - 3);

    /// <summary>The innermost message; for sockets the error's name, which does not change with the platform.</summary>
    public static string Of(Exception exception)
    {
        var inner = exception;
        while (inner.InnerException is { } next)
        {
            inner = next;
        }

        return inner is SocketException socket ? Of(socket.SocketErrorCode.ToString()) : Of(inner.Message);
    }
}
