using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.Demo;

/// <summary>Asks the world, not the operator, whether what was promised is so.</summary>
internal sealed partial class Proof(OperatorWorld world, DocumentHistory documents, Verdicts verdicts)
{
    private const string From = "alice@sender.test";
    /// <summary>When the last policy had come to its end.</summary>
    public DateTimeOffset RolledOutAt { get; init; }

    /// <summary>When the expired certificate was renewed.</summary>
    public DateTimeOffset RenewedAt { get; set; }

    /// <summary>True when every policy is where it must end.</summary>
    public static bool IsOver(IReadOnlyList<PolicyObject> policies) =>
        policies.Where(p => p.Name.StartsWith("team-a/", StringComparison.Ordinal)).All(p => p.Domain switch
        {
            Scene.Healthy or Scene.Expiring => p is { Stage: "enforce", Mode: "enforce", Reason: "TargetReached" },
            Scene.WrongName => p is { Mode: "testing", Reason: "CertificateNameMismatch" },
            Scene.Patient => p is { Mode: "testing", Reason: "Soaking", SoakUntil: not null },
            Scene.Uncovered => p.Reason == "MxNotCovered",
            Scene.Untrusted => p.Reason == "PolicyCertificateUntrusted",
            _ => p.Reason == "RecordNotOwned",
        }) && policies.Any(p => p is { Name: "team-b/also-healthy", Reason: "DomainClaimedByOther" });

    /// <summary>The certificate's end was noticed.</summary>
    public void ExpiryWasSeen(PolicyObject policy) => verdicts.Note(
        policy is { Stage: "testing", HealthySince: null },
        "expiring: the MX certificate expired while soaking; the soak clock is back at nothing",
        $"stage {policy.Stage}, healthySince {policy.HealthySince:O}");

    /// <summary>Each domain's end, as its status tells it.</summary>
    public void RollOut(IReadOnlyList<PolicyObject> policies, TimeSpan took)
    {
        PolicyObject? Of(string name) => policies.FirstOrDefault(p => p.Name == name);
        var healthy = Of("team-a/healthy");
        verdicts.Note(
            healthy is { Stage: "enforce", Mode: "enforce", Ready: "True" } && Stages(healthy) == "testing enforce-1d enforce-1w enforce",
            $"healthy: from nothing to enforce, stage by stage ({took.TotalSeconds:0} s for all domains)", Seen(healthy));
        var wrongName = Of("team-a/wrongname");
        verdicts.Note(
            wrongName is { Stage: "testing", Mode: "testing", Ready: "False" }
                && wrongName.Check("MxTls").Contains(("Broken", "CertificateNameMismatch", "mx2.wrongname.test")) is var named
                && (named || wrongName.Check("MxTls").Any(c => c.Reason == "CertificateNameMismatch" && c.Subject.StartsWith("mx2.wrongname.test", StringComparison.Ordinal))),
            "wrongname: holds at testing and names mx2.wrongname.test, CertificateNameMismatch", Seen(wrongName));
        var patient = Of("team-a/patient");
        verdicts.Note(
            patient is { Mode: "testing", Ready: "True", Reason: "Soaking" } && patient.SoakUntil - DateTimeOffset.UtcNow is { TotalDays: > 13.9 and < 14.1 },
            "patient: on the default stages; at testing, healthy, and soaking for 14 days", $"{Seen(patient)}; soakUntil {patient?.SoakUntil:O}");
        var uncovered = Of("team-a/uncovered");
        verdicts.Note(
            uncovered is { Mode: "", Reason: "MxNotCovered" } && uncovered.Message.Contains("backup.uncovered.test", StringComparison.Ordinal),
            "uncovered: nothing is published, and the status names backup.uncovered.test", Seen(uncovered));
        var untrusted = Of("team-a/untrusted");
        verdicts.Note(untrusted is { Mode: "", Reason: "PolicyCertificateUntrusted" }, "untrusted: the TXT record was never named", Seen(untrusted));
        var taken = Of("team-a/taken");
        verdicts.Note(
            taken is { Mode: "", Reason: "RecordNotOwned" } && taken.Condition("Stalled", "status") == "True",
            "taken: somebody else's record is in the way, and the condition says so", Seen(taken));
        var second = Of("team-b/also-healthy");
        verdicts.Note(
            second is { Mode: "", Reason: "DomainClaimedByOther" } && second.Condition("DomainClaimed", "status") == "False"
                && second.Message.Contains("team-a/healthy", StringComparison.Ordinal),
            "healthy, claimed again in team-b: the younger resource has no effect and is told of the older", Seen(second));
        var expiring = Of("team-a/expiring");
        var promoted = expiring?.History.FirstOrDefault(h => h.To == "enforce-1d").At;
        verdicts.Note(
            expiring is { Stage: "enforce", Ready: "True" } && RenewedAt != default && promoted >= RenewedAt + Scene.Soak,
            "expiring: promoted only after a whole new soak", $"{Seen(expiring)}; renewed {RenewedAt:HH:mm:ss}, promoted {promoted:HH:mm:ss}");
    }

    /// <summary>Under testing, mail comes through even where STARTTLS is stripped.</summary>
    public async Task TestingMailAsync(Scene scene, CancellationToken stop)
    {
        await using (await world.Mail.Attacker.StripStartTlsAsync(scene.HealthyMx, stop))
        {
            var outcome = await SendAsync(Scene.Healthy, stop);
            verdicts.Note(
                outcome is SendOutcome.Delivered { Tls: null }, "healthy, at testing: mail is delivered though STARTTLS is stripped on the way", $"{outcome}");
        }
    }

    /// <summary>Under enforce, it is deferred there, and delivered where nobody interferes.</summary>
    public async Task EnforcedMailAsync(Scene scene, CancellationToken stop)
    {
        await world.Mail.Sender.ForgetAsync(stop);
        await using (await world.Mail.Attacker.StripStartTlsAsync(scene.HealthyMx, stop))
        {
            var outcome = await SendAsync(Scene.Healthy, stop);
            verdicts.Note(outcome is SendOutcome.Deferred, "healthy, at enforce: the same mail is deferred when STARTTLS is stripped", $"{outcome}");
        }

        await world.Mail.Sender.DropQueueAsync(stop);
        var untouched = await SendAsync(Scene.Healthy, stop);
        verdicts.Note(untouched is SendOutcome.Delivered { Tls: "Verified" }, "healthy, at enforce: mail arrives over verified TLS", $"{untouched}");
    }

    /// <summary>What an independent sender and the DNS themselves say.</summary>
    public async Task PoliciesAsync(CancellationToken stop)
    {
        var seen = await world.Mail.Sender.QueryPolicyAsync(Scene.Healthy, stop);
        verdicts.Note(
            seen is { Result: "VALID", Mode: "enforce" } && seen.Mx.SequenceEqual(["mx.healthy.test"]),
            "healthy: mta-sts-query sees the enforced policy, with the older resource's MX", seen.Raw.Trim());
        var testing = await world.Mail.Sender.QueryPolicyAsync(Scene.WrongName, stop);
        verdicts.Note(testing is { Result: "VALID", Mode: "testing" }, "wrongname: mta-sts-query sees a testing policy", testing.Raw.Trim());

        await NoRecordAsync("_mta-sts." + Scene.Uncovered, "uncovered: no TXT record in the DNS", stop);
        await NoRecordAsync("mta-sts." + Scene.Uncovered, "uncovered: no policy host in the DNS", stop, "A");
        await NoRecordAsync("_mta-sts." + Scene.Untrusted, "untrusted: no TXT record in the DNS", stop);
        var foreign = await world.Mail.Dns.QueryAsync(world.Mail.Dns.PrimaryAddress, "_mta-sts." + Scene.Taken, "TXT", stop);
        verdicts.Note(
            foreign.Data.Count == 1 && foreign.Data[0].Trim('"') == Scene.ForeignRecord,
            "taken: somebody else's record is as it was", string.Join(" | ", foreign.Data));
    }

    /// <summary>rfc8461#8.1, from the servers' own logs: no id before its document was served.</summary>
    public async Task OrderAsync(CancellationToken stop)
    {
        var updates = await world.Mail.Dns.UpdatesAsync(stop);
        var requests = await world.Mail.Web.RequestsAsync(stop);
        var named = updates
            .Where(u => u.Key == world.Mail.Dns.Sha512Key.Name)
            .Select(u => (u.At, Match: AddedId().Match(u.Text)))
            .Where(u => u.Match.Success && u.Match.Groups["id"].Value != LaterLife.ForeignId)
            .Select(u => (u.At, Domain: u.Match.Groups["domain"].Value, Id: u.Match.Groups["id"].Value))
            .ToList();
        var early = new List<string>();
        foreach (var (at, domain, id) in named)
        {
            var tag = documents.TagOf(id);
            var served = tag is not null && requests.Any(r => r.Host == "mta-sts." + domain && r.Status == 200 && r.Tag == tag && r.At <= at);
            if (!served)
            {
                early.Add($"{domain} {id}");
            }
        }

        verdicts.Note(
            named.Count >= 8 && early.Count == 0,
            $"order: {named.Count} ids in BIND's log, each after nginx had served the very document that it names", $"{named.Count} ids; early: {string.Join(", ", early)}");
        var operators = updates.Where(u => u.Key == world.Mail.Dns.Sha512Key.Name && u.Text.Contains(Scene.Taken, StringComparison.Ordinal)).ToList();
        verdicts.Note(operators.Count == 0, "taken: BIND's log has no update of the operator there", string.Join(" | ", operators.Select(u => u.Text)));
    }

    /// <summary>Each transition has its event.</summary>
    public async Task EventsAsync(CancellationToken stop)
    {
        _ = stop;
        var described = await world.Bed.ControlPlane.KubectlAsync("describe", "mtasts", "-n", "team-a", "healthy");
        string[] moves = ["from nothing to testing", "from testing to enforce-1d", "from enforce-1d to enforce-1w", "from enforce-1w to enforce"];
        var missing = moves.Where(move => !described.Contains(move, StringComparison.Ordinal)).ToList();
        verdicts.Note(missing.Count == 0, "healthy: kubectl describe shows an event for each transition", $"missing: {string.Join(", ", missing)}");
    }

    /// <summary>The operator runs under the chart's own roles: each right was needed.</summary>
    public async Task RightsAsync(CancellationToken stop)
    {
        var plane = world.Bed.ControlPlane;
        var roles = JsonNode.Parse(await plane.KubectlAsync(
            "get", "roles,clusterroles", "-A", "-o", "json", "-l", $"app.kubernetes.io/instance={OperatorWorld.OperatorDeployment}"))!.AsObject();

        // The end-to-end tests have providers that need these, and domains that come back while they are taken down; API servers from 1.21 on have the last one's kind.
        (string Verb, string Resource)[] elsewhere =
        [
            ("get", "dnsendpoints.externaldns.k8s.io"), ("create", "dnsendpoints.externaldns.k8s.io"), ("patch", "dnsendpoints.externaldns.k8s.io"),
            ("delete", "dnsendpoints.externaldns.k8s.io"), ("update", "dnsproviders.mta-sts.dev/status"), ("patch", "mtastsretirements.mta-sts.dev"),
            ("create", "poddisruptionbudgets.policy"),
        ];
        var given = UnusedRights.Given(roles).Where(r => !elsewhere.Contains((r.Verb, r.Resource))).ToList();

        // What was watched is in the log when the watch has ended.
        world.KillOperator();
        var began = Stopwatch.GetTimestamp();
        IReadOnlyList<Right> unused;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
            unused = UnusedRights.Of(given, [.. plane.Audit.ReadAll().Where(e => e.User.StartsWith("system:serviceaccount:" + OperatorWorld.SystemNamespace, StringComparison.Ordinal))]);
        }
        while (unused.Count > 0 && Stopwatch.GetElapsedTime(began) < Deadlines.Start);

        verdicts.Note(
            given.Count > 20 && unused.Count == 0,
            $"rights: the operator has made use of each of the {given.Count} that the chart gives it for what is shown here",
            $"not used: {string.Join(", ", unused)}");
    }

    /// <summary>A minute in which nothing is to do: no write to the API server but the lease, no update in the DNS.</summary>
    public async Task SteadyStateAsync(TimeSpan time, CancellationToken stop)
    {
        // The domain that moved is settled when senders have forgotten what it served before: that goes from its ledger then, in one write.
        var moved = (await PolicyObject.ListAsync(world.Bed.ControlPlane.Client, null, stop)).Single(p => p.Domain == LaterLife.Moving);

        // Events are written in the background, and their counts up to ten seconds later; the last ones of the rollout belong to it.
        var latest = RolledOutAt + TimeSpan.FromSeconds(12);
        AuditEvent? forgotten = null;
        List<(DateTimeOffset At, string What)> writes;
        DateTimeOffset since;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
            var events = world.Bed.ControlPlane.Audit.Read().Where(e => e.At > RolledOutAt && IsOfTheOperator(e) && !IsLease(e)).ToList();
            forgotten = events.Find(e => e.At >= moved.CachedUntil && $"{e.Namespace}/{e.Name}" == moved.Name && e.Resource.EndsWith("/status", StringComparison.Ordinal));
            writes =
            [
                .. events.Where(e => e != forgotten).Select(e => (e.At, $"{e.Verb} {e.Resource} {e.Namespace}/{e.Name}")),
                .. (await world.Mail.Dns.UpdatesAsync(stop)).Where(u => u.At > RolledOutAt).Select(u => (u.At, u.Text)),
            ];
            since = writes.Select(w => w.At).Append(RolledOutAt).Max();
        }
        while (since <= latest && DateTimeOffset.UtcNow - since < time);

        var late = string.Join(" | ", writes.Where(w => w.At > latest).Select(w => w.What));
        var leases = world.Bed.ControlPlane.Audit.Read().Count(e => e.At > since && IsOfTheOperator(e) && IsLease(e));
        verdicts.Note(
            since <= latest && leases > 0,
            $"steady state: no DNS update and no write to the API server in {time.TotalSeconds:0} s but {leases} renewals of the lease"
                + (forgotten is null ? "" : $", and one when senders had forgotten what {LaterLife.Moving} served before"),
            late);

        static bool IsOfTheOperator(AuditEvent e) => e.User.StartsWith("system:serviceaccount:", StringComparison.Ordinal);

        static bool IsLease(AuditEvent e) => e.Resource.StartsWith("leases.", StringComparison.Ordinal);
    }

    private async Task<SendOutcome> SendAsync(string domain, CancellationToken stop)
    {
        var id = await world.Mail.Sender.SendAsync(From, "bob@" + domain, stop);
        return await world.Mail.Sender.OutcomeAsync(id, Deadlines.Start, stop);
    }

    private async Task NoRecordAsync(string name, string what, CancellationToken stop, string type = "TXT")
    {
        var answer = await world.Mail.Dns.QueryAsync(world.Mail.Dns.PrimaryAddress, name, type, stop);
        verdicts.Note(answer.Data.Count == 0, what, string.Join(" | ", answer.Data));
    }

    private static string Stages(PolicyObject policy) => string.Join(' ', policy.History.Select(h => h.To));

    private static string Seen(PolicyObject? policy) => policy is null
        ? "no such resource"
        : $"mode \"{policy.Mode}\", stage \"{policy.Stage}\", Ready={policy.Ready} {policy.Reason}: {policy.Message}; history {Stages(policy)}";

    /// <summary>BIND's words for a record that names an id.</summary>
    [GeneratedRegex("""adding an RR at '_mta-sts\.(?<domain>[^']+)' TXT "?v=STSv1; id=(?<id>[A-Za-z0-9]+)""")]
    internal static partial Regex AddedId();
}
