namespace MtaSts.Operator.Resources;

/// <summary>Nothing is written: the status of each policy lists the records to create, and the checks verify them.</summary>
public sealed record ManualSpec;
