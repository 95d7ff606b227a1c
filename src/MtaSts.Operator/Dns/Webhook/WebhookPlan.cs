using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>The endpoints that one change of a set creates, replaces and deletes. What we do not know of an endpoint stays with it.</summary>
/// <param name="Change">The change.</param>
/// <param name="Creates">New endpoints.</param>
/// <param name="Updates">Pairs of an endpoint as it is and as it shall be.</param>
/// <param name="Deletes">Endpoints that go.</param>
//
//   the set is               | values that go                      | values that come
//   -------------------------+-------------------------------------+-----------------------------------------------
//   not there                | -                                   | one endpoint with all of them
//   one endpoint             | leave it; left empty, it is deleted | join it
//   several (of one target   | leave theirs; one that is left      | take the place of one that is left empty, else
//   each, as a rule)         | empty is deleted                    | get an endpoint each
//
// An endpoint that shares its name and type with others by a set identifier is chosen by a policy of the provider: such a set is not ours.
internal sealed record WebhookPlan(
    RecordChange Change,
    ImmutableArray<WebhookEndpoint> Creates,
    ImmutableArray<(WebhookEndpoint Old, WebhookEndpoint New)> Updates,
    ImmutableArray<WebhookEndpoint> Deletes)
{
    private const long TtlSecondsMax = int.MaxValue; // rfc2181#8

    /// <summary>The TTL that the webhook makes of ours.</summary>
    public long GivenTtl { get; private init; } = Change.TtlSeconds;

    /// <summary>The endpoints that shall be: what the webhook may adjust.</summary>
    public IEnumerable<WebhookEndpoint> Wanted => Updates.Select(u => u.New).Concat(Creates);

    /// <summary>Plans a change; the fault names the value that cannot be written.</summary>
    public static Outcome<WebhookPlan> Make(RecordChange change, ImmutableArray<WebhookEndpoint> now, WebhookTxtForm form)
    {
        var type = change.Key.Type;
        if (!change.Add.IsEmpty && change.TtlSeconds is < 0 or > TtlSecondsMax)
            return Refused(change, $"a TTL of {change.TtlSeconds} is not between 0 and {TtlSecondsMax}");
        if (now.Any(e => !string.IsNullOrEmpty(e.SetIdentifier)))
            return Refused(change, "the set has a routing policy of the provider (a set identifier); it is not touched");

        var coming = new Queue<string>();
        foreach (var value in change.Add.Except(now.SelectMany(e => Values(type, e))))
        {
            if (!WebhookTarget.TryEncode(type, value, form, out var target, out var problem))
                return Refused(change, problem);
            coming.Enqueue(target);
        }

        var updates = ImmutableArray.CreateBuilder<(WebhookEndpoint, WebhookEndpoint)>();
        var deletes = ImmutableArray.CreateBuilder<WebhookEndpoint>();
        foreach (var old in now)
        {
            List<string> targets = [.. (old.Targets ?? []).Where(t => !change.Remove.Contains(WebhookTarget.Decode(type, t)!))];
            while (coming.Count > 0 && (now.Length == 1 || targets.Count == 0))
                targets.Add(coming.Dequeue());
            var isOurs = now.Length == 1 ? !change.Add.IsEmpty : targets.Any(t => change.Add.Contains(WebhookTarget.Decode(type, t)!));
            var ttl = isOurs ? change.TtlSeconds : old.RecordTtl;
            if (targets.Count == 0)
                deletes.Add(old);
            else if (ttl != old.RecordTtl || !targets.SequenceEqual(old.Targets ?? [], StringComparer.Ordinal))
                updates.Add((old, old with { Targets = targets, RecordTtl = ttl }));
        }

        ImmutableArray<WebhookEndpoint> creates = coming.Count == 0 ? []
            : now.IsEmpty ? [New(change, [.. coming])]
            : [.. coming.Select(t => New(change, [t]))];
        return new(new WebhookPlan(change, creates, updates.ToImmutable(), deletes.ToImmutable()), null);
    }

    /// <summary>The plan with what the webhook made of the wanted endpoints; the fault says where it would write something else.</summary>
    public Outcome<WebhookPlan> Adjusted(IReadOnlyList<WebhookEndpoint?> adjusted)
    {
        var updates = Updates.Select(u => (u.Old, New: Find(adjusted, u.New))).ToImmutableArray();
        var creates = Creates.Select(c => Find(adjusted, c)).ToImmutableArray();
        if (updates.Any(u => u.New is null) || creates.Contains(null))
            return Refused(Change, "the webhook would write something else than this, or nothing");
        return new(
            this with
            {
                // A TTL that is brought back to what it is needs no write.
                Updates = [.. updates.Where(u => u.New!.RecordTtl != u.Old.RecordTtl || !u.New.Targets!.SequenceEqual(u.Old.Targets ?? [])).Select(u => (u.Old, u.New!))],
                Creates = creates!,
                GivenTtl = updates.Select(u => u.New).Concat(creates).FirstOrDefault()?.RecordTtl ?? Change.TtlSeconds,
            },
            null);
    }

    /// <summary>The body of the write; null when there is nothing to write.</summary>
    public WebhookChanges? ToChanges() => Creates.Length + Updates.Length + Deletes.Length == 0
        ? null
        : new WebhookChanges
        {
            Create = Creates.IsEmpty ? null : Creates,
            UpdateOld = Updates.IsEmpty ? null : [.. Updates.Select(u => u.Old)],
            UpdateNew = Updates.IsEmpty ? null : [.. Updates.Select(u => u.New)],
            Delete = Deletes.IsEmpty ? null : Deletes,
        };

    /// <summary>The values of an endpoint; null for a target that is not of the type.</summary>
    public static IEnumerable<string> Values(RecordType type, WebhookEndpoint endpoint) =>
        (endpoint.Targets ?? []).Select(t => WebhookTarget.Decode(type, t)!);

    private static WebhookEndpoint New(RecordChange change, string[] targets) => new()
    {
        DnsName = DnsName.Parse(change.Key.Name).ToString(),
        RecordType = PresentationForm.Name(change.Key.Type),
        RecordTtl = change.TtlSeconds,
        Targets = targets,
    };

    private static Outcome<WebhookPlan> Refused(RecordChange change, string problem) =>
        new(null, new ProviderFault(Reason.ProviderRefused, $"{change.Key}: {problem}", Transient: false));

    private WebhookEndpoint? Find(IReadOnlyList<WebhookEndpoint?> adjusted, WebhookEndpoint wanted) => adjusted.FirstOrDefault(a =>
        a is not null && string.IsNullOrEmpty(a.SetIdentifier)
        && string.Equals(a.RecordType, wanted.RecordType, StringComparison.OrdinalIgnoreCase)
        && DnsName.TryParse(a.DnsName ?? "", out var name) && name.Equals(DnsName.Parse(wanted.DnsName!))
        && Values(Change.Key.Type, a).ToHashSet().SetEquals(Values(Change.Key.Type, wanted)));
}
