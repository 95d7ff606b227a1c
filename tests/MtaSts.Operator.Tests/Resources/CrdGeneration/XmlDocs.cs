using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MtaSts.Operator.Tests.Resources.CrdGeneration;

/// <summary>The doc comments of an assembly, from the XML file that the compiler writes beside it.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDocs(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>The doc comments of an assembly.</summary>
    public static XmlDocs Of(Assembly assembly) => new(
        XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member")
            .Where(m => m.Element("summary") is not null)
            .ToDictionary(m => m.Attribute("name")!.Value, m => Plain(m.Element("summary")!)));

    /// <summary>The summary of a type.</summary>
    public string SummaryOf(Type type) => Find("T:" + type.FullName);

    /// <summary>The summary of a property.</summary>
    public string SummaryOf(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private static string Plain(XElement summary)
    {
        foreach (var reference in summary.Descendants("see").ToList())
        {
            reference.ReplaceWith(reference.Attribute("cref")?.Value.Split('.')[^1] ?? "");
        }

        return Spaces().Replace(summary.Value, " ").Trim();
    }

    private string Find(string member) =>
        _summaries.TryGetValue(member, out var text) ? text : throw new InvalidOperationException($"{member} has no doc comment, so the CRD has no description");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
