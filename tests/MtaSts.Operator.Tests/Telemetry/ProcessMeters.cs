namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>For the tests that measure something: whoever collects takes the meters of the whole process, by their names, and so those of other tests too.</summary>
[CollectionDefinition(Name)]
public sealed class ProcessMeters
{
    public const string Name = "the meters of the process";
}
