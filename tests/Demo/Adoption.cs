using MtaSts.TestBed;

namespace MtaSts.Demo;

/// <summary>Shows that a domain which somebody else enforces is taken over as it is: never at testing, and known to have been promised.</summary>
internal sealed class Adoption(OperatorWorld world, DocumentHistory documents, Verdicts verdicts)
{
    private readonly HashSet<string> _modes = [];

    /// <summary>What is there before the operator comes.</summary>
    public async Task BeforeAsync(CancellationToken stop)
    {
        var seen = await world.Mail.Sender.QueryPolicyAsync(LaterLife.Adopted, stop);
        verdicts.Note(
            seen is { Result: "VALID", Mode: "enforce", Id: LaterLife.ForeignId, MaxAge: LaterLife.ForeignMaxAge },
            "adopted: somebody else's web server and records enforce a policy", seen.Raw.Trim());
    }

    /// <summary>Looks on while it is taken over.</summary>
    public void See(PolicyObject policy)
    {
        if (policy.Mode.Length > 0)
        {
            _modes.Add(policy.Mode);
        }
    }

    /// <summary>How it ended.</summary>
    public async Task AfterAsync(PolicyObject policy, CancellationToken stop)
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
            "adopted: entered at enforce-1w, as it was live, and went on to enforce; never at testing",
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
