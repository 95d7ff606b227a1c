using System.Text.Unicode;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Sts;

/// <summary>The lines of a policy, as its grammar ends them (rfc8461#3.2: <c>sts-policy-term = LF / CRLF</c>).</summary>
internal static class PolicyLines
{
    /// <summary>
    /// The lines with their numbers, counted from 1, without their ends; nothing after a final newline is no line. A CR that no LF follows stays in its
    /// line, where the grammar does not allow it. The first change of newline style is added to <paramref name="faults"/>.
    /// </summary>
    public static IEnumerable<(int Number, string Text)> Of(string document, FaultList faults)
    {
        bool? crlf = null;
        var mixed = false;
        var number = 0;
        for (var start = 0; start < document.Length;)
        {
            number++;
            var end = document.IndexOf('\n', start);
            if (end < 0)
            {
                yield return (number, document[start..]);
                yield break;
            }

            var isCrlf = end > start && document[end - 1] == '\r';
            if (!mixed && crlf is { } before && before != isCrlf)
            {
                mixed = true;
                faults.Warning(Reason.NewlinesMixed, number, $"this line ends with {(isCrlf ? "CRLF" : "LF")} and those before with {(before ? "CRLF" : "LF")}; use CRLF for all");
            }

            crlf = isCrlf;
            yield return (number, document[start..(isCrlf ? end - 1 : end)]);
            start = end + 1;
        }
    }

    /// <summary>The numbers of the lines whose bytes are not UTF-8.</summary>
    public static IReadOnlySet<int> NotUtf8(ReadOnlySpan<byte> document)
    {
        var numbers = new HashSet<int>();
        if (Utf8.IsValid(document))
        {
            return numbers;
        }

        var number = 0;
        foreach (var range in document.Split((byte)'\n'))
        {
            number++;
            if (!Utf8.IsValid(document[range]))
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    /// <summary>True when the text has a surrogate without its partner, which no UTF-8 stands for.</summary>
    public static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
