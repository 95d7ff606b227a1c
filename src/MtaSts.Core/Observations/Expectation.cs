using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Sts;
using MtaSts.Core.TlsRpt;

namespace MtaSts.Core.Observations;

/// <summary>What the world should look like; the facts are judged against it.</summary>
public sealed record Expectation
{
    /// <summary>The document that was handed to the policy server, or null before there is one.</summary>
    public PolicyDocument? Served { get; init; }

    /// <summary>The id that the TXT record should have, or null before the first publication.</summary>
    public PolicyId? Published { get; init; }

    /// <summary>The id of the document that was served before <see cref="Served"/>, which may still be seen while that spreads; null where there was none.</summary>
    public PolicyId? ServedBefore { get; init; }

    /// <summary>The id of the pair before, which may still be seen while the new one spreads; null where there was none.</summary>
    public PolicyId? Previous { get; init; }

    /// <summary>The patterns that live MX hosts must match.</summary>
    public ImmutableArray<MxPattern> Mx { get; init; } = [];

    /// <summary>The TLSRPT record that should be there, or null where none is wanted.</summary>
    public TlsRptRecord? TlsRpt { get; init; }

    /// <summary>Where the records are written that the domain's names must lead to by CNAMEs; null where they are written at the names themselves.</summary>
    public Delegation? Delegation { get; init; }

    /// <summary>The life that the policy host's certificate must have left; not negative.</summary>
    public TimeSpan CertificateLifeMin { get; init; }
}
