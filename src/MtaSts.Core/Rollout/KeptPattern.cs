using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Rollout;

/// <summary>A pattern that is served although <c>spec.mx</c> no longer has it.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Why"><see cref="Reason.MxInUse"/>, <see cref="Reason.DnsLookupFailed"/> (which MX are live is not known), or <see cref="Reason.MxCached"/>.</param>
/// <param name="Until">Until when, where that is known.</param>
/// <param name="TtlSeconds">The longest TTL that the MX records were seen with meanwhile.</param>
public sealed record KeptPattern(MxPattern Pattern, Reason Why, DateTimeOffset? Until, long TtlSeconds);
