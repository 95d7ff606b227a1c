using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>Places for pods on the mail network.</summary>
[Collection(MailNetworkCollection.Name)]
public sealed class MailPodTests(MailNetworkCollection.Fixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_have_addresses_of_their_own_and_the_resolver_and_cannot_be_more_than_the_plan_has()
    {
        var network = fixture.Network;
        foreach (var slot in (int[])[0, 1])
        {
            var pod = await network.AddPodAsync(slot, Cancellation);
            var own = await Command.OutputAsync(
                "ip", ["-brief", "address", "show", "eth0"], networkNamespace: pod.NetworkNamespace, cancellationToken: Cancellation);
            Assert.Contains($" {pod.Address}/24", own, StringComparison.Ordinal);
            var resolved = await Command.OutputAsync(
                "dig", ["+short", "ns1.dns.test", "A"], networkNamespace: pod.NetworkNamespace, cancellationToken: Cancellation);
            Assert.Equal($"{network.Dns.PrimaryAddress}", resolved.Trim());
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => network.AddPodAsync(AddressPlan.PodCount, Cancellation));
    }
}
