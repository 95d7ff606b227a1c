using System.Diagnostics;

namespace MtaSts.Operator.Telemetry;

/// <summary>The operator's traces: one for each pass over a domain, with a span for each step that leaves the process.</summary>
internal static class Tracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "MtaSts.Operator";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A pass over a domain; null where nobody listens.</summary>
    /// <param name="kind">The kind of the resource.</param>
    /// <param name="resource">The resource, "namespace/name".</param>
    public static Activity? Pass(string kind, string resource) => Source.StartActivity("pass")?.SetTag("mtasts.kind", kind).SetTag("mtasts.resource", resource);

    /// <summary>Does a step of it, in a span of its own where somebody listens.</summary>
    /// <param name="name">"observe", "write state", "apply" or "write status".</param>
    /// <param name="step">The step.</param>
    public static async Task<T> InStepAsync<T>(string name, Func<Task<T>> step)
    {
        using var span = Source.StartActivity(name);
        return await step();
    }
}
