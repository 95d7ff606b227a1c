using System.CommandLine;
using System.Net;
using k8s;
using k8s.Exceptions;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Hosting;

namespace MtaSts.Operator.Cli;

/// <summary><c>mtasts run</c>: the operator.</summary>
public static class RunCommand
{
    private const string Name = "mtasts run";
    private const int WorkersMax = 1000;

    private static readonly TimeSpan ServingLagMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaseMax = TimeSpan.FromMinutes(5);

    /// <summary>The command.</summary>
    public static Command Create(CliHost host)
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "A kubeconfig. Default: the pod's service account, else KUBECONFIG, else the user's own.", HelpName = "FILE" };
        var space = new Option<string>("--operator-namespace") { Description = "The namespace of the lease and of the DNS providers' Secrets.", HelpName = "NAME", DefaultValueFactory = _ => "mta-sts-system" };
        var serving = new Option<string[]>("--serving-namespace") { Description = "A namespace in which classes may have their policy servers; may be given again. Default: the operator's.", HelpName = "NAME" };
        var watch = new Option<string[]>("--watch-namespace") { Description = "A namespace whose policies and DNS providers are looked at; may be given again. Default: all. Who has a domain is decided among these alone.", HelpName = "NAME" };
        var owner = new Option<string?>("--owner-id") { Description = "The name by which this cluster knows its own DNS records; no two clusters that write to one zone may share it. Default: \"cluster-\" and the UID of the namespace kube-system, which a cluster that is built anew does not keep.", HelpName = "ID" };
        var elect = new Option<bool>("--leader-elect") { Description = "Wait for a lease, so that of several replicas one works." };
        var lease = new Option<string>("--lease-duration") { Description = "How long the other replicas wait for a leader that does not renew its lease. The leader stops after two thirds of it.", HelpName = "DURATION", DefaultValueFactory = _ => "15s" };
        var health = new Option<string?>("--health-listen") { Description = "Where /healthz, /readyz and /metrics answer, e.g. [::]:8081. Default: nowhere.", HelpName = "ADDR:PORT" };
        var workers = new Option<int>("--workers") { Description = "How many policies are worked on at once.", HelpName = "N", DefaultValueFactory = _ => 32 };
        var maxAgeMin = CliOptions.MaxAgeMin();
        var servingLag = new Option<string>("--serving-lag") { Description = "How long a policy server takes at most to see what was put before it. So long a new document must have been seen before its id is named, and a domain that changes its class waits before senders are led to the new one.", HelpName = "DURATION", DefaultValueFactory = _ => "2m" };
        var level = new Option<string>("--log-level") { Description = "The least level that is logged.", DefaultValueFactory = _ => "information" };
        level.AcceptOnlyFromAmong("debug", "information", "warning", "error");
        var format = new Option<string>("--log-format") { Description = "How log lines look.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var probes = new CheckOptions();

        var command = new Command("run", "Runs the operator.") { kubeconfig, space, serving, watch, owner, elect, lease, health, workers, maxAgeMin, servingLag, level, format };
        foreach (var option in probes.OfThePlatform)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!probes.TryRead(parsed, out var settings, out var problem))
            {
                return host.WrongUsage(problem, Name);
            }

            IPEndPoint? listen = null;
            if (parsed.GetValue(health) is { } text && (!IPEndPoint.TryParse(text, out listen) || listen.Port == 0))
            {
                return host.WrongUsage($"--health-listen {Excerpt.Of(text)} is not ADDR:PORT", Name);
            }

            if (parsed.GetValue(owner) is { } id && !OwnerIdentity.TryCreate(id, "a/b", out _, out problem))
            {
                return host.WrongUsage($"--owner-id: {problem}", Name);
            }

            if (parsed.GetValue(workers) is < 1 or > WorkersMax)
            {
                return host.WrongUsage($"--workers {parsed.GetValue(workers)} is not from 1 to {WorkersMax}", Name);
            }

            if (!CliOptions.TryReadMaxAgeMin(parsed.GetValue(maxAgeMin), out var age, out problem)
                || !TryRead("--serving-lag", parsed.GetValue(servingLag), TimeSpan.Zero, ServingLagMax, out var lag, out problem)
                || !TryRead("--lease-duration", parsed.GetValue(lease), LeaseMin, LeaseMax, out var leaseDuration, out problem))
            {
                return host.WrongUsage(problem, Name);
            }

            var served = parsed.GetValue(serving) ?? [];
            var options = new OperatorOptions
            {
                Kubeconfig = parsed.GetValue(kubeconfig),
                OperatorNamespace = parsed.GetValue(space)!,
                ServingNamespaces = served.Length > 0 ? [.. served] : [parsed.GetValue(space)!],
                WatchNamespaces = [.. (parsed.GetValue(watch) ?? []).Distinct(StringComparer.Ordinal)],
                OwnerId = parsed.GetValue(owner),
                ElectLeader = parsed.GetValue(elect),
                LeaseDuration = leaseDuration,
                HealthListen = listen,
                Workers = parsed.GetValue(workers),
                MaxAgeMin = age,
                ServingLag = lag,
                Probes = settings.Probes,
                LogLevel = Enum.Parse<LogLevel>(parsed.GetValue(level)!, ignoreCase: true),
                LogJson = parsed.GetValue(format) == "json",
            };
            return TryConfigure(options.Kubeconfig, out var configuration, out problem)
                ? await OperatorHost.RunAsync(options, configuration!, cancellationToken)
                : host.WrongUsage(problem, Name);
        });
        return command;
    }

    private static bool TryRead(string option, string? text, TimeSpan min, TimeSpan max, out TimeSpan duration, out string problem)
    {
        problem = !Durations.TryParse(text, out duration, out var wrong) ? $"{option}: {wrong}"
            : duration < min || duration > max ? $"{option} {text} is not from {Durations.Format(min)} to {Durations.Format(max)}"
            : "";
        return problem.Length == 0;
    }

    private static bool TryConfigure(string? kubeconfig, out KubernetesClientConfiguration? configuration, out string problem)
    {
        try
        {
            configuration = kubeconfig is null
                ? KubernetesClientConfiguration.BuildDefaultConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
            problem = "";
            return true;
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or YamlDotNet.Core.YamlException)
        {
            configuration = null;
            problem = $"the API server's address is not known: {Excerpt.Plain(e.Message, 200)}";
            return false;
        }
    }
}
