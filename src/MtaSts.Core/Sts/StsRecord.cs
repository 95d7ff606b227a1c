namespace MtaSts.Core.Sts;

/// <summary>The TXT record at <c>_mta-sts.DOMAIN</c> (rfc8461#3.1).</summary>
/// <param name="Id">The id of the policy.</param>
public sealed record StsRecord(PolicyId Id)
{
    /// <summary>What every STS record begins with; other TXT records at the name are none of ours (rfc8461#3.1).</summary>
    public const string Prefix = "v=STSv1";

    /// <summary>The record as we write it.</summary>
    public override string ToString() => $"v=STSv1; id={Id};";
}
