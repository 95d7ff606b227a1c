using System.Collections.Immutable;
using System.Net;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Probes;

/// <summary>What is to be seen of one domain in one round.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="FetchPolicy">False leaves the policy host alone, before there is one.</param>
/// <param name="ProbeMx">False looks up the MX hosts and does not connect to them.</param>
/// <param name="Records">The record sets whose authoritative view is wanted.</param>
/// <param name="AllowedAddresses">The private and special networks that the class allows to be probed.</param>
/// <param name="Interval">How old a shared MX probe may be; not negative.</param>
public sealed record ProbeRequest(
    MailDomain Domain, bool FetchPolicy, bool ProbeMx, ImmutableArray<RecordKey> Records, ImmutableArray<IPNetwork> AllowedAddresses, TimeSpan Interval);
