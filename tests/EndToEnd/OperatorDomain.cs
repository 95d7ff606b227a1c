using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>A domain that is there, with its policy, when the tests begin.</summary>
/// <param name="Name">The policy's name; the domain is NAME.test.</param>
/// <param name="More">Further fields of spec in YAML flow.</param>
internal sealed record OperatorDomain(string Name, string More = "")
{
    /// <summary>The policy's namespace.</summary>
    public string Space { get; init; } = "team-a";

    /// <summary>Its patterns; <see cref="OperatorScene.Mx"/> when there are none.</summary>
    public string[] Mx { get; init; } = [];

    /// <summary>What its zone has besides the MX record.</summary>
    public ZoneRecord[] Records { get; init; } = [];

    public string Domain => Name + ".test";

    public string Manifest => OperatorScene.Policy($"{Space}/{Name}", Domain, More, Mx);
}
