namespace MtaSts.TestBed;

/// <summary>Asks a URL once.</summary>
public static class HealthProbe
{
    /// <summary>Whether the URL answers with 200; every failure is a no, the caller's cancellation excepted.</summary>
    public static async Task<bool> AnswersOkAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode == System.Net.HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // the client's own time limit
        }
    }
}
