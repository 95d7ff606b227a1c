using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Serving;

/// <summary>Where a domain's document is kept: one entry of one ConfigMap of the class.</summary>
/// <param name="ConfigMapName">The ConfigMap, in the class's serving namespace.</param>
/// <param name="Key">The entry: the domain, which is also the file's name before the policy server.</param>
public sealed record PolicyShard(string ConfigMapName, string Key)
{
    /// <summary>
    /// How many ConfigMaps a class has. All are mounted from the beginning, so that growth needs no restart; with 64 of them 100,000 documents of
    /// 200 bytes stay at a third of the 1 MiB that a ConfigMap may have. It must never change: a document would be in two places.
    /// </summary>
    public const int Count = 64;

    /// <summary>The place of a domain: always the same for the same domain and class.</summary>
    public static PolicyShard Of(MailDomain domain, string className) =>
        new(ServingNames.OfShard(className, NumberOf(domain)), domain.ToString());

    /// <summary>The number of a domain's shard, from 0 to below <see cref="Count"/>.</summary>
    public static int NumberOf(MailDomain domain) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(domain.ToString()))) % Count);
}
