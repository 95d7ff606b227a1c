using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>Who lets a domain enter a stage.</summary>
public enum Approval
{
    /// <summary>The gates alone.</summary>
    Automatic,

    /// <summary>The gates, and the owner, who lists the stage in <c>spec.approvedStages</c>.</summary>
    Manual,
}

/// <summary>One step of a rollout.</summary>
/// <param name="Name">Its name, unique in the list: a DNS label.</param>
/// <param name="Mode">The mode that the policy has in it.</param>
/// <param name="MaxAge">The policy's max_age: whole seconds, 86,400 s to 31,557,599 s for the strictest sender.</param>
/// <param name="Soak">How long all required checks must have been healthy in this stage before the next one; not negative. The last stage's soak has no effect.</param>
/// <param name="Approval">What entering this stage needs.</param>
public sealed record Stage(string Name, StsMode Mode, TimeSpan MaxAge, TimeSpan Soak, Approval Approval = Approval.Automatic)
{
    /// <summary>A stage outside every list: the policy that says that there is none any more. rfc8461#8.3 wants a small max_age.</summary>
    public static readonly Stage NoPolicy = new("none", StsMode.None, TimeSpan.FromDays(1), TimeSpan.Zero);
}
