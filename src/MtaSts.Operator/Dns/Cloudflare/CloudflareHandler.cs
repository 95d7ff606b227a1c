using System.Globalization;
using System.Net;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>What a request carries with it through the handlers.</summary>
/// <param name="Budget">What it is taken out of, each time that it is sent.</param>
/// <param name="WaitMax">How long it may wait for its turn.</param>
/// <param name="Timeout">How long it may take once it is sent, its answer's body included.</param>
internal sealed record RequestTerms(RequestBudget Budget, TimeSpan WaitMax, TimeSpan Timeout)
{
    public static readonly HttpRequestOptionsKey<RequestTerms> Key = new("mtasts.cloudflare");
}

/// <summary>The answer of nobody: the request was not sent, since the budget has no turn for it soon enough.</summary>
internal sealed class HeldBackResponse : HttpResponseMessage
{
    public HeldBackResponse(TimeSpan retryAfter)
        : base(HttpStatusCode.TooManyRequests) => RetryAfter = retryAfter;

    public TimeSpan RetryAfter { get; }
}

/// <summary>
/// The innermost step of a request, so that a repeated one is counted again: its turn in the budget, its deadline, its body read up to
/// a bound, and what the answer says about the limit.
/// </summary>
/// <param name="time">The clock of the deadlines.</param>
internal sealed class CloudflareHandler(TimeProvider time) : DelegatingHandler
{
    private const int BodyBytesMax = 16 * 1024 * 1024;
    private const int RemainingMin = 10; // Below this the provider is about to shut us out for a window, so we pause before.

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(RequestTerms.Key, out var terms))
            throw new InvalidOperationException("the request has no terms");
        if (await terms.Budget.TakeAsync(terms.WaitMax, cancellationToken) is { } retryAfter)
            return new HeldBackResponse(retryAfter) { RequestMessage = request };

        using var deadline = new CancellationTokenSource(terms.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(BodyBytesMax, either.Token);
            Heed(response, terms.Budget);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException($"does not answer within {terms.Timeout.TotalSeconds:0.#} seconds", e);
            throw;
        }
    }

    private static void Heed(HttpResponseMessage response, RequestBudget budget)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            budget.Block(RetryAfterOf(response) ?? RequestBudget.Window);
        else if (response.Headers.TryGetValues("Ratelimit", out var values) && TryReadLimit(string.Join(',', values), out var remaining, out var reset)
            && remaining < RemainingMin)
            budget.Block(reset);
    }

    /// <summary>The wait that an answer asks for, at most an hour; null where it says none.</summary>
    public static TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        if (response is HeldBackResponse held)
            return held.RetryAfter;
        return response.Headers.RetryAfter?.Delta is { } wait ? TimeSpan.FromSeconds(Math.Clamp(wait.TotalSeconds, 1, 3600)) : null;
    }

    // Ratelimit: "default";r=50;t=30 - what is left, and the seconds until there is more; of several limits the scarcest.
    private static bool TryReadLimit(string header, out int remaining, out TimeSpan reset)
    {
        (remaining, reset) = (int.MaxValue, TimeSpan.Zero);
        foreach (var limit in header.Split(','))
        {
            int? left = null, seconds = null;
            foreach (var part in limit.Split(';', StringSplitOptions.TrimEntries))
            {
                if (part.Length > 2 && int.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    (left, seconds) = part[..2] switch { "r=" => (number, seconds), "t=" => (left, number), _ => (left, seconds) };
            }

            if (left < remaining && seconds is { } s)
                (remaining, reset) = (left.Value, TimeSpan.FromSeconds(Math.Min(s, RequestBudget.Window.TotalSeconds)));
        }

        return remaining != int.MaxValue;
    }
}
