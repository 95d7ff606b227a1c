using System.Text.RegularExpressions;
using MtaSts.Core.Mail;
using MtaSts.Core.Sts;

namespace MtaSts.EndToEnd;

/// <summary>rfc8461#8.1, told by the logs of the name server and of the web server, for everything that was published in the world so far.</summary>
public sealed partial class OperatorOrderTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    // Stages of the tests' classes, by mode and max_age, and what a policy becomes that is handed from one resource to another.
    private static readonly (StsMode Mode, long MaxAge)[] Stages = [(StsMode.Testing, 86400), (StsMode.Enforce, 86400), (StsMode.Enforce, 12 * 7 * 86400), (StsMode.None, 86400)];

    private static readonly string[][] MxLists = [[OperatorScene.Mx], [OperatorScene.SecondMx], [OperatorScene.Mx, OperatorScene.SecondMx]];

    private const int PolicyIdLength = 24;

    internal static OperatorDomain[] Domains { get; } = [new("order")];

    [Fact]
    public async Task No_id_was_written_before_a_document_of_its_size_was_served()
    {
        var scene = world.Scene;
        await scene.UntilStageAsync("order", "enforce");

        var documents = Stages.SelectMany(stage => MxLists.Select(mx => PolicyDocument.Of(
                new StsPolicy(stage.Mode, [.. mx.Select(text => MxPattern.TryParse(text, out var pattern, out var problem) ? pattern : throw new FormatException(problem))], stage.MaxAge))))
            .ToDictionary(document => document.Id.ToString(), document => document.Text.Length);
        var requests = await scene.Mail.Web.RequestsAsync(TestContext.Current.CancellationToken);
        var named = (await scene.Mail.Dns.UpdatesAsync(TestContext.Current.CancellationToken))
            .Where(update => update.Key == scene.Mail.Dns.Sha512Key.Name)
            .Select(update => (update.At, Match: AddedId().Match(update.Text)))
            .Where(update => update.Match.Success)
            .Select(update => (update.At, Domain: OfPlace(update.Match.Groups["domain"].Value), Id: update.Match.Groups["id"].Value))
            .ToList();
        OperatorScene.Tell($"{named.Count} ids in the name server's log");

        // A record that is adopted keeps its id, of somebody else's making, until a document of ours was seen.
        var adopted = named.Where(n => n.Id.Length != PolicyIdLength).ToList();
        Assert.All(adopted, n => Assert.Equal(("adopted.test", "20200101"), (n.Domain, n.Id)));
        named = [.. named.Except(adopted)];
        Assert.True(named.Count(n => n.Domain == "order.test") == 3, "three stages, three ids");
        Assert.All(named, n => Assert.True(
            documents.TryGetValue(n.Id, out var size)
                && requests.Any(r => r.Host == "mta-sts." + n.Domain && r.Status == 200 && r.Bytes == size && r.At <= n.At),
            $"{n.At:HH:mm:ss.fff} {n.Domain} {n.Id}"));
    }

    // What is delegated is written below the provider's cnameTarget.
    private static string OfPlace(string name) =>
        name.EndsWith($".{OperatorDelegationTests.Suffix}", StringComparison.Ordinal) ? name[..^(OperatorDelegationTests.Suffix.Length + 1)] : name;

    [GeneratedRegex("""adding an RR at '_mta-sts\.(?<domain>[^']+)' TXT "?v=STSv1; id=(?<id>[a-z0-9]+)""")]
    private static partial Regex AddedId();
}
