using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Telemetry;

/// <summary>The server's counters. No label depends on what a client sends, so that nobody can blow them up.</summary>
internal sealed class ServerMetrics
{
    /// <summary>The status codes that the server answers with. The web server's own refusals (400, 408, 414, 431) come before it.</summary>
    public static readonly int[] Statuses = [200, 404, 405, 413, 503];

    private readonly long[] _requests = new long[Statuses.Length];
    private long _connections;
    private long _loads;
    private long _loadFailures;
    private long _certificates = -1;
    private long _certificateFailures;
    private LoadFigures? _last;

    public void Answered(int status) => Interlocked.Increment(ref _requests[Array.IndexOf(Statuses, status)]);

    public void ConnectionOpened() => Interlocked.Increment(ref _connections);

    public void ConnectionClosed() => Interlocked.Decrement(ref _connections);

    public void Loaded(FolderRead.Loaded load, DateTimeOffset at, TimeSpan took)
    {
        Interlocked.Increment(ref _loads);
        int[] skipped = new int[Enum.GetValues<SkipReason>().Length];
        foreach (SkippedFile file in load.Skipped)
            skipped[(int)file.Reason]++;
        Volatile.Write(ref _last, new(load.Table.Count, load.Table.Bytes, skipped, at, took));
    }

    public void LoadFailed() => Interlocked.Increment(ref _loadFailures);

    public void CertificatesFound(int domains) => Interlocked.Exchange(ref _certificates, domains);

    public void CertificateFailed() => Interlocked.Increment(ref _certificateFailures);

    /// <summary>Domains with a certificate; -1 where no certificates are read.</summary>
    public long Certificates => Interlocked.Read(ref _certificates);

    public long CertificateFailures => Interlocked.Read(ref _certificateFailures);

    public long Requests(int status) => Interlocked.Read(ref _requests[Array.IndexOf(Statuses, status)]);

    public long Connections => Interlocked.Read(ref _connections);

    public long Loads => Interlocked.Read(ref _loads);

    public long LoadFailures => Interlocked.Read(ref _loadFailures);

    /// <summary>Null until the first load.</summary>
    public LoadFigures? Last => Volatile.Read(ref _last);

    /// <summary>The last good load. <c>Skipped</c> counts files, at the index of their <see cref="SkipReason"/>.</summary>
    public sealed record LoadFigures(int Policies, int Bytes, int[] Skipped, DateTimeOffset At, TimeSpan Took);
}
