namespace MtaSts.Bench;

/// <summary>Something did not come about that had to be measured; the message says what was seen instead.</summary>
internal sealed class BenchException(string message) : Exception(message);
