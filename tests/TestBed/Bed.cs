namespace MtaSts.TestBed;

/// <summary>How to start a bed.</summary>
public sealed record BedOptions
{
    /// <summary>The bed's number, 0 to 63; the lowest free one when null.</summary>
    public int? Number { get; init; }

    /// <summary>Users that the API server knows besides the administrator.</summary>
    public IReadOnlyList<ControlPlaneUser> Users { get; init; } = [];

    /// <summary>Leave data and logs in the folder when disposed.</summary>
    public bool Keep { get; init; }
}

/// <summary>
/// One world for a test or a demo: a number, a folder, a control plane, and the parts that are added to it. Whatever an earlier bed of the
/// same number left behind is removed at the start; whatever this one started goes when it is disposed, in reverse order.
/// </summary>
public sealed class Bed : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly BedOptions _options;

    private Bed(BedId id, BedOptions options, ControlPlane controlPlane)
    {
        Id = id;
        _options = options;
        ControlPlane = controlPlane;
        _parts.Push(controlPlane);
    }

    /// <summary>The number, with the names and addresses that follow from it.</summary>
    public BedId Id { get; }

    /// <summary>The bed's folder.</summary>
    public string Folder => Id.Folder;

    /// <summary>etcd and kube-apiserver.</summary>
    public ControlPlane ControlPlane { get; }

    /// <summary>Starts a bed with its control plane.</summary>
    /// <exception cref="InvalidOperationException">The number is in use, or something is not installed.</exception>
    public static async Task<Bed> StartAsync(BedOptions options, CancellationToken cancellationToken)
    {
        var id = options.Number is { } number
            ? BedId.TryTake(number) ?? throw new InvalidOperationException($"test bed {number} is in use")
            : BedId.TakeAny();
        try
        {
            await BedLeftovers.RemoveAsync(id, cancellationToken);
            var controlPlane = await ControlPlane.StartAsync(
                Path.Combine(id.Folder, "control-plane"),
                new ControlPlaneOptions { Users = options.Users, StateFolder = id.Folder, Keep = options.Keep },
                cancellationToken);
            return new Bed(id, options, controlPlane);
        }
        catch
        {
            id.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts a further part (the mail network, a player) in a folder of its own and makes the bed its owner: it is disposed with the
    /// bed, before the parts that were added earlier.
    /// </summary>
    /// <param name="name">Name of the part's folder inside the bed's folder.</param>
    /// <param name="start">Starts the part; given this bed, the part's folder (which exists) and the token.</param>
    /// <param name="cancellationToken">Passed on.</param>
    public async Task<T> AddAsync<T>(
        string name, Func<Bed, string, CancellationToken, Task<T>> start, CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        var part = await start(this, folder, cancellationToken);
        _parts.Push(part);
        return part;
    }

    /// <summary>Stops every part, also when one of them fails to stop, and removes the folder unless it is to be kept.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Exception> failures = [];
        while (_parts.TryPop(out var part))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        if (!_options.Keep && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        Id.Dispose();
        if (failures.Count > 0) throw new AggregateException("the bed did not stop in good order", failures);
    }
}
