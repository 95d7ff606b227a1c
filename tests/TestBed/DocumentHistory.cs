using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using k8s;

namespace MtaSts.TestBed;

/// <summary>
/// Collects every document that the operator ever gave to the policy servers, so that ids in the DNS's log and entity tags in the web server's log can be
/// told to belong together. Both are worked out here from the documents' bytes, by their definitions and not by the operator's code.
/// </summary>
public sealed class DocumentHistory : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250); // a document stays for seconds at least

    private readonly ConcurrentDictionary<string, (string Tag, string Text)> _documents = new(); // by id
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <summary>Collects from the ConfigMaps of a namespace from now on.</summary>
    public DocumentHistory(IKubernetes client, string space) => _loop = Task.Run(() => CollectAsync(client, space, _stop.Token));

    /// <summary>The entity tag of the document with an id; null when no such document was ever there.</summary>
    public string? TagOf(string id) => _documents.TryGetValue(id, out var found) ? found.Tag : null;

    /// <summary>The mode of the document with an id, as its text has it; null when no such document was ever there.</summary>
    public string? ModeOf(string id) => _documents.TryGetValue(id, out var found)
        ? found.Text.Split('\n').Select(line => line.Trim().Split("mode: ")).FirstOrDefault(parts => parts is ["", _])?[1]
        : null;

    /// <summary>The id of a document: RFC 4648 base32, in lower case, of the first 120 bits of SHA-256.</summary>
    public static string IdOf(ReadOnlySpan<byte> document)
    {
        const string alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        var bits = string.Concat(SHA256.HashData(document).Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        return string.Concat(Enumerable.Range(0, 24).Select(i => alphabet[Convert.ToInt32(bits.Substring(i * 5, 5), 2)]));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private static string TagOfBytes(ReadOnlySpan<byte> document)
    {
        var hash = 14695981039346656037; // FNV-1a, 64 bits
        foreach (var octet in document)
            hash = unchecked((hash ^ octet) * 1099511628211);
        return hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task CollectAsync(IKubernetes client, string space, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var maps = await client.CoreV1.ListNamespacedConfigMapAsync(space, cancellationToken: stop);
                foreach (var text in maps.Items.SelectMany(m => m.Data?.Values ?? []))
                {
                    var bytes = Encoding.UTF8.GetBytes(text);
                    _documents.TryAdd(IdOf(bytes), (TagOfBytes(bytes), text));
                }

                await Task.Delay(Poll, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or k8s.Autorest.HttpOperationException)
            {
                // The API server is away, as some tests want it.
            }
        }
    }
}
