using MtaSts.Kubernetes;

namespace MtaSts.Operator.Telemetry;

/// <summary>All that is measured with.</summary>
/// <param name="Operator">What the operator says of domains and providers.</param>
/// <param name="Runtime">What the runtime says of passes.</param>
/// <param name="Board">The last look at each domain.</param>
public sealed record Instruments(OperatorMetrics Operator, RuntimeMetrics Runtime, DomainBoard Board);
