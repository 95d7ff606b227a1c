using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.Bench;

/// <summary>How far all policies are.</summary>
/// <param name="Total">All there are.</param>
/// <param name="Settled">Those that have reached the last stage, with all checks healthy.</param>
/// <param name="Steps">How many steps all have made: policies move together, so that for long none of them is settled.</param>
/// <param name="Example">One that is not there yet, in words; null when there is none.</param>
internal sealed record RolloutView(int Total, int Settled, int Steps, string? Example);

/// <summary>
/// An operator on real parts, with one zone whose sub-domains all have the same mail server. The rollout has two stages without a soak, so
/// that a policy is settled as soon as it can be.
/// </summary>
internal sealed class BenchWorld : IAsyncDisposable
{
    public const string Zone = "bench.test";
    public const string Mx = "mx.bench.test";
    public const string Namespace = "bench";

    /// <summary>The namespace of policies that nobody waits for.</summary>
    public const string OthersNamespace = "bench-others";

    public const string LastStage = "enforce";

    /// <summary>The user that the operator is to the API server.</summary>
    public const string OperatorUser = $"system:serviceaccount:{OperatorWorld.SystemNamespace}:{OperatorWorld.OperatorDeployment}";

    private const int CreatorsMax = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6); // A window of a provider's limit, and a little.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private BenchWorld(OperatorWorld world) => World = world;

    public OperatorWorld World { get; }

    /// <summary>The name of a domain, by number from 1.</summary>
    public static string Domain(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number:0000}.{Zone}");

    /// <summary>Starts the world with a zone for so many domains and the class, and no policy.</summary>
    /// <param name="repository">The root of the repository.</param>
    /// <param name="domains">How many domains there are.</param>
    /// <param name="interval">Time between two looks at a settled policy; null for the operator's default.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="classes">The classes with their providers, as manifests; null for the class "default" with BIND.</param>
    /// <param name="classCount">How many classes those are: each has policy servers of its own.</param>
    public static async Task<BenchWorld> StartAsync(
        string repository, int domains, TimeSpan? interval, CancellationToken stop, Func<OperatorWorld, string>? classes = null, int classCount = 1)
    {
        // The bed's pods see a change within a second. One pod more than all have, for a replacement.
        var options = new OperatorWorldOptions { Repository = repository, OperatorArguments = ["--serving-lag=3s"], Pods = 4 + (2 * classCount) };
        var world = await OperatorWorld.StartAsync(options, step => Tell($"starting: {step}"), stop);
        try
        {
            var names = Enumerable.Range(1, domains).Select(n => new ZoneRecord($"{Domain(n)}.", "MX", $"10 {Mx}."));
            await world.Mail.Dns.AddZoneAsync(Zone, [.. names], stop);
            await world.Mail.AddMxAsync(new MxOptions(Mx, world.Mail.Ca.Issue(Mx), [Zone]), stop);
            await world.Bed.ControlPlane.ApplyAsync(classes?.Invoke(world) ?? world.ClassManifests(Rollout(interval)), stop);
            await world.Bed.ControlPlane.ApplyAsync(
                string.Concat(new[] { Namespace, OthersNamespace }.Select(name => $"---\napiVersion: v1\nkind: Namespace\nmetadata: {"{"} name: {name} {"}"}\n")), stop);
            await WaitForServersAsync(world, classCount, stop);
            return new BenchWorld(world);
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The manifest of a policy as its owner would commit it.</summary>
    public static string Manifest(int number) => Manifest(number, Namespace, "default");

    /// <summary>The same, of another class.</summary>
    public static string Manifest(int number, string space, string className) => $$"""
        {
          "apiVersion": "mta-sts.dev/v1alpha1", "kind": "MtaStsPolicy",
          "metadata": { "name": "{{Name(number)}}", "namespace": "{{space}}" },
          "spec": {
            "domain": "{{Domain(number)}}", "mx": ["{{Mx}}"], "className": "{{className}}",
            "deletionPolicy": "{{(space == OthersNamespace ? "Orphan" : "Retire")}}"
          }
        }
        """;

    /// <summary>The name of a policy, by number from 1.</summary>
    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number:0000}");

    /// <summary>Creates the policies with these numbers, several at once.</summary>
    public Task CreateAsync(int first, int last, CancellationToken stop) => CreateAsync(first, last, Namespace, "default", stop);

    /// <summary>The same, of another class.</summary>
    public Task CreateAsync(int first, int last, string space, string className, CancellationToken stop) => Parallel.ForEachAsync(
        Enumerable.Range(first, last - first + 1),
        new ParallelOptions { MaxDegreeOfParallelism = CreatorsMax, CancellationToken = stop },
        async (number, token) => await World.Bed.ControlPlane.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
            JsonNode.Parse(Manifest(number, space, className))!, "mta-sts.dev", "v1alpha1", space, "mtastspolicies", cancellationToken: token));

    /// <summary>Waits until so many policies are settled; those of <see cref="OthersNamespace"/> do not count.</summary>
    /// <param name="policies">How many.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="pause">The time between two looks; null for what suits so many.</param>
    /// <exception cref="BenchException">Nothing moved for some minutes.</exception>
    public async Task WaitUntilSettledAsync(int policies, CancellationToken stop, TimeSpan? pause = null)
    {
        var (best, since) = (-1, Stopwatch.StartNew());
        while (true)
        {
            if (await ViewAsync(stop) is not { } view)
            {
                await Task.Delay(Glance, stop);
                continue;
            }

            if (view.Settled >= policies)
            {
                return;
            }

            if (view.Steps > best)
            {
                (best, since) = (view.Steps, Stopwatch.StartNew());
            }

            if (since.Elapsed > Patience)
            {
                throw new BenchException(
                    $"{view.Settled} of {policies} policies are settled, and none has moved for {Patience.TotalMinutes:0} minutes; {view.Example}{World.Troubles()}");
            }

            if (pause is null)
            {
                Tell($"settled: {view.Settled} of {policies}{(view.Example is { } example ? $"; {example}" : "")}");
            }

            await Task.Delay(pause ?? TimeSpan.FromSeconds(policies > 10 ? 3 : 1), stop);
        }
    }

    /// <summary>Waits until the operator has written nothing but its lease for a while; returns how long it still wrote.</summary>
    /// <exception cref="BenchException">It still writes after three minutes.</exception>
    public async Task<TimeSpan> WaitUntilQuietAsync(CancellationToken stop)
    {
        var began = DateTimeOffset.UtcNow;
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
            var now = DateTimeOffset.UtcNow;
            var last = OperatorWrites(began).Select(e => e.At).LastOrDefault(began);
            if (now - last > Quiet)
            {
                return last - began;
            }

            if (now - began > TimeSpan.FromMinutes(3))
            {
                throw new BenchException("the policies are settled, but the operator has been writing for three minutes since");
            }
        }
    }

    /// <summary>What the operator wrote to the API server since a moment, but the leader's lease.</summary>
    public IEnumerable<AuditEvent> OperatorWrites(DateTimeOffset from) => World.Bed.ControlPlane.Audit.Read()
        .Where(e => e.At >= from && e.User == OperatorUser && !e.Resource.StartsWith("leases.", StringComparison.Ordinal));

    /// <summary>Ends the operator in order, as a rolling update does, and times the next one.</summary>
    /// <returns>When the new process began, and when it said that it is ready.</returns>
    public async Task<(DateTimeOffset Began, DateTimeOffset Ready)> RestartAsync(CancellationToken stop)
    {
        var old = World.OperatorProcess ?? throw new BenchException("the operator does not run");
        World.Kubelet.Send(OperatorWorld.SystemNamespace, OperatorWorld.OperatorDeployment, Signal.Term);
        int? now;
        while ((now = World.OperatorProcess) is null || now == old)
        {
            await Task.Delay(Glance, stop);
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var readiness = new Uri($"http://127.0.0.1:{await HealthPortAsync(now.Value, stop)}/readyz");
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(readiness, stop);
                if (answer.IsSuccessStatusCode)
                {
                    return (ProcessFigures.StartOf(now.Value), DateTimeOffset.UtcNow);
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Glance, stop);
        }
    }

    /// <summary>Waits until each of the policies' hosts was asked for its policy after a moment; returns when the last of them was.</summary>
    public static async Task<DateTimeOffset> WaitUntilAllSeenAsync(LogCursor access, DateTimeOffset from, int policies, CancellationToken stop)
    {
        var seen = new HashSet<string>();
        while (true)
        {
            foreach (var request in access.Take().Select(AccessLine.Parse).Where(r => r.At >= from))
            {
                if (seen.Add(request.Host) && seen.Count == policies)
                {
                    return request.At;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
        }
    }

    /// <summary>A line about what is being done, to the error stream.</summary>
    public static void Tell(string what) => Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {what}");

    public ValueTask DisposeAsync() => World.DisposeAsync();

    /// <summary>The YAML of spec.rollout of a class.</summary>
    public static string Rollout(TimeSpan? interval) => (interval is { } i ? $"    interval: {i.TotalSeconds:0}s\n" : "") + $"""
            stages:
              - {"{"} name: testing, mode: testing, maxAge: 1d, soak: 0s {"}"}
              - {"{"} name: {LastStage}, mode: enforce, maxAge: 1d {"}"}
        """;

    // Its process is a shell's first, and then what the shell becomes.
    private static async Task<string> HealthPortAsync(int process, CancellationToken stop)
    {
        const string option = "--health-listen=";
        while (true)
        {
            var words = (await File.ReadAllTextAsync($"/proc/{process}/cmdline", stop)).Split('\0');
            if (Path.GetFileName(words[0]) == "mtasts" && words.LastOrDefault(w => w.StartsWith(option, StringComparison.Ordinal)) is { } listen)
            {
                return listen[(listen.LastIndexOf(':') + 1)..];
            }

            await Task.Delay(Glance, stop);
        }
    }

    // The class's own policy servers start with the class, and once.
    private static async Task WaitForServersAsync(OperatorWorld world, int classCount, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            while (true)
            {
                var deployments = await world.Bed.ControlPlane.Client.AppsV1.ListNamespacedDeploymentAsync(OperatorWorld.SystemNamespace, cancellationToken: patience.Token);
                if (deployments.Items.Count == 1 + classCount && deployments.Items.All(d => d.Status?.ReadyReplicas == d.Spec.Replicas))
                {
                    return;
                }

                await Task.Delay(Glance, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new BenchException($"the policy servers did not start{world.Troubles()}");
        }
    }

    // From the API server's cache, so that looking costs it little; null when it did not answer, as may be on a busy machine.
    private async Task<RolloutView?> ViewAsync(CancellationToken stop)
    {
        IReadOnlyList<PolicyObject> all;
        try
        {
            all = [.. (await PolicyObject.ListAsync(World.Bed.ControlPlane.Client, "0", stop)).Where(policy => policy.Name.StartsWith($"{Namespace}/", StringComparison.Ordinal))];
        }
        catch (Exception failure) when (failure is HttpRequestException or HttpOperationException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            Tell($"the API server did not list the policies: {failure.Message}");
            return null;
        }

        var open = all.Where(policy => !IsSettled(policy)).ToList();
        return new RolloutView(all.Count, all.Count - open.Count, all.Sum(StepsOf), open.Select(Describe).FirstOrDefault());
    }

    private static bool IsSettled(PolicyObject policy) => policy is { Stage: LastStage, Ready: "True", Reason: "TargetReached" };

    private static int StepsOf(PolicyObject policy) =>
        (policy.Stage switch { "" => 0, LastStage => 2, _ => 1 }) + (policy.Ready == "True" ? 1 : 0) + (IsSettled(policy) ? 1 : 0);

    private static string Describe(PolicyObject policy) =>
        $"{policy.Name}: stage {(policy.Stage.Length > 0 ? policy.Stage : "none")}, Ready={policy.Ready} {policy.Reason}";
}
