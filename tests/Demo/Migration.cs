using System.Diagnostics;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.Demo;

/// <summary>Shows that a domain at enforce can move to other mail servers while mail comes in: an independent sender delivers all the way.</summary>
internal sealed class Migration(OperatorWorld world, LaterLife life, Verdicts verdicts)
{
    private const string Recipient = "bob@" + LaterLife.Moving;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan BetweenMails = TimeSpan.FromSeconds(1);
    // The bed's resolver keeps an answer for one second, and its sender looks for a new id when its copy is older than another.
    private static readonly TimeSpan SendersKnowAfter = TimeSpan.FromSeconds(3);

    /// <summary>Moves the domain, as its owner would.</summary>
    /// <param name="patience">How long each step may take.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(TimeSpan patience, CancellationToken stop)
    {
        using var moved = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var sending = SendAsync(moved.Token);
        try
        {
            await MoveAsync(patience, stop);
        }
        finally
        {
            await moved.CancelAsync();
        }

        await CountAsync(await sending, stop);
    }

    private async Task MoveAsync(TimeSpan patience, CancellationToken stop)
    {
        await world.Bed.ControlPlane.ApplyAsync(LaterLife.MovingPolicy(LaterLife.OldMx, LaterLife.NewMx), stop);
        var both = await UntilAsync(p => Serves(p, LaterLife.NewMx, LaterLife.OldMx), patience, stop);
        await Task.Delay(SendersKnowAfter, stop);
        var swap = await world.Mail.Dns.UpdateAsync(
            LaterLife.Moving, [$"delete {LaterLife.Moving}. MX", $"add {LaterLife.Moving}. 1 MX 10 {LaterLife.NewMx}."], key: null, stop);
        await world.Bed.ControlPlane.ApplyAsync(LaterLife.MovingPolicy(LaterLife.NewMx), stop);
        var until = DateTimeOffset.MinValue;
        var early = false;
        var alone = await UntilAsync(
            p =>
            {
                var kept = p.KeptMx.FirstOrDefault(k => k.Pattern == LaterLife.OldMx);
                until = kept.Until > until ? kept.Until.Value : until;
                early |= !p.ServedMx.Contains(LaterLife.OldMx) && DateTimeOffset.UtcNow < until;
                return Serves(p, LaterLife.NewMx);
            },
            patience, stop);
        await Task.Delay(SendersKnowAfter, stop);
        verdicts.Note(
            both is { Mode: "enforce" } && swap.Succeeded && alone is { Mode: "enforce" } && until > DateTimeOffset.MinValue && !early,
            $"moving: at enforce all along; the old server's name was served until {until:HH:mm:ss}, as long as a sender might know no other, and then let go",
            $"swap {swap.Error.Trim()}; kept until {until:O}, dropped early: {early}; {alone?.ToString() ?? (both is null ? "the union was never published" : "the old name never went")}");
    }

    private async Task<List<string>> SendAsync(CancellationToken moved)
    {
        var sent = new List<string>();
        while (!moved.IsCancellationRequested)
        {
            // A mail that is on its way is not taken back.
            sent.Add(await world.Mail.Sender.SendAsync("alice@sender.test", Recipient, CancellationToken.None));
            await Task.WhenAny(Task.Delay(BetweenMails, moved));
        }

        return sent;
    }

    private async Task CountAsync(List<string> sent, CancellationToken stop)
    {
        var (old, fresh, unverified) = (0, 0, 0);
        foreach (var id in sent)
        {
            var outcome = await world.Mail.Sender.OutcomeAsync(id, Deadlines.Start, stop);
            unverified += outcome is SendOutcome.Delivered { Tls: "Verified" } ? 0 : 1;
            var atOld = await life.Old.WasDeliveredAsync(id, TimeSpan.Zero, stop);
            old += atOld ? 1 : 0;
            fresh += !atOld && await life.New.WasDeliveredAsync(id, Deadlines.Start, stop) ? 1 : 0;
        }

        var deferrals = await world.Mail.Sender.DeferralsAsync(Recipient, stop);
        verdicts.Note(
            old > 0 && fresh > 0 && old + fresh == sent.Count && unverified == 0 && deferrals.Count == 0,
            $"moving: {sent.Count} mails sent meanwhile, {old + fresh} arrived over verified TLS, {old} at the old and {fresh} at the new server; {deferrals.Count} deferred",
            $"not verified {unverified}; deferred: {string.Join(" | ", deferrals.Distinct())}");
    }

    private async Task<PolicyObject?> UntilAsync(Func<PolicyObject, bool> holds, TimeSpan patience, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < patience)
        {
            var policies = await PolicyObject.ListAsync(world.Bed.ControlPlane.Client, null, stop);
            if (policies.FirstOrDefault(p => p.Domain == LaterLife.Moving) is { } policy && holds(policy))
            {
                return policy;
            }

            await Task.Delay(Poll, stop);
        }

        return null;
    }

    // Served, named by the record, and seen so at every server.
    private static bool Serves(PolicyObject policy, params string[] mx) =>
        policy.ServedMx.SequenceEqual(mx) && policy.Id == policy.ServedId && policy.Check("TxtRecord").All(c => c.Outcome == "Healthy");
}
