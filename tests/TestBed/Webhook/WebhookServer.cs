using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MtaSts.TestBed.Webhook;

/// <summary>
/// A webhook of external-dns' protocol, version 1, with its records in memory, on loopback. It is strict: a wrong media type, a write of what
/// is not there and a pair that does not match are refused.
/// </summary>
public sealed class WebhookServer : IAsyncDisposable
{
    public const string MediaType = "application/external.dns.webhook+json;version=1";

    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private readonly WebApplication _app;
    private readonly WebhookStyle _style;
    private readonly WebhookZone _zone;
    private readonly CancellationTokenSource _stopping = new();

    private WebhookServer(WebApplication app, WebhookStyle style)
    {
        (_app, _style, _zone) = (app, style, new WebhookZone(style));
        app.Run(HandleAsync);
    }

    /// <summary>The address, with a final slash.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>The body of <c>GET /</c>.</summary>
    public string DomainFilter { get; set; } = "{}";

    /// <summary>Decides of each call ("GET /records") what goes wrong; null: nothing.</summary>
    public Func<string, WebhookFault?> OnCall { get; set; } = _ => null;

    /// <summary>Runs before the records are read or written for a call.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Runs after a write, before its answer, with the sets (name and type) that it named.</summary>
    public Func<IReadOnlyCollection<(string Name, string Type)>, Task> Written { get; set; } = _ => Task.CompletedTask;

    /// <summary>The calls so far ("GET /records"), in their order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>The bodies of the writes so far.</summary>
    public List<JsonObject> Writes { get; } = [];

    /// <summary>A number that changes with every write.</summary>
    public int Revision
    {
        get
        {
            lock (_gate)
                return _zone.Revision;
        }
    }

    public static async Task<WebhookServer> StartAsync(WebhookStyle? style = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new WebhookServer(builder.Build(), style ?? new WebhookStyle());
        await server._app.StartAsync();
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Address = new Uri(address + "/");
        return server;
    }

    /// <summary>Adds a record in zone-file form: "name ttl type data".</summary>
    public void Seed(string record)
    {
        lock (_gate)
            _zone.Seed(record);
    }

    /// <summary>Removes a set.</summary>
    public void Remove(string name, string type)
    {
        lock (_gate)
            _zone.Remove(name, type);
    }

    /// <summary>The records of a set as "ttl data", sorted; a wildcard stands in for a name that is not there.</summary>
    public string[] Look(string name, string type)
    {
        lock (_gate)
            return _zone.Look(name, type);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static bool IsExact(HttpRequest request, string header) => request.Headers[header] is [MediaType];

    private async Task HandleAsync(HttpContext context)
    {
        var call = $"{context.Request.Method} {context.Request.Path}";
        lock (_gate)
            _calls.Add(call);
        var body = await JsonBodyAsync(context);
        var fault = OnCall(call);
        Before(call);
        if (!IsExact(context.Request, "Accept") && call != "POST /records")
            await SayAsync(context, 406, "Accept");
        else if (context.Request.Method == "POST" && !IsExact(context.Request, "Content-Type"))
            await SayAsync(context, 415, "Content-Type");
        else if (fault is { } wrong && await IsOverAsync(context, wrong))
            return;
        else
            await AnswerAsync(context, call, body, fault);
    }

    private async Task AnswerAsync(HttpContext context, string call, JsonNode? body, WebhookFault? fault)
    {
        switch (call)
        {
            case "GET /":
                await JsonAsync(context, DomainFilter, fault);
                break;
            case "GET /records":
                string records;
                lock (_gate)
                    records = _zone.Endpoints().ToJsonString();
                await JsonAsync(context, records, fault);
                break;
            case "POST /adjustendpoints":
                foreach (var endpoint in body!.AsArray())
                {
                    if (fault == WebhookFault.OtherTargets)
                        endpoint!["targets"] = new JsonArray("192.0.2.66");
                    if ((long?)endpoint!["recordTTL"] is { } ttl && ttl < _style.TtlMin)
                        endpoint["recordTTL"] = _style.TtlMin;
                }

                await JsonAsync(context, body.ToJsonString(), fault);
                break;
            case "POST /records":
                await WriteAsync(context, body!.AsObject(), fault);
                break;
            default:
                await SayAsync(context, 404, "no such route");
                break;
        }
    }

    private async Task WriteAsync(HttpContext context, JsonObject changes, WebhookFault? fault)
    {
        string? problem = null;
        lock (_gate)
        {
            Writes.Add(changes);
            try
            {
                _zone.Apply(changes, half: fault == WebhookFault.HalfDone);
            }
            catch (FormatException e)
            {
                problem = e.Message;
            }
        }

        await Written([.. changes.Where(c => c.Value is JsonArray).SelectMany(c => c.Value!.AsArray()).Select(e => ((string)e!["dnsName"]!, (string)e["recordType"]!)).Distinct()]);
        if (problem is not null)
            await SayAsync(context, 400, problem);
        else if (fault is WebhookFault.HalfDone or WebhookFault.DoneThenServerError)
            await SayAsync(context, 500, "in the middle");
        else
            context.Response.StatusCode = fault == WebhookFault.DoneWithOk ? 200 : 204;
    }

    // True when the fault was the whole answer.
    private async Task<bool> IsOverAsync(HttpContext context, WebhookFault fault)
    {
        switch (fault)
        {
            case WebhookFault.ServerError:
                await SayAsync(context, 500, "out of order");
                return true;
            case WebhookFault.BadRequest:
                await SayAsync(context, 400, "not like this");
                return true;
            case WebhookFault.Forbidden:
                await SayAsync(context, 403, "not you");
                return true;
            case WebhookFault.TooManyRequests:
                context.Response.Headers.RetryAfter = "7";
                await SayAsync(context, 429, "slowly");
                return true;
            case WebhookFault.Redirect:
                context.Response.Headers.Location = "/elsewhere";
                await SayAsync(context, 302, "");
                return true;
            case WebhookFault.NotJson:
                await JsonAsync(context, "<html>", null);
                return true;
            case WebhookFault.Null:
                await JsonAsync(context, "null", null);
                return true;
            case WebhookFault.Hang or WebhookFault.EndlessBody:
                using (var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token))
                    await GoOnAsync(context, fault, until.Token);
                return true;
            default:
                return false;
        }
    }

    private static async Task GoOnAsync(HttpContext context, WebhookFault fault, CancellationToken until)
    {
        try
        {
            if (fault == WebhookFault.Hang)
                await Task.Delay(Timeout.Infinite, until);
            context.Response.ContentType = MediaType;
            var blanks = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            while (true)
                await context.Response.Body.WriteAsync(blanks, until);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static async Task<JsonNode?> JsonBodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task JsonAsync(HttpContext context, string json, WebhookFault? fault)
    {
        context.Response.Headers.ContentType = fault == WebhookFault.WrongMediaType ? MediaType.Replace('1', '2') : MediaType;
        context.Response.Headers.Vary = "Content-Type";
        await context.Response.WriteAsync(json);
    }

    private static async Task SayAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        await context.Response.WriteAsync(text);
    }
}
