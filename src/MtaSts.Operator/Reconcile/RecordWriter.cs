using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Reconcile;

/// <summary>Writes a domain's records through its provider, and takes them away.</summary>
/// <param name="providers">Opens the adapter.</param>
/// <param name="publisher">Plans and applies.</param>
/// <param name="book">Takes down what was seen of the provider.</param>
/// <param name="metrics">Where what came of it is counted.</param>
public sealed class RecordWriter(Providers providers, RecordPublisher publisher, ProviderBook book, OperatorMetrics metrics)
{
    /// <summary>Writes the records given. No records, no call.</summary>
    /// <returns>What could not be done; and whether anything was written.</returns>
    public async Task<(ImmutableArray<ApplyProblem> Problems, bool AnyWritten)> ApplyAsync(
        ProviderSettings settings, IReadOnlyList<OwnedRecord> records, string owner, Adoption adoption, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return ([], false);
        }

        if (settings.IdentityOf(owner) is not { } identity)
        {
            return ([.. records.Select(ByHand)], false);
        }

        var (provider, fault) = await providers.OpenAsync(settings, cancellationToken);
        if (fault is not null)
        {
            metrics.Published(settings.Name, fault.Reason);
        }

        // Who is turned away at the gate is not counted: whoever has shut it was.
        fault ??= provider!.Gate.Enter();
        if (fault is not null)
        {
            return ([Problem(string.Join(", ", records.Select(r => r.Key)), fault)], false);
        }

        PublishReport? report = null;
        try
        {
            report = await publisher.PublishAsync(provider!.Adapter, records, identity, adoption, cancellationToken);
        }
        finally
        {
            provider!.Gate.Leave(report);
        }

        book.Note(settings.Name, report);
        metrics.Published(settings.Name, report.Outcomes.Values.Select(ReasonOf).FirstOrDefault(r => r != Reason.AsExpected));

        return ([.. report.Outcomes.Select(o => Problem(o.Key, o.Value)).OfType<ApplyProblem>()], report.AnyWritten);
    }

    private static ApplyProblem ByHand(OwnedRecord record)
    {
        var key = record.Key;
        ImmutableArray<string> lines = [.. ZoneFile.Lines(record.Desired)];
        var message = !lines.IsEmpty ? $"create it, in place of any older one: {string.Join(", ", lines)}"
            : record.Scope == RecordScope.WholeSet ? "remove it"
            : "remove it; others at that name stay";
        return new ApplyProblem(Reason.RecordsByHand, key.ToString(), message, NeedsSomebody: true)
        {
            ByHand = lines.IsEmpty ? [ZoneFile.Removal(key)] : lines,
        };
    }

    private static Reason ReasonOf(PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Refused refused => refused.Reason,
        PublishOutcome.Failed failed => failed.Fault.Reason,
        _ => Reason.AsExpected,
    };

    private static ApplyProblem? Problem(RecordKey key, PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Refused refused => new ApplyProblem(refused.Reason, key.ToString(), refused.Message, NeedsSomebody: true),
        PublishOutcome.Failed failed => Problem(key.ToString(), failed.Fault),
        _ => null,
    };

    private static ApplyProblem Problem(string subject, ProviderFault fault) =>
        new(fault.Reason, subject, fault.Message, NeedsSomebody: !fault.Transient) { RetryAfter = fault.IsTurn ? fault.RetryAfter : null };
}
