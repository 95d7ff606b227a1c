namespace MtaSts.EndToEnd;

/// <summary>
/// A domain on its way up while something goes wrong with the API server, beside one that is enforced; and what must hold of both whatever goes wrong: the promises
/// of order, of one writer, of the same end, and that what is enforced is served.
/// </summary>
internal sealed class OperatorTrial : IAsyncDisposable
{
    /// <summary>The policy that came to enforce undisturbed before the first trial, and stays there.</summary>
    public const string Kept = "kept";

    /// <summary>Its domain.</summary>
    public const string KeptDomain = Kept + ".test";

    private static readonly string[] RecordNames = ["_mta-sts.", "_smtp._tls.", "_mtasts-owner._mta-sts.", "_mtasts-owner._smtp._tls.", "_mtasts-owner.mta-sts."];

    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private readonly OperatorScene _scene;
    private readonly OperatorOrderWatch _order;
    private readonly OperatorPresenceWatch _presence;

    private OperatorTrial(OperatorScene scene, string name)
    {
        (_scene, Name) = (scene, name);
        _order = OperatorOrderWatch.Start(scene, Domain);
        _presence = OperatorPresenceWatch.Start(scene, KeptDomain);
    }

    /// <summary>The policy that is on its way up.</summary>
    public string Name { get; }

    /// <summary>Its domain.</summary>
    public string Domain => Name + ".test";

    /// <summary>Starts one; returns when the domain is in its first stage.</summary>
    public static async Task<OperatorTrial> StartAsync(OperatorScene scene, string name)
    {
        await scene.UntilStageAsync(Kept, "enforce");
        await scene.AddDomainAsync(name + ".test");
        var trial = new OperatorTrial(scene, name);
        await scene.ApplyAsync(OperatorScene.Policy(name, trial.Domain));
        await scene.UntilAsync(name, p => p is { Stage: "testing", Mode: "testing" }, $"the rollout of {name} is under way");
        return trial;
    }

    /// <summary>Takes the enforced domain's TLSRPT record away by hand: whoever writes records puts it back.</summary>
    public Task DriftAsync() => _scene.Mail.Dns.UpdateAsync(KeptDomain, [$"delete _smtp._tls.{KeptDomain}. TXT"], null, TestContext.Current.CancellationToken);

    /// <summary>Waits until that record is there again.</summary>
    public Task UntilMendedAsync() =>
        Eventually.HoldsAsync(async () => (await _scene.RecordsAsync("_smtp._tls." + KeptDomain)).Count > 0, "the record that was taken away is back");

    /// <summary>The records that were added to the enforced domain from one moment to another.</summary>
    public async Task<IReadOnlyList<string>> AddedAsync(DateTimeOffset from, DateTimeOffset to) =>
    [
        .. (await _scene.UpdatesAsync(KeptDomain)).Where(u => u.At > from && u.At < to && u.Text.StartsWith("adding", StringComparison.Ordinal))
            .Select(u => $"{u.At:HH:mm:ss.fff} {u.Text}"),
    ];

    /// <summary>Waits for the end of the rollout and fails unless all promises were kept.</summary>
    /// <param name="grace">How long a replica may go on whose lease was taken from it by force.</param>
    public async Task EndAsync(TimeSpan grace = default)
    {
        var reached = await _scene.UntilStageAsync(Name, "enforce");
        var kept = (await _scene.PolicyAsync(Kept))!;
        Assert.Equal(kept.Moves, reached.Moves);
        Assert.Equal((kept.Id, kept.Mode), (reached.Id, reached.Mode));
        await _order.RequireIdsAsync([.. kept.Ledger.Select(entry => entry.Id)]);
        _presence.RequireNoGap();
        foreach (var name in RecordNames)
        {
            var expected = (await _scene.RecordsAsync(name + KeptDomain)).Select(text => text.Replace($"team-a/{Kept}", $"team-a/{Name}", StringComparison.Ordinal));
            Assert.Equal(expected, await _scene.RecordsAsync(name + Domain));
        }

        Assert.Empty(OperatorReplicas.OutOfTurn(_scene, _began, grace));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _order.DisposeAsync();
        await _presence.DisposeAsync();
    }
}
