namespace MtaSts.TestBed.Players;

/// <summary>The HTTP client of readiness probes.</summary>
internal static class PodHttp
{
    /// <summary>A client that follows no redirects, uses no proxy, keeps no connections and takes any certificate, as a kubelet does.</summary>
#pragma warning disable CA5359 // a readiness probe asks whether the pod answers, not who it is
    public static HttpClient Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });
#pragma warning restore CA5359
}
