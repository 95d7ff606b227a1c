using System.Globalization;
using System.Text;
using MtaSts.PolicyServer.CommandLine;
using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Telemetry;

/// <summary>Writes <see cref="ServerMetrics"/> in the Prometheus text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string Prefix = "mtasts_policy_server_";

    public static string Write(ServerMetrics metrics, bool ready)
    {
        var text = new StringBuilder(2048);

        Head(text, "requests_total", "counter", "Requests answered, by status. Requests refused as malformed are not among them.");
        foreach (int status in ServerMetrics.Statuses)
            Sample(text, "requests_total", $"{{code=\"{status}\"}}", metrics.Requests(status));

        Single(text, "connections", "gauge", "Open connections of clients.", metrics.Connections);
        Single(text, "ready", "gauge", "1 while ready, as /readyz says.", ready ? 1 : 0);
        Single(text, "loads_total", "counter", "Times that a new table of policies was loaded.", metrics.Loads);
        Single(text, "load_failures_total", "counter", "Times that the folder could not be read.", metrics.LoadFailures);

        if (metrics.Certificates >= 0)
        {
            Single(text, "certificates", "gauge", "Domains with a certificate in the folder.", metrics.Certificates);
            Single(text, "certificate_failures_total", "counter", "Times that a certificate could not be used.", metrics.CertificateFailures);
        }

        if (metrics.Last is { } last)
        {
            Single(text, "policies", "gauge", "Policies in the table.", last.Policies);
            Single(text, "policy_bytes", "gauge", "Bytes of all documents in the table.", last.Bytes);
            Single(text, "last_load_timestamp_seconds", "gauge", "When the table was loaded.", last.At.ToUnixTimeMilliseconds() / 1000.0);
            Single(text, "last_load_duration_seconds", "gauge", "How long loading the table took.", last.Took.TotalSeconds);
            Head(text, "skipped_files", "gauge", "Files of the folder that are not served, by reason.");
            foreach (SkipReason reason in Enum.GetValues<SkipReason>())
                Sample(text, "skipped_files", $"{{reason=\"{reason}\"}}", last.Skipped[(int)reason]);
        }

        Head(text, "build_info", "gauge", "Always 1; the version is the label.");
        Sample(text, "build_info", $"{{version=\"{CommandLineParser.Version}\"}}", 1);
        if (Environment.WorkingSet is > 0 and var resident) // 0 where there is no /proc
        {
            text.Append("# HELP process_resident_memory_bytes Resident memory.\n# TYPE process_resident_memory_bytes gauge\n")
                .Append(CultureInfo.InvariantCulture, $"process_resident_memory_bytes {resident}\n");
        }

        return text.ToString();
    }

    private static void Single(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        Sample(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(Prefix).Append(name).Append(' ').Append(help)
            .Append("\n# TYPE ").Append(Prefix).Append(name).Append(' ').Append(type).Append('\n');

    private static void Sample(StringBuilder text, string name, string labels, double value) =>
        text.Append(Prefix).Append(name).Append(labels).Append(' ')
            .Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
