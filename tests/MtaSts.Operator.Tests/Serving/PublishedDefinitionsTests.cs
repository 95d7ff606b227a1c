using System.Text.Json.Nodes;
using MtaSts.Core.Mail;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Tests.Resources;
using MtaSts.TestBed.Foreign;

namespace MtaSts.Operator.Tests.Serving;

/// <summary>What the operator makes of other projects' kinds is valid by the definitions that those projects publish.</summary>
public sealed class PublishedDefinitionsTests
{
    private static readonly string Longest = string.Join('.', Enumerable.Repeat(new string('a', 50), 4)) + ".example.com";

    public static TheoryData<string, string, string> Kinds => new()
    {
        { "gateway-api", "httproutes", "HTTPRoute" },
        { "gateway-api", "listenersets", "ListenerSet" },
        { "cert-manager", "certificates", "Certificate" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_object_of_a_policy_host_is_valid(string project, string plural, string kind)
    {
        var schema = Schema(project, plural, "v1");
        var objects = Objects(kind);

        Assert.NotEmpty(objects);
        Assert.All(objects, o => Assert.Equal([], schema.Problems(o)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{objects.Count} objects, {schema.Evaluated} CEL rules");
    }

    [Fact]
    public void What_is_wrong_is_found()
    {
        var schema = Schema("gateway-api", "httproutes", "v1");
        var route = Objects("HTTPRoute")[0];

        Assert.NotEmpty(schema.Problems(With(s => s["hostnames"]![0] = "Not a host")));
        Assert.NotEmpty(schema.Problems(With(s => s["host"] = "unknown")));
        Assert.NotEmpty(schema.Problems(With(s => s["rules"]![0]!["matches"]![0]!["path"]!["value"] = "no-slash")));

        JsonObject With(Action<JsonNode> change)
        {
            var copy = route.DeepClone().AsObject();
            change(copy["spec"]!);
            return copy;
        }
    }

    // As they are applied, for a short and for a long domain.
    private static List<JsonObject> Objects(string kind) =>
    [
        .. from exposure in HostObjectsTests.EveryExposure
           from domain in new[] { "example.com", Longest }
           from item in HostObjects.For(MailDomain.Parse(domain), Samples.Serving(change: s => s with { Exposure = exposure }), "team-a/p")
           where item.Kind.Kind == kind
           select new JsonObject([new("apiVersion", item.Kind.ApiVersion), new("kind", kind), .. item.Body.DeepClone().AsObject().ToDictionary(p => p.Key, p => p.Value?.DeepClone())]),
    ];

    private static CustomResourceSchema Schema(string project, string plural, string version)
    {
        var yaml = PublishedCrds.Find(project, plural);
        Assert.SkipWhen(yaml is null, $"the definitions of {project} are not at hand (MTASTS_CRDS names their folder)");
        return new CustomResourceSchema(yaml!, version);
    }
}
