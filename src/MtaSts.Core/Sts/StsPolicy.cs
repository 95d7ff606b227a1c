using System.Collections.Immutable;
using MtaSts.Core.Mail;

namespace MtaSts.Core.Sts;

/// <summary>A policy (rfc8461#3.2).</summary>
/// <param name="Mode">Its mode.</param>
/// <param name="Mx">Its mx patterns in the order of the document; may be empty only with mode none.</param>
/// <param name="MaxAgeSeconds">0 to 31557600.</param>
public sealed record StsPolicy(StsMode Mode, ImmutableArray<MxPattern> Mx, long MaxAgeSeconds);
