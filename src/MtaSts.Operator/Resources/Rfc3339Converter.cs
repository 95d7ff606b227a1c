using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtaSts.Operator.Resources;

/// <summary>
/// Times as RFC 3339 in UTC with as many digits of a second as are not zero, at most seven. What is written reads back to the same tick, so
/// that an unchanged status is seen to be unchanged; the client's own converter would cut it to microseconds.
/// </summary>
public sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>The text of a time.</summary>
    public static string Write(DateTimeOffset value) => value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.TryParse(
            reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value)
            ? value
            : throw new JsonException("not a time as RFC 3339 writes it");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Write(value));
}
