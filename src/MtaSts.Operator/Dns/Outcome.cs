namespace MtaSts.Operator.Dns;

/// <summary>Either a value or why there is none.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Fault">Why there is none.</param>
internal readonly record struct Outcome<T>(T? Value, ProviderFault? Fault)
    where T : class
{
    /// <summary>True where the request went out and whether it was done is not known.</summary>
    public bool IsLost { get; init; }
}
