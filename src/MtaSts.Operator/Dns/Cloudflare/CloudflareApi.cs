using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>A page of a list.</summary>
internal sealed record Page<T>(ImmutableArray<T> Items, int TotalPages);

/// <summary>The calls of Cloudflare's API that we use, with one credential.</summary>
/// <param name="client">From the factory, under <see cref="CloudflareRegistration.ClientName"/>.</param>
/// <param name="options">Where, and with which token.</param>
/// <param name="budget">The credential's.</param>
internal sealed class CloudflareApi(HttpClient client, CloudflareOptions options, RequestBudget budget)
{
    private const int ZonesPerPage = 50; // The most that the API gives.
    private const int RecordsPerPage = 100;

    public RequestHeadroom Headroom => budget.Left;

    /// <summary>One page, from 1, of all zones that the token sees.</summary>
    public Task<Outcome<Page<ZoneEntry>>> ListZonesAsync(int page, CancellationToken cancellationToken) =>
        GetAsync($"zones?order=name&page={page}&per_page={ZonesPerPage}", "the list of zones", CloudflareJson.Default.EnvelopeZoneEntryArray, page == 1 ? RequestBudget.NewWorkWaitMax : RequestBudget.BegunWorkWaitMax, cancellationToken);

    /// <summary>The zones of a name: none, one, or one in each of several accounts.</summary>
    public Task<Outcome<Page<ZoneEntry>>> FindZonesAsync(string name, CancellationToken cancellationToken) =>
        GetAsync($"zones?name={Uri.EscapeDataString(name)}&per_page={ZonesPerPage}", $"zone {name}", CloudflareJson.Default.EnvelopeZoneEntryArray, RequestBudget.NewWorkWaitMax, cancellationToken);

    /// <summary>The records of a zone whose names end in a text: all of them, or the first page where they have more than <paramref name="pagesMax"/>.</summary>
    public async Task<Outcome<Page<DnsEntry>>> ListRecordsAsync(
        ZoneEntry zone, string suffix, int pagesMax, TimeSpan waitMax, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<DnsEntry>();
        for (var page = 1; ; page++)
        {
            var answer = await GetAsync(
                $"zones/{Uri.EscapeDataString(zone.Id)}/dns_records?name.endswith={Uri.EscapeDataString(suffix)}&page={page}&per_page={RecordsPerPage}",
                $"the records of {suffix}",
                CloudflareJson.Default.EnvelopeDnsEntryArray,
                page == 1 ? waitMax : RequestBudget.BegunWorkWaitMax,
                cancellationToken);
            if (answer.Value is not { } read)
                return answer;
            all.AddRange(read.Items);
            if (page >= read.TotalPages || read.TotalPages > pagesMax)
                return new(new Page<DnsEntry>(all.ToImmutable(), read.TotalPages), null);
        }
    }

    /// <summary>Sends a batch, once.</summary>
    public Task<Outcome<BatchResult>> ApplyAsync(ZoneEntry zone, DnsBatch batch, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address($"zones/{Uri.EscapeDataString(zone.Id)}/dns_records/batch"))
        {
            Content = JsonContent.Create(batch, CloudflareJson.Default.DnsBatch),
        };
        return SendAsync(
            request, $"the changes in zone {zone.Name}", CloudflareJson.Default.EnvelopeBatchResult, RequestBudget.BegunWorkWaitMax, e => e.Result ?? new BatchResult(), cancellationToken);
    }

    private Uri Address(string relative) => new(options.BaseAddress, relative);

    private Task<Outcome<Page<T>>> GetAsync<T>(
        string relative, string subject, JsonTypeInfo<Envelope<T[]>> type, TimeSpan waitMax, CancellationToken cancellationToken)
        where T : class => SendAsync(
            new HttpRequestMessage(HttpMethod.Get, Address(relative)),
            subject,
            type,
            waitMax,
            e => e.Result is { } items ? new Page<T>([.. items], e.ResultInfo?.TotalPages ?? 1) : null,
            cancellationToken);

    private async Task<Outcome<TResult>> SendAsync<T, TResult>(
        HttpRequestMessage request,
        string subject,
        JsonTypeInfo<Envelope<T>> type,
        TimeSpan waitMax,
        Func<Envelope<T>, TResult?> resultOf,
        CancellationToken cancellationToken)
        where TResult : class
    {
        using var disposed = request;
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(options.Token.ToHeader());
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Options.Set(RequestTerms.Key, new RequestTerms(budget, waitMax, options.Timeout));
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response is HeldBackResponse held)
            {
                return new(null, ProviderFault.NoRoom(held.RetryAfter, isTurn: true));
            }

            var envelope = await ParseAsync(response, type, cancellationToken);
            if (envelope is { Success: true } && response.IsSuccessStatusCode && resultOf(envelope) is { } result)
                return new(result, null);
            if (response.IsSuccessStatusCode && envelope is not { Success: false })
                return new(null, CloudflareFaults.Unavailable(options, $"gives an answer at {subject} that is not its API's")) { IsLost = true };
            var fault = CloudflareFaults.Of(options, subject, response.StatusCode, envelope?.Errors ?? [], CloudflareHandler.RetryAfterOf(response));
            return new(null, fault) { IsLost = (int)response.StatusCode >= 500 };
        }
        catch (TimeoutException e)
        {
            return new(null, CloudflareFaults.Unavailable(options, $"{e.Message} at {subject}")) { IsLost = true };
        }
        catch (HttpRequestException e)
        {
            var isSent = e.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            return new(null, CloudflareFaults.Unavailable(options, $"cannot be asked for {subject} ({e.HttpRequestError})")) { IsLost = isSent };
        }
    }

    private static async Task<Envelope<T>?> ParseAsync<T>(HttpResponseMessage response, JsonTypeInfo<Envelope<T>> type, CancellationToken cancellationToken)
    {
        try
        {
            // The body is in memory already.
            return await response.Content.ReadFromJsonAsync(type, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }
}
