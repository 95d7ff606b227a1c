using System.Net;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>Answers a readiness probe as the test says: 200 or 503.</summary>
internal sealed class ScriptedHealth : IDisposable
{
    private readonly HttpListener _listener = new();
    private volatile bool _healthy;

    public ScriptedHealth()
    {
        Port = FreePorts.Next(IPAddress.Loopback);
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    public bool Healthy
    {
        get => _healthy;
        set => _healthy = value;
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                context.Response.StatusCode = _healthy ? 200 : 503;
                context.Response.Close();
            }
        }
        catch (Exception) when (!_listener.IsListening)
        {
            // Closed.
        }
    }
}
