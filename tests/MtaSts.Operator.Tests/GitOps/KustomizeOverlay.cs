namespace MtaSts.Operator.Tests.GitOps;

/// <summary>The kustomize base in an overlay as somebody would write it.</summary>
internal static class KustomizeOverlay
{
    /// <summary>Writes one.</summary>
    /// <param name="folder">Where: a folder of its own.</param>
    /// <param name="part">The part of the base: "" for the operator, "class" for the class.</param>
    /// <param name="lines">What it sets.</param>
    public static void Write(DirectoryInfo folder, string part, params string[] lines)
    {
        var source = Path.GetRelativePath(folder.FullName, Repository.PathOf("gitops", "kustomize", part)).TrimEnd('/');
        File.WriteAllLines(Path.Combine(folder.FullName, "kustomization.yaml"), [$"resources: [{source}]", .. lines]);
    }
}
