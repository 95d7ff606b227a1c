using System.Text;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Simulation;

/// <summary>A sending server that follows RFC 8461, with a cache.</summary>
internal sealed class VirtualSender(VirtualInternet internet)
{
    private (PolicyId Id, StsPolicy Policy, DateTimeOffset Until)? _cache;

    /// <summary>True while an enforced policy is in the cache.</summary>
    public bool Enforces => _cache is { Policy.Mode: StsMode.Enforce } cached && cached.Until > internet.Now;

    /// <summary>Tries to deliver one mail. Null when it was delivered, else why it was not.</summary>
    public string? Deliver()
    {
        Refresh();
        var hosts = internet.AskMx();

        // rfc8461#5: only mode enforce keeps mail from an MX that fails; an expired policy is none.
        if (!Enforces)
        {
            return null;
        }

        var cached = _cache!.Value;
        return hosts.Any(h => cached.Policy.Mx.Any(m => m.Matches(h)) && !internet.Ill.Contains(h))
            ? null
            : $"the cached policy {cached.Id} lets mail go to {string.Join(' ', cached.Policy.Mx)}; the MX are {string.Join(' ', hosts)}";
    }

    // rfc8461#3.3: fetch when there is no policy or the record's id is another one; a fetch that fails leaves the cached policy as it is.
    private void Refresh()
    {
        if (StsRecordReader.Select([.. internet.Ask(VirtualInternet.StsKey)]).Value?.Id is not { } id || (_cache?.Id == id && _cache.Value.Until > internet.Now))
        {
            return;
        }

        if (internet.Fetch() is { } text && StsPolicyReader.Read(Encoding.ASCII.GetBytes(text)).Value is { } policy)
        {
            _cache = (id, policy, internet.Now.AddSeconds(policy.MaxAgeSeconds));
        }
    }
}
