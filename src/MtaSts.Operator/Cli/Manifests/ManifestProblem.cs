using System.Globalization;
using MtaSts.Core.Mail;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>Where a manifest is.</summary>
/// <param name="File">The file as it was named, or "-".</param>
/// <param name="Document">Which document of the file, counted from 1; 0 for the whole file.</param>
/// <param name="Item">Which item of a list, counted from 1; 0 where the document is no list.</param>
internal sealed record ManifestPlace(string File, int Document, int Item = 0)
{
    /// <summary>"file", "file:document 2" or "file:document 2, item 3".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{File}{(Document > 0 ? $":document {Document}" : "")}{(Item > 0 ? $", item {Item}" : "")}");
}

/// <summary>Something that is wrong with a manifest.</summary>
/// <param name="Place">Where the manifest is.</param>
/// <param name="Resource">Kind and name, or empty.</param>
/// <param name="Field">The field, what is wrong, what to do: the same words that the operator puts into the status.</param>
internal sealed record ManifestProblem(ManifestPlace Place, string Resource, FieldProblem Field)
{
    private const int CharsMax = 8192;

    /// <summary>One line.</summary>
    public override string ToString() => Excerpt.Plain($"{Place}: {Resource}{(Resource.Length > 0 ? ": " : "")}{Field}", CharsMax);
}
