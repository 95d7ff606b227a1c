using System.Diagnostics;
using MtaSts.TestBed;

namespace MtaSts.Demo;

/// <summary>The demo from start to end: set up, apply, watch, prove, take down.</summary>
internal sealed class DemoRun(DemoOptions options)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SteadyFor = TimeSpan.FromSeconds(60);

    private const int KillsMax = 4;

    private readonly Verdicts _verdicts = new();
    private readonly Progress _progress = new();

    private TimeSpan Patience => options.Chaos ? TimeSpan.FromMinutes(6) : TimeSpan.FromMinutes(3);

    // A new leader waits for a killed one's lease.
    private TimeSpan NamespaceGoneWithin => options.Chaos ? TimeSpan.FromSeconds(60) : TimeSpan.FromSeconds(15);

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var worldOptions = new OperatorWorldOptions
        {
            Repository = options.Repository,
            UntrustedHosts = ["mta-sts." + Scene.Untrusted],
            Pods = 8, // the operator, and two for each of three classes; one more while a Deployment rolls
            OperatorArguments = ["--max-age-min=1s", "--serving-lag=2s"],
        };
        Console.WriteLine("Setting up");
        await using (var world = await OperatorWorld.StartAsync(worldOptions, step => Console.WriteLine($"  {step}"), stop))
        {
            await PlayAsync(world, stop);
            if (_verdicts.Failed > 0)
            {
                Console.WriteLine(
                    $"Restarts of the operator: {world.Kubelet.Restarts(OperatorWorld.SystemNamespace, OperatorWorld.OperatorDeployment)}; the ends of all logs:{world.Troubles()}");
            }

            if (options.Keep)
            {
                _verdicts.PrintSummary();
                await KeepAsync(world, stop);
                return _verdicts.Failed == 0 ? 0 : 1;
            }
        }

        _verdicts.PrintSummary();
        return _verdicts.Failed == 0 ? 0 : 1;
    }

    private async Task PlayAsync(OperatorWorld world, CancellationToken stop)
    {
        var scene = new Scene(world);
        var life = new LaterLife(world);
        Console.WriteLine("  domains: zones and mail servers");
        await Task.WhenAll(scene.BuildAsync(stop), life.BuildAsync(stop));
        await using var documents = new DocumentHistory(world.Bed.ControlPlane.Client, OperatorWorld.SystemNamespace);
        await BeginAsync(world, scene, life, stop);

        Console.WriteLine("Applying the other policies");
        var expiry = await scene.BeginExpiryAsync(stop);
        var applied = Stopwatch.StartNew();
        await world.Bed.ControlPlane.ApplyAsync(Scene.Policies(), stop);

        using var chaos = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var killing = options.Chaos ? KillAgainAndAgainAsync(world, chaos.Token) : Task.CompletedTask;
        try
        {
            await RollOutAsync(world, documents, scene, life, expiry, applied, stop);
        }
        finally
        {
            await chaos.CancelAsync();
            await killing;
        }

        Console.WriteLine("Proving the outcome");
        var proof = new Proof(world, documents, _verdicts) { RolledOutAt = DateTimeOffset.UtcNow };
        await proof.PoliciesAsync(stop);
        await proof.EnforcedMailAsync(scene, stop);
        await proof.OrderAsync(stop);
        await proof.EventsAsync(stop);
        Console.WriteLine($"  (watching the steady state for {SteadyFor.TotalSeconds:0} s)");
        await proof.SteadyStateAsync(SteadyFor, stop);
        await proof.RightsAsync(stop);
    }

    // The first domains come to where they stay; then the cluster is lost, and they go on in the next one.
    private async Task BeginAsync(OperatorWorld world, Scene scene, LaterLife life, CancellationToken stop)
    {
        Console.WriteLine("Applying classes, providers and the first policies");
        string[] manifests = [scene.Classes() + life.Classes(), Scene.PatientPolicy() + LaterLife.Policies()];
        foreach (var manifest in manifests)
        {
            await world.Bed.ControlPlane.ApplyAsync(manifest, stop);
        }

        var applied = Stopwatch.StartNew();
        IReadOnlyList<PolicyObject> policies;
        do
        {
            await Task.Delay(Poll, stop);
            policies = await PoliciesAsync(world, stop);
            _progress.Show(policies);
        }
        while (!policies.All(p => p is { Reason: "TargetReached", Mode: "enforce" } or { Domain: Scene.Patient, Reason: "Soaking" }) && applied.Elapsed < Patience);

        Console.WriteLine("Losing the cluster, and building it anew from its manifests");
        await new Rebuild(world, _verdicts).RunAsync(manifests, policies, _progress.Show, Patience, stop);
    }

    // Follows the policies to their ends, and does on the way what has to be done on the way. Meanwhile one domain leaves, one is taken over, and one moves.
    private async Task RollOutAsync(
        OperatorWorld world, DocumentHistory documents, Scene scene, LaterLife life, DateTimeOffset expiry, Stopwatch applied, CancellationToken stop)
    {
        var leaving = new Retirement(world, documents, _verdicts).RunAsync(NamespaceGoneWithin, Patience, stop);
        var adopted = new Adoption(world, documents, _verdicts).RunAsync(Patience, stop);
        var moving = new Migration(world, life, _verdicts).RunAsync(Patience, stop);
        var proof = new Proof(world, documents, _verdicts);
        var (testingMail, secondClaim, renewed) = (false, false, false);
        while (applied.Elapsed < Patience)
        {
            var policies = await PoliciesAsync(world, stop);
            _progress.Show(policies);
            if (!secondClaim && applied.Elapsed > TimeSpan.FromSeconds(2))
            {
                await world.Bed.ControlPlane.ApplyAsync(Scene.SecondClaim(), stop);
                secondClaim = true;
            }

            if (!testingMail && policies.Any(p => p is { Domain: Scene.Healthy, Mode: "testing" }))
            {
                await proof.TestingMailAsync(scene, stop);
                testingMail = true;
            }

            if (!renewed && DateTimeOffset.UtcNow > expiry && policies.Single(p => p.Domain == Scene.Expiring) is { Reason: "CertificateExpired" } broken)
            {
                proof.ExpiryWasSeen(broken);
                await scene.RenewAsync(stop);
                renewed = true;
                proof.RenewedAt = DateTimeOffset.UtcNow;
            }

            if (testingMail && secondClaim && renewed && Proof.IsOver(policies))
            {
                break;
            }

            await Task.Delay(Poll, stop);
        }

        var took = applied.Elapsed;
        await WaitAsync(world, Task.WhenAll(leaving, adopted, moving), stop);
        proof.RollOut(await PoliciesAsync(world, stop), took);
    }

    private async Task WaitAsync(OperatorWorld world, Task others, CancellationToken stop)
    {
        while (!others.IsCompleted)
        {
            _progress.Show(await PoliciesAsync(world, stop));
            await Task.WhenAny(others, Task.Delay(Poll, stop));
        }

        await others;
    }

    // The API server is never gone here; a list may still fail under load.
    private static async Task<IReadOnlyList<PolicyObject>> PoliciesAsync(OperatorWorld world, CancellationToken stop) =>
        await PolicyObject.ListAsync(world.Bed.ControlPlane.Client, null, stop);

    private static async Task KillAgainAndAgainAsync(OperatorWorld world, CancellationToken stop)
    {
        var kills = 0;
        try
        {
            // A killed leader's lease has to run out before the next one works: less time between two would leave nobody to do anything.
            while (kills < KillsMax)
            {
                await Task.Delay(TimeSpan.FromSeconds(5 + (Random.Shared.NextDouble() * 45)), stop);
                Console.WriteLine($"  kill -9 of the operator, {++kills} of {KillsMax}");
                world.KillOperator();
            }
        }
        catch (OperationCanceledException)
        {
            // The rollout is over.
        }
    }

    private static async Task KeepAsync(OperatorWorld world, CancellationToken stop)
    {
        var plan = world.Mail.Dns;
        Console.WriteLine($"""

            Everything stays up until Ctrl-C, or SIGTERM to process {Environment.ProcessId}.

              export KUBECONFIG={world.Bed.ControlPlane.AdminKubeconfig}
              kubectl get mtasts -A
              kubectl get mtastsretirements
              kubectl describe mtasts -n team-a healthy
              kubectl get mtasts -A -o yaml
              kubectl get deploy,ingress,configmap -n {OperatorWorld.SystemNamespace}

            kill -9 the operator: its process is {world.OperatorProcess}; the kubelet starts it again.
            The operator's log is below {world.Kubelet.LogFolder}
            BIND's log of updates:   {plan.UpdateLogPath}
            The API server's audit:  {world.Bed.ControlPlane.Audit.Path}
            DNS:                     dig @{plan.PrimaryAddress} _mta-sts.{Scene.Healthy} TXT
            """);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Taking it down");
        }
    }
}
