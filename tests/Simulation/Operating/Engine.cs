using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Simulation.Operating;

/// <summary>
/// The seam between the virtual operator and the engine that it proves. Here it is the real one; a mutant bends what goes in or comes out, so that
/// nothing of the product knows that it is being tested.
/// </summary>
internal class Engine
{
    /// <summary>The state is written before its effects.</summary>
    public virtual bool WritesStateFirst => true;

    /// <summary>Writes outside only for the resource as it is now.</summary>
    public virtual bool IsFenced => true;

    /// <summary>Calls the provider only for what is not in place.</summary>
    public virtual bool LooksBeforeItCalls => true;

    public virtual Evidence Read(Intent intent, RolloutState state, Observed observed, string ownerId, DateTimeOffset watchedSince, DateTimeOffset now) =>
        EvidenceReader.Read(intent, state, observed, ownerId, watchedSince, now);

    public virtual Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now) => Decider.Decide(intent, state, evidence, now);

    /// <summary>How records that are nobody's are treated when writing.</summary>
    public virtual Adoption AdoptionOf(Intent intent) => intent.Adoption;

    /// <summary>What of the state a retirement, or the policy that comes back, takes over.</summary>
    public virtual RolloutState HandOver(RolloutState state) => state;
}
