namespace MtaSts.Core.Observations;

/// <summary>
/// Why something is as it is: the one vocabulary of status, events, metrics and CLI. Each member says what its reader should do.
/// </summary>
public enum Reason
{
    /// <summary>Nothing is wrong. Do nothing.</summary>
    AsExpected,

    // The resource itself.

    /// <summary>A field of the resource does not parse or is out of range. Correct the field that the message names.</summary>
    InvalidSpec,

    /// <summary>No MtaStsClass has the name in spec.className, or none is marked as default. Name one that exists.</summary>
    ClassNotFound,

    /// <summary>The class exists and is itself invalid. Tell the platform team what the message says.</summary>
    ClassInvalid,

    /// <summary>The class does not serve this namespace. Ask the platform team, or use another class.</summary>
    NamespaceNotAllowed,

    /// <summary>The class does not serve this domain. Ask the platform team, or use another class.</summary>
    DomainNotAllowed,

    /// <summary>The DNS provider that the class or the resource names does not exist. Create it or name another.</summary>
    ProviderNotFound,

    /// <summary>The DNS provider is itself invalid. Correct the field that the message names.</summary>
    ProviderInvalid,

    /// <summary>The policy names a DNS provider of its namespace, and its class does not allow it, or not that kind. Name no provider, or another class.</summary>
    ProviderNotAllowed,

    /// <summary>An older resource claims this domain; this one has no effect. Delete one of the two.</summary>
    DomainClaimedByOther,

    // Publishing and its checks.

    /// <summary>The provider has a cnameTarget, and the name is no CNAME to its place there. Create the CNAME that the message and status.recordsByHand name.</summary>
    AliasMissing,

    /// <summary>The name is a CNAME to a place at which the operator does not write. With a cnameTarget: make it the CNAME that the message names. Without: remove it, or use a provider with a cnameTarget.</summary>
    AliasElsewhere,

    /// <summary>The name is a CNAME whose end, named in the message, does not have what should be there. See DnsPublished if that is the operator's to write; else correct or remove the CNAME.</summary>
    AliasDangling,

    /// <summary>The policy is not on the policy server yet. Wait; the gates before it say what for.</summary>
    PolicyNotServedYet,

    /// <summary>An earlier document of ours is still being served. Wait a minute for the new one to spread.</summary>
    PolicyPropagating,

    /// <summary>The policy host has no address. Publish A, AAAA or CNAME for mta-sts.DOMAIN, or look at the Ingress's address.</summary>
    PolicyHostNoAddress,

    /// <summary>The policy host's address could not be looked up. Look at the zone's DNS servers.</summary>
    PolicyHostLookupFailed,

    /// <summary>The policy host does not accept connections. Look at the Ingress and its address.</summary>
    PolicyHostUnreachable,

    /// <summary>The policy host did not answer in time. Look at the Ingress and the policy server.</summary>
    PolicyHostTimedOut,

    /// <summary>The TLS handshake with the policy host failed. Look at the Ingress's TLS settings.</summary>
    PolicyHostTlsFailed,

    /// <summary>The policy host's certificate leads to no trusted root. Use a publicly trusted issuer, and serve the whole chain.</summary>
    PolicyCertificateUntrusted,

    /// <summary>The policy host's certificate has expired or is not valid yet. Renew it.</summary>
    PolicyCertificateExpired,

    /// <summary>The policy host's certificate does not name mta-sts.DOMAIN. Issue one that does.</summary>
    PolicyCertificateNameMismatch,

    /// <summary>The policy host's certificate is about to expire. See why it was not renewed.</summary>
    PolicyCertificateExpiresSoon,

    /// <summary>The policy host's certificate is being issued. Wait; if it lasts, look at the Certificate that the message names and at cert-manager.</summary>
    PolicyCertificateIssuing,

    /// <summary>The issuer refuses the policy host's certificate, since its limit is used up. Wait until it has room again; lower maxNewHostsPerHour.</summary>
    PolicyCertificateRateLimited,

    /// <summary>The policy host's certificate could not be issued. The message says why; cert-manager tries again.</summary>
    PolicyCertificateIssueFailed,

    /// <summary>The Gateway does not take the domain's HTTPRoute or ListenerSet. The message says why; mend the Gateway's rules, or the class.</summary>
    PolicyHostRefused,

    /// <summary>The Gateway that the class names is not there, or has no address. Create or mend it.</summary>
    GatewayNotReady,

    /// <summary>The class makes only so many new policy hosts an hour, and others come first. Wait.</summary>
    PolicyHostPaced,

    /// <summary>The policy host redirects; senders must not follow (rfc8461#3.3). Remove the redirect.</summary>
    PolicyRedirected,

    /// <summary>The policy host answered another status than 200. Look at the Ingress and the policy server.</summary>
    PolicyHttpStatus,

    /// <summary>The policy is not sent as text/plain. Correct the web server in front.</summary>
    PolicyContentType,

    /// <summary>The policy is larger than 64 KiB. Something else than our policy server answers.</summary>
    PolicyTooLarge,

    /// <summary>The policy served is not the one that we publish. Something else answers for this host; find it.</summary>
    PolicyDiffers,

    /// <summary>The answer is not HTTP or broke off. Look at what listens there.</summary>
    PolicyMalformedResponse,

    /// <summary>The TXT record is not published yet. Wait; the gates before it say what for.</summary>
    RecordNotPublishedYet,

    /// <summary>The record has changed and some servers still give the old one. Wait one TTL; if it lasts, look at the secondaries.</summary>
    RecordPropagating,

    /// <summary>The record is not there. The operator writes it again; if that fails, see DnsPublished.</summary>
    RecordMissing,

    /// <summary>There is more than one STSv1 (or TLSRPTv1) record, so senders ignore all (rfc8461#3.1). Remove the other one.</summary>
    RecordDuplicate,

    /// <summary>The record does not say what we published. Find who else writes it.</summary>
    RecordDiffers,

    /// <summary>A record of somebody else is in the place of ours. Remove it, or set adoption: Adopt.</summary>
    RecordNotOwned,

    /// <summary>The domain is live at enforce elsewhere; taking it over would weaken it. Retire it there first.</summary>
    LiveElsewhere,

    /// <summary>A record of somebody else is to be adopted, and which policy it stands for could not be read. Look at the policy host.</summary>
    LivePolicyUnknown,

    /// <summary>A DNS question failed or timed out. Look at the servers that the message names.</summary>
    DnsLookupFailed,

    // The mail servers.

    /// <summary>A live MX needs a pattern that spec.mx no longer has, so it stays in the served policy. Remove the MX record, or add the pattern again.</summary>
    MxInUse,

    /// <summary>Senders may still hold MX records or a policy that name hosts of a pattern which spec.mx no longer has. Keep those hosts running until then.</summary>
    MxCached,

    /// <summary>The domain has no MX and no address. Publish MX records.</summary>
    MxMissing,

    /// <summary>The domain says that it accepts no mail (null MX). MTA-STS does not apply to it; delete the resource.</summary>
    MxNull,

    /// <summary>A live MX matches no pattern of the policy. Add it to spec.mx, or remove the MX record.</summary>
    MxNotCovered,

    /// <summary>A pattern of the policy matches no live MX. Harmless; remove it if it is not for later.</summary>
    MxPatternUnused,

    /// <summary>An MX host has no address. Correct its A and AAAA records.</summary>
    MxHostNoAddress,

    /// <summary>An MX does not offer STARTTLS. Turn TLS on.</summary>
    StartTlsNotOffered,

    /// <summary>An MX offers STARTTLS and refuses it. See its log.</summary>
    StartTlsRefused,

    /// <summary>The TLS handshake with an MX failed, or it speaks nothing from TLS 1.2 on. See its TLS settings.</summary>
    MxTlsFailed,

    /// <summary>An MX's certificate does not name the MX host. Issue one that does.</summary>
    CertificateNameMismatch,

    /// <summary>An MX's certificate leads to no trusted root. Use a publicly trusted issuer, and send the whole chain.</summary>
    CertificateUntrusted,

    /// <summary>An MX's certificate has expired. Renew it.</summary>
    CertificateExpired,

    /// <summary>An MX's certificate is not valid yet. Look at its clock or wait.</summary>
    CertificateNotYetValid,

    /// <summary>An MX's certificate is rejected for another cause (revoked, wrong usage, weak). Issue another.</summary>
    CertificateRejected,

    /// <summary>An MX does not accept connections. See whether it is up.</summary>
    MxUnreachable,

    /// <summary>An MX did not answer in time. See whether it is up.</summary>
    MxTimedOut,

    /// <summary>An MX turned the session away. See its log, and whether the operator's address is on a block list.</summary>
    MxRejected,

    /// <summary>An MX does not speak SMTP. See what listens on port 25.</summary>
    MxMalformed,

    /// <summary>No mail server anywhere answers on port 25: our own way out is blocked. Let the operator's pod reach port 25.</summary>
    EgressBlocked,

    /// <summary>The address is private, loopback or special, and the class does not allow probing it. Allow it in the class if it is meant.</summary>
    AddressRefused,

    /// <summary>The check has not run yet, or its last result is too old to count. Wait for the next round.</summary>
    NotObservedYet,

    // The provider.

    /// <summary>The DNS provider could not be reached. It is tried again with back-off.</summary>
    ProviderUnavailable,

    /// <summary>The DNS provider refuses our credentials. Correct the Secret.</summary>
    ProviderCredentialsRefused,

    /// <summary>The DNS provider refuses the change. See the message.</summary>
    ProviderRefused,

    /// <summary>The provider is manual. Do to the zone what status.recordsByHand lists; the operator goes on when it sees it.</summary>
    RecordsByHand,

    /// <summary>No zone of the provider holds the domain. Add the zone to the provider, or use another one.</summary>
    ZoneNotFound,

    /// <summary>Somebody else changed the record at the same moment. It is read and tried again.</summary>
    ProviderConflict,

    /// <summary>The provider asks us to slow down. It is tried again when it says.</summary>
    ProviderRateLimited,

    /// <summary>The API server does not have an API that the class asks for. Install it, or choose another exposure.</summary>
    ApiMissing,

    /// <summary>An object of ours could not be written to the API server. It is tried again with back-off.</summary>
    ApplyFailed,

    // The rollout.

    /// <summary>The policy is being published for the first time. Wait.</summary>
    Publishing,

    /// <summary>All is well; the soak of the stage is not over. Wait until soakUntil.</summary>
    Soaking,

    /// <summary>The soak of the stage is over. Nothing to do.</summary>
    SoakElapsed,

    /// <summary>A check is broken, so the rollout holds. Mend what the checks name.</summary>
    ChecksBroken,

    /// <summary>A check has no answer, so the soak clock stands still. See the checks.</summary>
    ChecksUnknown,

    /// <summary>The next stage wants an approval. Add its name to spec.approvedStages.</summary>
    ApprovalMissing,

    /// <summary>spec.paused is true. Set it to false to go on.</summary>
    Paused,

    /// <summary>The domain is where its owner wants it. Nothing to do.</summary>
    TargetReached,

    /// <summary>The owner chose a lower target, so the domain went down to it at once. Senders keep the old policy until cachedUntil.</summary>
    OwnerLowered,

    /// <summary>The domain was found live with our own records and went on from that stage. Nothing to do.</summary>
    Resumed,

    /// <summary>The domain entered its first stage. Nothing to do.</summary>
    Started,

    /// <summary>The domain was live elsewhere; its records were taken over at the stage that matches what was live. Nothing to do.</summary>
    Adopted,

    /// <summary>A domain that was being taken down has a policy again, which goes on from where it was. Nothing to do.</summary>
    HandedOver,

    /// <summary>The mail servers of an enforced domain failed for longer than the class lets pass, so the domain went back to testing. Mend what the checks name; senders keep the old policy until cachedUntil.</summary>
    SteppedBack,

    /// <summary>The policy is mode none, and stays until no sender can hold an older one. Wait, and keep the mail servers as that policy names them.</summary>
    Retiring,

    /// <summary>Records and policy have been taken away, after every older policy had expired. Nothing to do.</summary>
    Retired,

    /// <summary>Promotions of the class wait for its next window. Wait.</summary>
    WindowClosed,

    /// <summary>The platform team has frozen the promotions of the class. Wait until the freeze ends.</summary>
    PromotionsFrozen,

    /// <summary>As many domains of the class are moving up as it lets at once. Wait.</summary>
    WaveIsFull,

    /// <summary>Too many domains of the class turned unhealthy after they moved up, so all others wait. Mend those, or raise rollout.haltAbovePercent.</summary>
    FleetUnhealthy,

    // What lint and the parsers say.

    /// <summary>The record does not begin with its version tag exactly as the RFC spells it. Write v=STSv1 or v=TLSRPTv1 first.</summary>
    VersionMissing,

    /// <summary>The policy's first field is not "version". RFC 8461 allows any order; strict senders do not. Put it first.</summary>
    VersionNotFirst,

    /// <summary>The version is not one that is known. Write STSv1 (or TLSRPTv1).</summary>
    VersionUnknown,

    /// <summary>There is white space between a record's version tag and its semicolon. The grammar allows it; senders that search for the tag do not find it. Remove it.</summary>
    VersionSpaced,

    /// <summary>The id is missing, or not 1 to 32 letters and digits. Give one.</summary>
    IdInvalid,

    /// <summary>The mode is missing, or not testing, enforce or none. Give one.</summary>
    ModeInvalid,

    /// <summary>The max_age is missing, or not 1 to 10 digits up to 31557600. Give one.</summary>
    MaxAgeInvalid,

    /// <summary>The max_age is shorter than a day, which some senders reject. Use 86400 or more.</summary>
    MaxAgeShort,

    /// <summary>The max_age is 31557600, which some senders reject. Use 31557599 or less.</summary>
    MaxAgeLong,

    /// <summary>There is no mx line although the mode wants one. Add one for every MX.</summary>
    MxLineMissing,

    /// <summary>An mx line is not a host name or a wildcard of one label. Correct it.</summary>
    MxPatternInvalid,

    /// <summary>A field appears twice; all but the first count for nothing (rfc8461#3.2). Remove the others.</summary>
    FieldDuplicate,

    /// <summary>A field that the RFC does not know. Senders ignore it, strict ones do not. Remove it.</summary>
    FieldUnknown,

    /// <summary>A line or field does not follow the grammar. Correct it.</summary>
    SyntaxInvalid,

    /// <summary>Lines end in more than one way. Use one newline style.</summary>
    NewlinesMixed,

    /// <summary>A blank line, which strict senders reject. Remove it.</summary>
    BlankLine,

    /// <summary>A character outside ASCII. Remove it.</summary>
    NotAscii,

    /// <summary>The document is larger than a strict sender reads (10 KB) or than the RFC's limit (64 KiB). Shorten it.</summary>
    DocumentTooLarge,

    /// <summary>The rua is missing or holds no usable mailto: or https: address. Give one.</summary>
    RuaInvalid,

    /// <summary>A rua has a scheme that the RFC does not know. Use mailto: or https:.</summary>
    RuaSchemeUnknown,
}
