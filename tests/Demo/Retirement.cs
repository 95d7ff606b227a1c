using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.Demo;

/// <summary>
/// Shows that a domain can leave: its policy is deleted, and its namespace with it; what senders hold is taken back in the order of rfc8461#8.3, and only when
/// nobody holds it any more are the records gone.
/// </summary>
internal sealed partial class Retirement(OperatorWorld world, DocumentHistory documents, Verdicts verdicts)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(400);

    /// <summary>Deletes it, and looks on until nothing is left or patience ends.</summary>
    /// <param name="goneWithin">How soon the namespace has to be gone.</param>
    /// <param name="patience">How long all of it may take.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(TimeSpan goneWithin, TimeSpan patience, CancellationToken stop)
    {
        var client = world.Bed.ControlPlane.Client;
        await world.Bed.ControlPlane.KubectlAsync("delete", "namespace", LaterLife.LeavingSpace, "--wait=false");
        var deleted = Stopwatch.StartNew();
        TimeSpan? namespaceGone = null;
        PolicyObject? last = null;
        DateTimeOffset? due = null;
        SenderPolicy? seen = null;
        while (deleted.Elapsed < patience)
        {
            namespaceGone ??= await NamespaceIsGoneAsync(client, stop) ? deleted.Elapsed : null;
            var retirement = await PolicyObject.RetirementOfAsync(client, LaterLife.Leaving, stop);
            if (retirement is null && last is not null && namespaceGone is not null)
            {
                break;
            }

            last = retirement ?? last;
            due = retirement?.RemoveAt ?? due; // later while mode none spreads; not there any more when all is being removed
            if (seen is null && last is { Mode: "none" })
            {
                seen = await world.Mail.Sender.QueryPolicyAsync(LaterLife.Leaving, stop);
            }

            await Task.Delay(Poll, stop);
        }

        verdicts.Note(
            namespaceGone <= goneWithin && last is not null,
            $"leaving: policy and namespace were gone {namespaceGone?.TotalSeconds:0.0} s after their deletion; an MtaStsRetirement has the domain",
            $"namespace gone after {namespaceGone}; {last}");
        verdicts.Note(seen is { Result: "VALID", Mode: "none" }, "leaving: mta-sts-query sees a policy with mode none meanwhile", seen?.Raw.Trim() ?? "never asked");
        await OrderAsync(due, deleted.Elapsed, stop);
        await NothingIsLeftAsync(client, stop);
    }

    // The servers' own logs: `none` served, then its id published, then, and not before it was due, the records removed.
    private async Task OrderAsync(DateTimeOffset? removeAt, TimeSpan took, CancellationToken stop)
    {
        var updates = (await world.Mail.Dns.UpdatesAsync(stop))
            .Where(u => u.Zone == LaterLife.Leaving && u.Key == world.Mail.Dns.Sha512Key.Name)
            .ToList();
        var published = updates.FirstOrDefault(u => Proof.AddedId().Match(u.Text) is { Success: true } added && documents.ModeOf(added.Groups["id"].Value) == "none");
        var id = published is null ? "" : Proof.AddedId().Match(published.Text).Groups["id"].Value;
        var tag = documents.TagOf(id);
        var served = (await world.Mail.Web.RequestsAsync(stop)).FirstOrDefault(r => r.Host == "mta-sts." + LaterLife.Leaving && r.Status == 200 && r.Tag == tag);
        var removed = updates.FirstOrDefault(u => Deleted(u).Groups["name"].Value == "_mta-sts." && (u.Text.Contains(id, StringComparison.Ordinal) || (u.At > published?.At && !u.Text.Contains("id=", StringComparison.Ordinal))));
        var host = updates.FirstOrDefault(u => Deleted(u).Groups["name"].Value == "mta-sts.");
        verdicts.Note(
            tag is not null && served?.At < published?.At && published?.At < removed?.At && removed?.At <= host?.At && removed?.At >= removeAt,
            $"leaving: none served, its id published, {(removed?.At - published?.At)?.TotalSeconds:0} s later the records removed: when due and not before ({took.TotalSeconds:0} s in all)",
            $"served {served?.At:O}, published {published?.At:O}, due {removeAt:O}, record removed {removed?.At:O}, host {host?.At:O}");
    }

    private async Task NothingIsLeftAsync(IKubernetes client, CancellationToken stop)
    {
        var records = await world.Mail.Dns.NamesAsync(LaterLife.Leaving, stop);
        string[] own = [$"{LaterLife.Leaving} NS", $"{LaterLife.Leaving} MX", "mx.leaving.test A"];
        var left = records.Except(own).Select(r => $"record {r}").ToList();
        var ingresses = await client.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: stop);
        left.AddRange(ingresses.Items
            .Where(i => i.Spec.Rules?.Any(r => r.Host == "mta-sts." + LaterLife.Leaving) is true)
            .Select(i => $"Ingress {i.Metadata.NamespaceProperty}/{i.Metadata.Name}"));
        var maps = await client.CoreV1.ListNamespacedConfigMapAsync(OperatorWorld.SystemNamespace, cancellationToken: stop);
        left.AddRange(maps.Items.Where(m => m.Data?.ContainsKey(LaterLife.Leaving) is true).Select(m => $"document in ConfigMap {m.Metadata.Name}"));
        if (await PolicyObject.RetirementOfAsync(client, LaterLife.Leaving, stop) is { } retirement)
        {
            left.Add($"{retirement}");
        }

        verdicts.Note(
            left.Count == 0 && records.Count == own.Length + 1, // two name servers
            "leaving: nothing is left of it, no record, document, Ingress or retirement", string.Join("; ", left.DefaultIfEmpty(string.Join(", ", records))));
    }

    private static Match Deleted(DnsUpdate update) => DeletedRecord().Match(update.Text);

    // BIND quotes the name of a record set, and not that of one record.
    [GeneratedRegex("^deleting .* at '?(?<name>.*)" + LaterLife.Leaving)]
    private static partial Regex DeletedRecord();

    private static async Task<bool> NamespaceIsGoneAsync(IKubernetes client, CancellationToken stop)
    {
        try
        {
            await client.CoreV1.ReadNamespaceAsync(LaterLife.LeavingSpace, cancellationToken: stop);
            return false;
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return true;
        }
    }
}
