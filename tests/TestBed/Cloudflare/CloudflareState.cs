namespace MtaSts.TestBed.Cloudflare;

/// <summary>A zone of the test bed's Cloudflare.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Name">Its apex.</param>
/// <param name="Status">"active" or another of Cloudflare's words.</param>
public sealed record CloudflareZone(string Id, string Name, string Status = "active");

/// <summary>A record of the test bed's Cloudflare; TTL 1 is "automatic".</summary>
public sealed record CloudflareRecord(string Id, string ZoneId, string Name, string Type, string Content, long Ttl, bool Proxied, string? Comment)
{
    /// <summary>When it was made, in the order of writes.</summary>
    public long Order { get; init; }
}

/// <summary>What a token may do.</summary>
/// <param name="Value">The token.</param>
/// <param name="Zones">The zones that it reaches; null: all.</param>
/// <param name="MayEdit">Whether it may write records there, or only read.</param>
public sealed record CloudflareTokenRights(string Value, IReadOnlyCollection<string>? Zones = null, bool MayEdit = true);

/// <summary>A refusal in Cloudflare's terms.</summary>
public sealed class ApiRefusalException(int status, int code, string message, params (int Code, string Message)[] chain) : Exception(message)
{
    public int Status => status;

    public int Code => code;

    public IReadOnlyList<(int Code, string Message)> Chain => chain;
}
