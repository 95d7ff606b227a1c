using System.Collections.Immutable;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>Where and how to write records at Cloudflare: the parts of a provider's settings, which whoever reads those has checked.</summary>
public sealed record CloudflareOptions
{
    /// <summary>Requests in five minutes that a credential may make by default: nine tenths of Cloudflare's limit, the rest is its owner's.</summary>
    public const int RequestsPerWindowDefault = 1080;

    /// <summary>Cloudflare's own limit of requests in five minutes (its API documentation, "Rate limits").</summary>
    public const int RequestsPerWindowMax = 1200;

    private readonly Uri _baseAddress = new("https://api.cloudflare.com/client/v4/");
    private readonly int _requestsPerWindow = RequestsPerWindowDefault;

    /// <summary>The API's root; https, or http to this machine itself. The default is Cloudflare's.</summary>
    /// <exception cref="ArgumentException">It would send the token over a network in the clear, or is no root.</exception>
    public Uri BaseAddress
    {
        get => _baseAddress;
        init
        {
            if (!value.IsAbsoluteUri || (value.Scheme != Uri.UriSchemeHttps && !(value.Scheme == Uri.UriSchemeHttp && value.IsLoopback)))
                throw new ArgumentException($"{value} is neither https nor http to this machine itself", nameof(value));
            if (value.Query.Length + value.Fragment.Length + value.UserInfo.Length > 0)
                throw new ArgumentException($"{value.GetLeftPart(UriPartial.Path)} comes with a query, a fragment or a user", nameof(value));
            _baseAddress = value.AbsolutePath.EndsWith('/') ? value : new Uri(value.AbsoluteUri + "/");
        }
    }

    /// <summary>
    /// A token that may read the zones and edit their DNS (Cloudflare's "Zone: Read" and "DNS: Edit"), best for these zones alone.
    /// </summary>
    public required CloudflareToken Token { get; init; }

    /// <summary>The zones to write in, lower case, without the final dot. None: all that the token sees.</summary>
    public ImmutableArray<string> Zones { get; init; } = [];

    /// <summary>The time that one request may take, once it is sent. The default is 15 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Requests in any five minutes, 60 to 1200; for the credential, so of several adapters that of the one opened last holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of that.</exception>
    public int RequestsPerWindow
    {
        get => _requestsPerWindow;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, RequestBudget.RequestsMin);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, RequestsPerWindowMax);
            _requestsPerWindow = value;
        }
    }
}
