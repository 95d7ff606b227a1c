using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MtaSts.TestBed.Cloudflare;

/// <summary>
/// A server that speaks Cloudflare's v4 API for zones and DNS records on a free port of 127.0.0.1, with its rules, error codes and
/// limit. It has no name server: what a record set holds is asked of the object itself.
/// </summary>
public sealed class CloudflareServer : IAsyncDisposable
{
    /// <summary>Cloudflare's limit of requests in five minutes.</summary>
    public const int RequestsMax = 1200;

    private const int ZonesPerPageMax = 50;
    private const int RecordsPerPageMax = 5_000_000;

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly int _requestsMax;
    private readonly Lock _gate = new();
    private readonly ZoneStore _store = new();
    private readonly Dictionary<string, CloudflareTokenRights> _tokens = [];
    private readonly Dictionary<string, RequestLimit> _limits = [];
    private readonly List<PendingFault> _faults = [];
    private readonly List<string> _requests = [];
    private (string Method, Action Action)? _before;

    private CloudflareServer(WebApplication app, TimeProvider time, int requestsMax) => (_app, _time, _requestsMax) = (app, time, requestsMax);

    /// <summary>The API's root, with a final slash.</summary>
    public Uri BaseAddress => new(_app.Urls.First() + "/client/v4/");

    /// <summary>Runs after a change, before its answer, with the sets (name and type) that changed: for whoever puts into the DNS what is here.</summary>
    public Func<IReadOnlyCollection<(string Name, string Type)>, Task> Written { get; set; } = _ => Task.CompletedTask;

    /// <summary>Grows with every change of a record.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _store.Revision;
        }
    }

    /// <summary>Each request as "METHOD path?query", in their order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>Starts a server.</summary>
    /// <param name="time">The clock of the limit; null: the machine's.</param>
    /// <param name="requestsMax">The limit of each token in five minutes.</param>
    public static async Task<CloudflareServer> StartAsync(TimeProvider? time = null, int requestsMax = RequestsMax)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new CloudflareServer(app, time ?? TimeProvider.System, requestsMax);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Adds a zone.</summary>
    public CloudflareZone AddZone(string name, string status = "active")
    {
        var zone = new CloudflareZone(ZoneStore.NewId(), name, status);
        lock (_gate)
            _store.Zones.Add(zone);
        return zone;
    }

    /// <summary>Makes a token valid, or changes its rights.</summary>
    public void AddToken(CloudflareTokenRights rights)
    {
        lock (_gate)
            _tokens[rights.Value] = rights;
    }

    /// <summary>Adds a record past the API, as another writer would, by the same rules.</summary>
    /// <exception cref="ApiRefusalException">The rules forbid it.</exception>
    public CloudflareRecord Seed(string name, string type, string content, long ttl = 1, bool proxied = false)
    {
        lock (_gate)
            return _store.Create(ZoneOf(name), new JsonObject { ["name"] = name, ["type"] = type, ["content"] = content, ["ttl"] = ttl, ["proxied"] = proxied });
    }

    /// <summary>Removes a record set past the API.</summary>
    public void Remove(string name, string type)
    {
        lock (_gate)
        {
            foreach (var record in Look(name, type))
                _store.Delete(ZoneOf(name), record.Id);
        }
    }

    /// <summary>The records of a set, in the order in which they were made.</summary>
    public IReadOnlyList<CloudflareRecord> Look(string name, string? type = null)
    {
        lock (_gate)
            return [.. _store.Records.Values.Where(r => r.Name == name && (type is null || r.Type == type)).OrderBy(r => r.Order)];
    }

    /// <summary>Has the next requests fail.</summary>
    /// <param name="fault">How.</param>
    /// <param name="times">How many of them.</param>
    /// <param name="method">Only requests of this method; null: of all.</param>
    public void Fail(CloudflareFault fault, int times = 1, string? method = null)
    {
        lock (_gate)
            _faults.Add(new PendingFault(fault, method) { Left = times });
    }

    /// <summary>Does something right before the next request of a method is answered, as another writer would who came first.</summary>
    public void BeforeNext(string method, Action action)
    {
        lock (_gate)
            _before = (method, action);
    }

    /// <summary>The names that have records, each once.</summary>
    public IReadOnlyList<string> AllNames()
    {
        lock (_gate)
            return [.. _store.Records.Values.Select(r => r.Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Requests of a token so far; of those the ones answered 429; the most in any five minutes.</summary>
    public (int Total, int Refused, int MostInWindow) Count(string token)
    {
        lock (_gate)
            return _limits.TryGetValue(token, out var limit) ? (limit.Total, limit.Refused, limit.MostInWindow) : default;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var noGrace = new CancellationTokenSource();
        await noGrace.CancelAsync();
        await _app.StopAsync(noGrace.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        CloudflareFault? fault;
        (int Status, JsonObject Body) answer;
        IReadOnlyCollection<(string Name, string Type)> touched;
        lock (_gate)
        {
            _requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            if (_before is { } before && before.Method == context.Request.Method)
            {
                _before = null;
                before.Action();
            }

            fault = NextFault(context.Request.Method);
            answer = fault is CloudflareFault.Error500 or CloudflareFault.Hang or CloudflareFault.Cut or CloudflareFault.TooManyRequests or CloudflareFault.Redirect
                ? default
                : Answer(context, body);
            touched = _store.TakeTouched();
        }

        if (touched.Count > 0)
            await Written(touched);

        switch (fault)
        {
            case null:
                await WriteAsync(context, answer.Status, answer.Body);
                break;
            case CloudflareFault.Hang:
                var gone = new TaskCompletionSource();
                await using (context.RequestAborted.Register(gone.SetResult))
                    await gone.Task;
                break;
            case CloudflareFault.Cut or CloudflareFault.CutAfterApplying:
                context.Abort();
                break;
            case CloudflareFault.CutInAnswer:
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("{\"success\":tr", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                break;
            case CloudflareFault.TooManyRequests:
                context.Response.Headers.RetryAfter = "120";
                await WriteAsync(context, 429, Refusal(new ApiRefusalException(429, 10429, "Rate limited. Please wait and consider throttling your request speed")));
                break;
            case CloudflareFault.Error500:
                await WriteAsync(context, 500, Refusal(new ApiRefusalException(500, 1000, "An internal error has occurred")));
                break;
            case CloudflareFault.Redirect:
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "http://127.0.0.1:9/";
                break;
            default:
                context.Response.StatusCode = 502;
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><h1>502 Bad Gateway</h1></html>", context.RequestAborted);
                break;
        }
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private static JsonObject Refusal(ApiRefusalException error)
    {
        var entry = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        if (error.Chain.Count > 0)
            entry["error_chain"] = new JsonArray([.. error.Chain.Select(c => new JsonObject { ["code"] = c.Code, ["message"] = c.Message })]);
        return new JsonObject { ["success"] = false, ["errors"] = new JsonArray(entry), ["messages"] = new JsonArray(), ["result"] = null };
    }

    private static JsonObject Success(JsonNode result, JsonObject? info = null)
    {
        var body = new JsonObject { ["success"] = true, ["errors"] = new JsonArray(), ["messages"] = new JsonArray(), ["result"] = result };
        if (info is not null)
            body["result_info"] = info;
        return body;
    }

    private (int Status, JsonObject Body) Answer(HttpContext context, string body)
    {
        try
        {
            var rights = Authenticate(context);
            return (200, Route(context.Request, rights, body));
        }
        catch (ApiRefusalException e)
        {
            return (e.Status, Refusal(e));
        }
        catch (JsonException)
        {
            return (400, Refusal(new ApiRefusalException(400, 9207, "Request body is invalid.")));
        }
    }

    private CloudflareTokenRights Authenticate(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            throw new ApiRefusalException(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal) || header.AsSpan(7).ContainsAny(' ', ',') || header.Length < 12)
            throw new ApiRefusalException(400, 6003, "Invalid request headers", (6111, "Invalid format for Authorization header"));
        var token = header[7..];
        if (!_limits.TryGetValue(token, out var limit))
            _limits[token] = limit = new RequestLimit(_requestsMax, _time);
        var wait = limit.Take(out var remaining, out var reset);
        context.Response.Headers["Ratelimit"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={remaining};t={Math.Ceiling(reset.TotalSeconds)}");
        context.Response.Headers["Ratelimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={_requestsMax};w=300");
        if (wait is { } time)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            throw new ApiRefusalException(429, 10429, "Rate limited. Please wait and consider throttling your request speed");
        }

        return _tokens.TryGetValue(token, out var rights) ? rights : throw new ApiRefusalException(403, 9109, "Invalid access token");
    }

    private JsonObject Route(HttpRequest request, CloudflareTokenRights rights, string body)
    {
        var path = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is not ["client", "v4", "zones", ..])
            throw new ApiRefusalException(404, 7000, "No route for that URI");
        if (path.Length == 3 && request.Method == "GET")
            return ListZones(request.Query, rights);
        if (path.Length < 4)
            throw new ApiRefusalException(405, 10405, "Method not allowed");

        var zone = _store.Zones.Find(z => z.Id == path[3])
            ?? throw new ApiRefusalException(404, 7003, $"Could not route to /zones/{path[3]}, perhaps your object identifier is invalid?");
        if (rights.Zones?.Contains(zone.Name) == false)
            throw new ApiRefusalException(403, 10000, "Authentication error");
        if (path.Length == 4 && request.Method == "GET")
            return Success(Show(zone));
        if (path.Length < 5 || path[4] != "dns_records")
            throw new ApiRefusalException(404, 7000, "No route for that URI");
        if (request.Method != "GET" && !rights.MayEdit)
            throw new ApiRefusalException(403, 10000, "Authentication error");
        return (request.Method, path[5..]) switch
        {
            ("GET", []) => ListRecords(request.Query, zone),
            ("POST", []) => Success(Show(_store.Create(zone, Parse(body)))),
            ("POST", ["batch"]) => Success(new JsonObject(_store.Batch(zone, Parse(body)).Select(p =>
                KeyValuePair.Create<string, JsonNode?>(p.Key, new JsonArray([.. p.Value.Select(Show)]))))),
            ("GET", [var id]) => Success(Show(_store.Find(zone, id))),
            ("PUT", [var id]) => Success(Show(_store.Overwrite(zone, id, Parse(body)))),
            ("PATCH", [var id]) => Success(Show(_store.Update(zone, id, Parse(body)))),
            ("DELETE", [var id]) => Success(new JsonObject { ["id"] = _store.Delete(zone, id).Id }),
            _ => throw new ApiRefusalException(405, 10405, "Method not allowed"),
        };
    }

    private JsonObject ListZones(IQueryCollection query, CloudflareTokenRights rights)
    {
        var zones = _store.Zones.Where(z => rights.Zones?.Contains(z.Name) != false);
        if (query["name"].ToString() is { Length: > 0 } name)
            zones = zones.Where(z => z.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (query["status"].ToString() is { Length: > 0 } status)
            zones = zones.Where(z => z.Status == status);
        return Paged([.. zones.OrderBy(z => z.Name, StringComparer.Ordinal)], query, 20, ZonesPerPageMax, Show);
    }

    private JsonObject ListRecords(IQueryCollection query, CloudflareZone zone)
    {
        string? Filter(string key) => query[key].ToString() is { Length: > 0 } text ? text : null;
        var records = _store.Records.Values.Where(r => r.ZoneId == zone.Id);
        foreach (var (key, field) in new (string, Func<CloudflareRecord, string>)[] { ("name", r => r.Name), ("content", r => r.Content), ("comment", r => r.Comment ?? "") })
        {
            if ((Filter(key) ?? Filter($"{key}.exact")) is { } exact)
                records = records.Where(r => field(r).Equals(exact, StringComparison.OrdinalIgnoreCase));
            if (Filter($"{key}.startswith") is { } start)
                records = records.Where(r => field(r).StartsWith(start, StringComparison.OrdinalIgnoreCase));
            if (Filter($"{key}.endswith") is { } end)
                records = records.Where(r => field(r).EndsWith(end, StringComparison.OrdinalIgnoreCase));
            if (Filter($"{key}.contains") is { } part)
                records = records.Where(r => field(r).Contains(part, StringComparison.OrdinalIgnoreCase));
        }

        if (Filter("type") is { } type)
            records = records.Where(r => r.Type.Equals(type, StringComparison.OrdinalIgnoreCase));
        return Paged([.. records.OrderBy(r => r.Order)], query, 100, RecordsPerPageMax, Show);
    }

    private static JsonObject Paged<T>(T[] all, IQueryCollection query, int sizeDefault, int sizeMax, Func<T, JsonObject> show)
    {
        int Number(string key, int otherwise) => query[key].ToString() is { Length: > 0 } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : throw new ApiRefusalException(400, 1000, $"Invalid {key}")
            : otherwise;
        var page = Number("page", 1);
        var size = Number("per_page", sizeDefault);
        if (size > sizeMax)
            throw new ApiRefusalException(400, 1000, $"per_page is at most {sizeMax}");
        var shown = all.Skip((int)Math.Min((long)(page - 1) * size, all.Length)).Take(size).ToArray();
        return Success(new JsonArray([.. shown.Select(show)]), new JsonObject
        {
            ["page"] = page,
            ["per_page"] = size,
            ["count"] = shown.Length,
            ["total_count"] = all.Length,
            ["total_pages"] = (all.Length + size - 1) / size,
        });
    }

    private static JsonObject Show(CloudflareZone zone) => new()
    {
        ["id"] = zone.Id,
        ["name"] = zone.Name,
        ["status"] = zone.Status,
        ["paused"] = false,
        ["type"] = "full",
        ["account"] = new JsonObject { ["id"] = "0123456789abcdef0123456789abcdef", ["name"] = "test bed" },
    };

    private static JsonObject Show(CloudflareRecord record) => new()
    {
        ["id"] = record.Id,
        ["name"] = record.Name,
        ["type"] = record.Type,
        ["content"] = record.Content,
        ["proxiable"] = record.Type is "A" or "AAAA" or "CNAME",
        ["proxied"] = record.Proxied,
        ["ttl"] = record.Ttl,
        ["settings"] = new JsonObject(),
        ["meta"] = new JsonObject(),
        ["comment"] = record.Comment,
        ["tags"] = new JsonArray(),
        ["created_on"] = "2026-01-01T00:00:00.000000Z",
        ["modified_on"] = "2026-01-01T00:00:00.000000Z",
    };

    private static JsonObject Parse(string body) => JsonNode.Parse(body) as JsonObject ?? throw new ApiRefusalException(400, 9207, "Request body is invalid.");

    private CloudflareZone ZoneOf(string name) =>
        _store.Zones.Where(z => name == z.Name || name.EndsWith("." + z.Name, StringComparison.Ordinal)).MaxBy(z => z.Name.Length)
        ?? throw new ArgumentException($"no zone holds {name}", nameof(name));

    private CloudflareFault? NextFault(string method)
    {
        var fault = _faults.Find(f => f.Method is null || f.Method == method);
        if (fault is not null && --fault.Left == 0)
            _faults.Remove(fault);
        return fault?.Kind;
    }

    private sealed record PendingFault(CloudflareFault Kind, string? Method)
    {
        public int Left { get; set; }
    }
}
