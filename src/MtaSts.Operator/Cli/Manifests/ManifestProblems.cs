using System.Text.Json.Serialization;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>A problem of a manifest in JSON.</summary>
/// <param name="File">The file.</param>
/// <param name="Document">The document in it, from 1; 0 for the whole file.</param>
/// <param name="Item">The item of a list, from 1; 0 where the document is no list.</param>
/// <param name="Resource">Kind and name, or empty.</param>
/// <param name="Path">The field.</param>
/// <param name="Problem">What is wrong with it, in words that follow the path.</param>
/// <param name="Fix">What to do.</param>
internal sealed record ManifestProblemJson(string File, int Document, int Item, string Resource, string Path, string Problem, string Fix)
{
    /// <summary>The JSON form of a problem.</summary>
    public static ManifestProblemJson Of(ManifestProblem problem) => new(
        problem.Place.File, problem.Place.Document, problem.Place.Item, problem.Resource, problem.Field.Path, problem.Field.Problem, problem.Field.Fix);
}

/// <summary>What <c>mtasts plan -o json</c> and <c>mtasts simulate -o json</c> print where something is wrong with the manifests.</summary>
/// <param name="Valid">False.</param>
/// <param name="Problems">All that is wrong.</param>
internal sealed record ManifestProblemsJson(bool Valid, IReadOnlyList<ManifestProblemJson> Problems);

/// <summary>The generated writer of the problems.</summary>
[JsonSerializable(typeof(ManifestProblemsJson))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext
{
    /// <summary>The writer to use.</summary>
    public static ManifestJsonContext Plain { get; } = new(CliOptions.JsonWriting());
}

/// <summary>Says what is wrong with manifests.</summary>
internal static class ManifestProblems
{
    /// <summary>Prints the problems on standard output: they are the result.</summary>
    /// <returns><see cref="ExitCodes.Findings"/></returns>
    public static int Print(CliHost host, IReadOnlyList<ManifestProblem> problems, bool asJson)
    {
        if (asJson)
        {
            var json = new ManifestProblemsJson(false, [.. problems.Select(ManifestProblemJson.Of)]);
            host.Out.WriteLine(System.Text.Json.JsonSerializer.Serialize(json, ManifestJsonContext.Plain.ManifestProblemsJson));
            return ExitCodes.Findings;
        }

        foreach (var problem in problems)
        {
            host.Out.WriteLine(problem.ToString());
        }

        return ExitCodes.Findings;
    }
}
