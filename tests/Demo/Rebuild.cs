using System.Diagnostics;
using MtaSts.TestBed;

namespace MtaSts.Demo;

/// <summary>Shows that a cluster can be lost: built anew from its manifests, the operator goes on where the DNS says that each domain is.</summary>
internal sealed class Rebuild(OperatorWorld world, Verdicts verdicts)
{
    /// <summary>Loses the cluster, builds it anew, applies the manifests again.</summary>
    /// <param name="manifests">Classes and policies, as they were applied the first time.</param>
    /// <param name="before">The policies, settled.</param>
    /// <param name="show">Told what the policies are like meanwhile.</param>
    /// <param name="patience">How long it may take from the manifests on.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(
        IReadOnlyList<string> manifests, IReadOnlyList<PolicyObject> before, Action<IReadOnlyList<PolicyObject>> show, TimeSpan patience, CancellationToken stop)
    {
        var lost = DateTimeOffset.UtcNow;
        var records = await RecordsAsync(before, stop);
        await world.RebuildAsync(step => Console.WriteLine($"  {step}"), stop);
        Console.WriteLine($"  the same manifests ({(DateTimeOffset.UtcNow - lost).TotalSeconds:0} s after the loss)");
        foreach (var manifest in manifests)
        {
            await world.Bed.ControlPlane.ApplyAsync(manifest, stop);
        }

        var applied = Stopwatch.StartNew();
        IReadOnlyList<PolicyObject> after;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), stop);
            after = await PolicyObject.ListAsync(world.Bed.ControlPlane.Client, null, stop);
            show(after);
        }
        while (!before.All(b => after.Any(a => a.Name == b.Name && a.Reason == b.Reason)) && applied.Elapsed < patience);

        var took = $"{applied.Elapsed.TotalSeconds:0} s after the manifests were applied again";
        var differences = before.Select(b => (Before: b, After: after.FirstOrDefault(a => a.Name == b.Name)))
            .Where(p => p.After is null || Place(p.After) != Place(p.Before))
            .Select(p => $"{Place(p.Before)} became {(p.After is null ? "nothing" : Place(p.After))}")
            .ToList();
        verdicts.Note(
            before.Count > 0 && differences.Count == 0,
            $"rebuild: etcd was emptied, the chart installed anew; {before.Count} domains are at stage, mode and id as before, {took}", string.Join("; ", differences));
        verdicts.Note(
            after.All(a => a.Moves.SequenceEqual([$"{a.Stage} Resumed"])),
            "rebuild: the history of each says Resumed, and nothing else", string.Join("; ", after.Select(a => $"{a.Domain}: {string.Join(", ", a.Moves)}")));
        var updates = (await world.Mail.Dns.UpdatesAsync(stop)).Where(u => u.At > lost).ToList();
        var now = await RecordsAsync(before, stop);
        verdicts.Note(
            updates.Count == 0 && now.SequenceEqual(records),
            "rebuild: BIND's log has no update of any record", $"{string.Join(" | ", updates.Select(u => u.Text))}; records {string.Join(", ", now)}, before {string.Join(", ", records)}");
    }

    private async Task<List<string>> RecordsAsync(IReadOnlyList<PolicyObject> policies, CancellationToken stop)
    {
        var records = new List<string>();
        foreach (var policy in policies)
        {
            var answer = await world.Mail.Dns.QueryAsync(world.Mail.Dns.PrimaryAddress, "_mta-sts." + policy.Domain, "TXT", stop);
            records.Add($"{policy.Domain} {string.Join(" | ", answer.Data)}");
        }

        return records;
    }

    private static string Place(PolicyObject policy) => $"{policy.Domain} {policy.Stage} {policy.Mode} {policy.Id}";
}
