namespace MtaSts.Core.Observations;

/// <summary>Says in words how a DNS server failed.</summary>
internal static class DnsWords
{
    /// <summary>One clause, without a full stop.</summary>
    public static string Of(DnsReply reply)
    {
        var words = reply.Status switch
        {
            DnsStatus.Answered => "it answered",
            DnsStatus.NoData => "it knows no such record",
            DnsStatus.NoSuchName => "it knows no such name",
            DnsStatus.ServerFailure => "it answered SERVFAIL",
            DnsStatus.Refused => "it refused",
            DnsStatus.TimedOut => "it did not answer in time",
            DnsStatus.Unreachable => "it could not be reached",
            DnsStatus.NoRoute => "there is no route to it from here",
            _ => "its answer makes no sense",
        };
        return reply.Detail is null ? words : $"{words} ({reply.Detail})";
    }
}
