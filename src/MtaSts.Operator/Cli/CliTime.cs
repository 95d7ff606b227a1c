using System.Globalization;
using System.Text.RegularExpressions;

namespace MtaSts.Operator.Cli;

/// <summary>Times on the command line and in what is printed.</summary>
internal static partial class CliTime
{
    /// <summary>A time as it is printed: UTC, whole seconds.</summary>
    public static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a date and time with an offset (RFC 3339), or a date, which is its beginning in UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return Form().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d:\d\d(\.\d{1,7})?([Zz]|[+-]\d\d:\d\d))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
