using System.CommandLine;
using System.Text.Json;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Cli;

/// <summary><c>mtasts check</c>: every check of a domain as a sender would make it, from here, without a cluster.</summary>
public static class CheckCommand
{
    private const string Name = "mtasts check";

    // Issuers renew with weeks to spare; a certificate with less than this has not been renewed.
    private static readonly TimeSpan CertificateLifeMin = TimeSpan.FromDays(7);

    /// <summary>The command.</summary>
    public static Command Create(CliHost host)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "The mail domain: what stands behind the @." };
        var options = new CheckOptions();
        var output = CliOptions.Output();
        var command = new Command("check", "Looks at a domain as senders do (DNS, HTTPS, SMTP) and says what hinders MTA-STS.") { domain, output };
        foreach (var option in options.All)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!MailDomain.TryParse(parsed.GetValue(domain), out var mailDomain, out var problem))
            {
                return host.WrongUsage($"DOMAIN is not a mail domain: {problem}", Name);
            }

            return options.TryRead(parsed, out var read, out problem)
                ? await RunAsync(host, mailDomain, read, parsed.GetValue(output) == CliOptions.Json, cancellationToken)
                : host.WrongUsage(problem, Name);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliHost host, MailDomain domain, CheckSettings settings, bool asJson, CancellationToken cancellationToken)
    {
        using var prober = new DomainProber(settings.Probes, TimeProvider.System);
        var request = new ProbeRequest(domain, FetchPolicy: true, ProbeMx: true, [], settings.AllowedAddresses, Interval: TimeSpan.FromMinutes(1));
        Observed observed;
        using (new CheckProgress(host, domain))
        {
            observed = await prober.ObserveAsync(request, cancellationToken);
        }

        var results = Judge.AsSender(observed, observed.At, CertificateLifeMin);
        var policy = Judge.LivePolicy(observed)?.Value;
        if (asJson)
        {
            await host.Out.WriteLineAsync(JsonSerializer.Serialize(CheckJson.Of(domain, results, policy), CheckJsonContext.Plain.CheckJson));
        }
        else
        {
            CheckTable.Print(host, domain, results, policy);
        }

        return results.All(r => r.Finding is Finding.Healthy) ? ExitCodes.Fine : ExitCodes.Findings;
    }
}
