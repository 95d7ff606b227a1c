using System.Text.Json.Nodes;
using k8s;

namespace MtaSts.Kubernetes;

/// <summary>What came of a write. Expected failures are cases, not exceptions.</summary>
public abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <summary>The object is as wanted: written, already so, or (for a delete) gone.</summary>
    public bool IsSuccess => this is Written or Unchanged or Deleted;

    /// <summary>The same write may succeed later by itself.</summary>
    public bool IsTransient => this is Conflict or Unavailable;

    /// <summary>The server took the write. Its resource version may be the old one: a write that changes nothing is taken too.</summary>
    /// <param name="Body">The object as the server answered it.</param>
    public sealed record Written(JsonObject Body) : WriteOutcome
    {
        /// <summary>The version that the object has now.</summary>
        public string ResourceVersion => JsonText.TextOf(Body["metadata"]?["resourceVersion"]) ?? "";

        /// <summary>The object as a type.</summary>
        public T As<T>() => KubernetesJson.Deserialize<T>(Body);

        /// <inheritdoc/>
        public override string ToString() => $"written at {ResourceVersion}";
    }

    /// <summary>The known object is as wanted already; nothing was sent.</summary>
    public sealed record Unchanged : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => "unchanged";
    }

    /// <summary>The object is deleted, or its deletion has begun (finalizers).</summary>
    public sealed record Deleted : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => "deleted";
    }

    /// <summary>Somebody else was faster (409 or a failed test): read again, decide again.</summary>
    /// <param name="Message">The server's words.</param>
    public sealed record Conflict(string Message) : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"conflict: {Message}";
    }

    /// <summary>The object, or the namespace that it should be in, does not exist.</summary>
    /// <param name="Message">The server's words.</param>
    public sealed record NotFound(string Message) : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"not found: {Message}";
    }

    /// <summary>This server does not have the API of the object. Trying again helps only after an installation or an upgrade.</summary>
    /// <param name="Kind">The missing resource type.</param>
    public sealed record ApiMissing(ResourceKind Kind) : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"the server has no {Kind}";
    }

    /// <summary>The server refuses the write and will refuse it again: invalid (400, 422), forbidden (401, 403), too large (413).</summary>
    /// <param name="Code">The HTTP status.</param>
    /// <param name="Message">The server's words.</param>
    public sealed record Rejected(int Code, string Message) : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"rejected ({Code}): {Message}";
    }

    /// <summary>The server is away or overloaded: no answer, 408, 429, 5xx. The write may have happened.</summary>
    /// <param name="Message">What went wrong.</param>
    /// <param name="RetryAfter">How long the server asks to wait, if it says so.</param>
    public sealed record Unavailable(string Message, TimeSpan? RetryAfter) : WriteOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"unavailable: {Message}";
    }

    /// <summary>Reads the outcome of a write from the server's answer.</summary>
    internal static WriteOutcome Of(ApiReply reply, ResourceKind kind) => reply switch
    {
        { IsSuccess: true } => reply.Json() is JsonObject body ? new Written(body) : new Unavailable("the answer is no JSON object", null),
        { Code: 409 } => new Conflict(reply.Message),
        { Code: 404, IsApiMissing: true } => new ApiMissing(kind),
        { Code: 404 or 410 } => new NotFound(reply.Message),
        // API server 1.20 calls an apply that does not fit the schema an internal error; it stays one however often it is sent.
        { Code: 500 } when reply.Message.Contains("typed patch object", StringComparison.Ordinal) => new Rejected(500, reply.Message),
        { IsTransient: true } => new Unavailable(reply.ToString(), reply.RetryAfter),
        _ => new Rejected(reply.Code, reply.Message),
    };
}
