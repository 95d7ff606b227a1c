using System.Collections.Concurrent;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>
/// Makes adapters, and keeps what all adapters of one credential share: the budget of requests and the zones. One for the process.
/// </summary>
/// <param name="clients">Where the HTTP client comes from.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">For the adapters.</param>
public sealed class CloudflareAccounts(IHttpClientFactory clients, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(Uri Address, string Token), Account> _accounts = new();

    /// <summary>An adapter. For as long as it is used its credential's budget is kept, and no other adapter of that credential gets one of its own.</summary>
    public CloudflareProvider Open(CloudflareOptions options)
    {
        var account = AccountOf(options);
        return new CloudflareProvider(
            new CloudflareApi(clients.CreateClient(CloudflareRegistration.ClientName), options, account.Budget),
            account.Zones,
            options,
            loggers.CreateLogger<CloudflareProvider>());
    }

    /// <summary>The credential's budget.</summary>
    internal RequestBudget BudgetOf(CloudflareOptions options) => AccountOf(options).Budget;

    private Account AccountOf(CloudflareOptions options)
    {
        var account = _accounts.GetOrAdd((options.BaseAddress, options.Token.Id), _ =>
        {
            // A token that was rotated away takes no room for ever; after an hour its window is long over.
            foreach (var (key, old) in _accounts)
            {
                if (time.GetElapsedTime(old.Budget.UsedAt) > KeptFor)
                    _accounts.TryRemove(key, out Account? _);
            }

            return new Account(new RequestBudget(options.RequestsPerWindow, time), new ZoneDirectory(time));
        });
        if (account.Budget.Left.RequestsMax != options.RequestsPerWindow)
            account.Budget.Resize(options.RequestsPerWindow);
        account.Budget.Touch();
        return account;
    }

    private sealed record Account(RequestBudget Budget, ZoneDirectory Zones);
}
