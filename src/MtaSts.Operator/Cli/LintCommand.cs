using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;
using MtaSts.Core.TlsRpt;

namespace MtaSts.Operator.Cli;

/// <summary><c>mtasts lint</c>: reads a policy or a record as an RFC-following sender does, and names every fault.</summary>
public static class LintCommand
{
    /// <summary>The command with its kinds of text below it.</summary>
    public static Command Create(CliHost host) => new("lint", "Reads a policy or a record as senders do, and names every fault.")
    {
        Txt(host),
        Policy(host),
        TlsRpt(host),
    };

    private static Command Txt(CliHost host)
    {
        var texts = Texts("The TXT record's text, its strings joined. Several: all the records at the name.");
        return Kind("txt", "Reads the record at _mta-sts.DOMAIN (RFC 8461, section 3.1).", texts, (parsed, print) =>
        {
            var reading = parsed.GetValue(texts) is [var one] ? StsRecordReader.Read(one) : StsRecordReader.Select(parsed.GetValue(texts)!);
            return print.Print(host, "txt", reading, CliJson.Plain.LintRecordJsonStsRecordJson, (valid, findings) => new(
                valid, null, reading.Value is { } record ? new("STSv1", record.Id.ToString()) : null, findings));
        });
    }

    private static Command TlsRpt(CliHost host)
    {
        var texts = Texts("The TXT record's text, its strings joined. Several: all the records at the name.");
        return Kind("tlsrpt", "Reads the record at _smtp._tls.DOMAIN (RFC 8460, section 3).", texts, (parsed, print) =>
        {
            var reading = parsed.GetValue(texts) is [var one] ? TlsRptRecordReader.Read(one) : TlsRptRecordReader.Select(parsed.GetValue(texts)!);
            return print.Print(host, "tlsrpt", reading, CliJson.Plain.LintRecordJsonTlsRptRecordJson, (valid, findings) => new(
                valid, null, reading.Value is { } record ? new("TLSRPTv1", record.Rua) : null, findings));
        });
    }

    private static Command Policy(CliHost host)
    {
        var file = new Argument<string>("FILE") { Description = "The policy's file, or - for standard input." };
        return Kind("policy", "Reads a policy document (RFC 8461, section 3.2).", file, (parsed, print) =>
        {
            var path = parsed.GetValue(file)!;
            if (!TryReadBytes(host, path, out var bytes, out var problem))
            {
                return host.WrongUsage($"cannot read {Excerpt.Of(path)}: {problem}", "mtasts lint policy");
            }

            var reading = StsPolicyReader.Read(bytes);
            return print.Print(host, Excerpt.Plain(path, charsMax: 4096), reading, CliJson.Plain.LintPolicyJson, (valid, findings) => new(
                valid, reading.Value is { } policy ? Json(policy) : null, findings));
        });
    }

    private static Argument<string[]> Texts(string description) =>
        new("TEXT") { Description = description, Arity = ArgumentArity.OneOrMore };

    private static Command Kind(string name, string description, Argument argument, Func<ParseResult, LintPrinter, int> lint)
    {
        var strict = new Option<bool>("--strict") { Description = "Warnings count as errors: accept only what the strictest senders accept." };
        var output = CliOptions.Output();
        var command = new Command(name, description) { argument, strict, output };
        command.SetAction(parsed => lint(parsed, new LintPrinter(parsed.GetValue(strict), parsed.GetValue(output) == CliOptions.Json)));
        return command;
    }

    private static PolicyJson Json(StsPolicy policy) =>
        new(StsPolicy.Version, policy.Mode.ToString().ToLowerInvariant(), [.. policy.Mx.Select(m => m.ToString())], policy.MaxAgeSeconds);

    /// <summary>Reads one byte more than a policy may have, so that endless input ends here.</summary>
    private static bool TryReadBytes(CliHost host, string path, out byte[] bytes, out string problem)
    {
        bytes = [];
        problem = "";
        try
        {
            if (Directory.Exists(path))
            {
                problem = "it is a directory";
                return false;
            }

            using var opened = path == "-" ? null : File.OpenRead(path);
            var buffer = new byte[StsPolicyReader.PolicyBytesMax + 1];
            var count = (opened ?? host.In).ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            bytes = buffer[..count];
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = failure is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : Excerpt.Plain(failure.Message);
            return false;
        }
    }

    /// <summary>Prints a reading as it was asked for.</summary>
    /// <param name="Strict">Warnings count.</param>
    /// <param name="AsJson">JSON instead of lines.</param>
    private sealed record LintPrinter(bool Strict, bool AsJson)
    {
        public int Print<T, TJson>(
            CliHost host, string label, Reading<T> reading, JsonTypeInfo<TJson> type, Func<bool, IReadOnlyList<FindingJson>, TJson> toJson)
            where T : class
        {
            var valid = reading.Value is not null && !(Strict && reading.Faults.Length > 0);
            if (AsJson)
            {
                var findings = reading.Faults.Select(f => new FindingJson(Lower(f.Severity), f.Reason.ToString(), f.Message, f.Line)).ToList();
                host.Out.WriteLine(JsonSerializer.Serialize(toJson(valid, findings), type));
            }
            else
            {
                foreach (var fault in reading.Faults)
                {
                    var place = fault.Line > 0 ? $"{label}:{fault.Line}" : label;
                    host.Out.WriteLine($"{place}: {Lower(fault.Severity)} {fault.Reason}: {fault.Message}");
                }

                var errors = reading.Faults.Count(f => f.Severity == Severity.Error);
                var by = Strict ? "by strict senders" : "by senders that follow the RFC";
                host.Out.WriteLine($"{label}: {(valid ? "accepted" : "not accepted")} {by} ({Count(errors, "error")}, {Count(reading.Faults.Length - errors, "warning")})");
            }

            return valid ? ExitCodes.Fine : ExitCodes.Findings;
        }

        private static string Lower(Severity severity) => severity == Severity.Error ? "error" : "warning";

        private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
    }
}
