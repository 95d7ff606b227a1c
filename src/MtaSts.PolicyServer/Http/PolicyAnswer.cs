using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Http;

/// <summary>A status code, and the document with its entity tag where it is 200.</summary>
internal readonly record struct PolicyAnswer(int Status, ReadOnlyMemory<byte> Document, string Tag = "")
{
    /// <summary>The one path that is served.</summary>
    public const string Path = "/.well-known/mta-sts.txt"; // rfc8461#3.3

    /// <summary>
    /// What a request gets, the first row that fits:
    /// <code>
    /// a body             413   nothing here takes one
    /// no table yet       503   a 404 would tell a sender that there is no policy
    /// another path       404   case counts, rfc3986#6.2.2.1
    /// an unknown host    404
    /// another method     405   case counts, rfc9110#9.1
    /// otherwise          200
    /// </code>
    /// A query is ignored: the URL of rfc8461#3.3 has none, so it is only ever a person who defeats a cache on the way.
    /// There is no redirect anywhere, since senders must not follow one (rfc8461#3.3).
    /// </summary>
    /// <param name="table">Null before the first load.</param>
    /// <param name="method">As sent.</param>
    /// <param name="path">Decoded, without the query.</param>
    /// <param name="host">The Host field as sent.</param>
    /// <param name="hasBody">Whether the request announces a body.</param>
    public static PolicyAnswer To(PolicyTable? table, string method, string path, ReadOnlySpan<char> host, bool hasBody)
    {
        if (hasBody)
            return new(StatusCodes.Status413PayloadTooLarge, default);
        if (table is null)
            return new(StatusCodes.Status503ServiceUnavailable, default);
        if (path != Path || !table.TryFind(host, out ReadOnlyMemory<byte> document, out string tag))
            return new(StatusCodes.Status404NotFound, default);
        if (method is not ("GET" or "HEAD"))
            return new(StatusCodes.Status405MethodNotAllowed, default);
        return new(StatusCodes.Status200OK, document, tag);
    }
}
