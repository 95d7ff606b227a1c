using System.Diagnostics;
using MtaSts.TestBed;

namespace MtaSts.Demo;

/// <summary>Shows that a domain which somebody else enforces is taken over as it is: never at testing, and known to have been promised.</summary>
internal sealed class Adoption(OperatorWorld world, DocumentHistory documents, Verdicts verdicts)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(400);

    private readonly HashSet<string> _modes = [];

    /// <summary>Applies the policy, and looks on until it is at its end or patience ends.</summary>
    /// <param name="patience">How long it may take.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(TimeSpan patience, CancellationToken stop)
    {
        var seen = await world.Mail.Sender.QueryPolicyAsync(LaterLife.Adopted, stop);
        verdicts.Note(
            seen is { Result: "VALID", Mode: "enforce", Id: LaterLife.ForeignId, MaxAge: LaterLife.ForeignMaxAge },
            "adopted: somebody else's web server and records enforce a policy", seen.Raw.Trim());
        await world.Bed.ControlPlane.ApplyAsync(LaterLife.AdoptingPolicy(), stop);
        var applied = Stopwatch.StartNew();
        PolicyObject policy;
        do
        {
            await Task.Delay(Poll, stop);
            policy = (await PolicyObject.ListAsync(world.Bed.ControlPlane.Client, null, stop)).Single(p => p.Domain == LaterLife.Adopted);
            if (policy.Mode.Length > 0)
            {
                _modes.Add(policy.Mode);
            }
        }
        while (policy is not { Stage: "enforce", Reason: "TargetReached" } && applied.Elapsed < patience);

        await EndAsync(policy, applied.Elapsed, stop);
    }

    private async Task EndAsync(PolicyObject policy, TimeSpan took, CancellationToken stop)
    {
        var ids = (await world.Mail.Dns.UpdatesAsync(stop))
            .Where(u => u.Key == world.Mail.Dns.Sha512Key.Name)
            .Select(u => Proof.AddedId().Match(u.Text))
            .Where(m => m.Success && m.Groups["domain"].Value == LaterLife.Adopted)
            .Select(m => m.Groups["id"].Value)
            .Where(id => id != LaterLife.ForeignId) // which stays until our document is seen
            .ToList();
        verdicts.Note(
            policy.Moves is ["enforce-1w Adopted", "enforce SoakElapsed"] && _modes.SetEquals(["enforce"]) && ids.Count > 0 && ids.All(id => documents.ModeOf(id) == "enforce"),
            $"adopted: entered at enforce-1w, as it was live, and went on to enforce; never at testing ({took.TotalSeconds:0} s)",
            $"{policy}; modes {string.Join(", ", _modes)}; ids in BIND's log {string.Join(", ", ids.Select(id => $"{id} {documents.ModeOf(id)}"))}");
        verdicts.Note(
            policy.Ledger.Any(e => (e.Id, e.Mode, e.MaxAge) == (LaterLife.ForeignId, "enforce", LaterLife.ForeignMaxAge)) && policy.CachedUntil > DateTimeOffset.UtcNow.AddDays(11),
            "adopted: what senders got before is in the ledger, and held to be kept for its max_age",
            $"ledger {string.Join("; ", policy.Ledger)}; cachedUntil {policy.CachedUntil:O}");
        var seen = await world.Mail.Sender.QueryPolicyAsync(LaterLife.Adopted, stop);
        var host = await world.Mail.Dns.QueryAsync(world.Mail.Dns.PrimaryAddress, "mta-sts." + LaterLife.Adopted, "A", stop);
        verdicts.Note(
            seen is { Result: "VALID", Mode: "enforce" } && seen.Id == policy.Id && documents.TagOf(policy.Id) is not null
                && host.Data.SequenceEqual([$"{world.Mail.Web.EndPoint.Address}"]),
            "adopted: mta-sts-query sees it enforced, under our id and from our policy server", $"{seen.Raw.Trim()}; host {string.Join(" | ", host.Data)}");
    }
}
