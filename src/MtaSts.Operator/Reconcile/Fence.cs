using k8s;
using k8s.Models;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Guards every write outside: only the leader writes, and only for the resource as it is now. A cache may be behind, most of all just after
/// another replica led; a decision made on an old state would undo what that one did.
/// </summary>
/// <param name="api">The API server.</param>
/// <param name="maySpeak">True while this process is the leader.</param>
public sealed class Fence(ApiClient api, Func<bool> maySpeak)
{
    /// <summary>True while this process is the leader.</summary>
    public bool IsOpen => maySpeak();

    /// <summary>True when this process leads and the server's resource is still at the version that was decided on.</summary>
    /// <exception cref="RetryLaterException">The API server does not say: nothing is written, and the next try is a matter of back-off.</exception>
    public async Task<bool> HoldsAsync<T>(T resource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (!maySpeak())
        {
            return false;
        }

        var reply = await api.GetAsync(ResourceKind.Of<T>().ObjectPath(ObjectKey.Of(resource)), cancellationToken);
        if (reply.IsTransient)
        {
            throw new RetryLaterException($"{ResourceKind.Of<T>().Kind} {ObjectKey.Of(resource)} could not be read before a write: {reply}", reply.RetryAfter);
        }

        var version = reply.IsSuccess ? JsonText.TextOf(reply.Json()?["metadata"]?["resourceVersion"]) : null;
        return version == resource.Metadata.ResourceVersion && maySpeak();
    }
}
