using System.Globalization;
using System.Text;

namespace MtaSts.Core.Rollout;

/// <summary>Durations as manifests write them: whole numbers with the units w, d, h, m and s, largest first, each at most once: "14d", "1h30m", "0s".</summary>
public static class Durations
{
    /// <summary>The longest duration that is read: ten years of 365 days. Ours: nothing in a rollout is longer, and a typing error often is.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(3650);

    private const string Units = "wdhms";
    private const int DigitsMax = 9; // of one number: 999,999,999 s is more than Max

    private static readonly long[] UnitSeconds = [7 * 86400, 86400, 3600, 60, 1];

    /// <summary>Reads a duration from zero to <see cref="Max"/>. On failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryParse(string? text, out TimeSpan duration, out string problem)
    {
        duration = default;
        problem = "";
        if (string.IsNullOrEmpty(text))
        {
            problem = "the duration is empty";
            return false;
        }

        long seconds = 0;
        var at = 0;
        var unitsLeft = 0;
        while (at < text.Length)
        {
            var digits = 0;
            while (at + digits < text.Length && char.IsAsciiDigit(text[at + digits]))
            {
                digits++;
            }

            if (digits is 0 or > DigitsMax || at + digits == text.Length)
            {
                problem = Wrong(text);
                return false;
            }

            var unit = Units.IndexOf(text[at + digits], StringComparison.Ordinal);
            if (unit < unitsLeft)
            {
                problem = Wrong(text);
                return false;
            }

            unitsLeft = unit + 1;
            seconds += long.Parse(text.AsSpan(at, digits), NumberStyles.None, CultureInfo.InvariantCulture) * UnitSeconds[unit];
            at += digits + 1;
        }

        if (seconds > Max.TotalSeconds)
        {
            problem = $"\"{text}\" is longer than ten years";
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a duration with the largest units that fit, so that it reads back to the same whole seconds; a part of a second is cut off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public static string Format(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var left = (long)duration.TotalSeconds;
        if (left == 0)
        {
            return "0s";
        }

        var text = new StringBuilder();
        for (var unit = 0; unit < Units.Length; unit++)
        {
            var count = left / UnitSeconds[unit];
            left %= UnitSeconds[unit];
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{Units[unit]}");
            }
        }

        return text.ToString();
    }

    private static string Wrong(string text) =>
        $"\"{(text.Length <= 40 ? text : text[..40] + "...")}\" is not a sum of whole weeks, days, hours, minutes and seconds, largest first, such as 14d or 1h30m";
}
