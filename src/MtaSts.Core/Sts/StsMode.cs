namespace MtaSts.Core.Sts;

/// <summary>The mode of a policy (rfc8461#3.2).</summary>
public enum StsMode
{
    /// <summary>There is no policy any more.</summary>
    None,

    /// <summary>Failures are reported, mail is delivered.</summary>
    Testing,

    /// <summary>Mail is not delivered to an MX that fails.</summary>
    Enforce,
}
