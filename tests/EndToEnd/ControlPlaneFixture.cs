using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>One bed with a control plane for all the tests that share it; null where the machine cannot run one.</summary>
public sealed class ControlPlaneFixture : IAsyncLifetime
{
    private Bed? _bed;

    /// <summary>The bed; skips the test where there is none.</summary>
    public Bed Bed
    {
        get
        {
            if (ControlPlane.MissingReason() is { } reason) Assert.Skip(reason);
            return _bed!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (ControlPlane.MissingReason() is not null) return;
        var options = new BedOptions { Users = [new ControlPlaneUser("visitor", "guests")] };
        _bed = await Bed.StartAsync(options, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_bed is not null) await _bed.DisposeAsync();
    }
}

/// <summary>Tests of this collection share one control plane and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class ControlPlaneCollection : ICollectionFixture<ControlPlaneFixture>
{
    public const string Name = "control plane";
}
