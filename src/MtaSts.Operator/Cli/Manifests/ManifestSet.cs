using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MtaSts.Core.Mail;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>A resource and where it was found.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="Place">Where.</param>
/// <param name="Resource">The resource.</param>
internal sealed record Placed<T>(ManifestPlace Place, T Resource)
    where T : IKubernetesObject<V1ObjectMeta>
{
    private const int TitleCharsMax = 600; // a kind and two DNS names

    /// <summary>"Kind name" or "Kind namespace/name".</summary>
    public string Title => Excerpt.Plain(
        $"{Resource.Kind} {(Resource.Metadata.NamespaceProperty is { Length: > 0 } space ? $"{space}/" : "")}{Resource.Metadata.Name}", TitleCharsMax);

    /// <summary>A problem of it.</summary>
    public ManifestProblem Problem(FieldProblem field) => new(Place, Title, field);
}

/// <summary>The resources of some manifests, of the kinds that a plan needs.</summary>
internal sealed class ManifestSet
{
    private const string DefaultNamespace = "default";

    private readonly List<ManifestProblem> _problems = [];
    private readonly List<string> _ignored = [];
    private readonly List<string> _files = [];

    /// <summary>The policies.</summary>
    public List<Placed<MtaStsPolicy>> Policies { get; } = [];

    /// <summary>The classes.</summary>
    public List<Placed<MtaStsClass>> Classes { get; } = [];

    /// <summary>The providers of the cluster.</summary>
    public List<Placed<ClusterDnsProvider>> Providers { get; } = [];

    /// <summary>The providers of namespaces.</summary>
    public List<Placed<DnsProvider>> OwnProviders { get; } = [];

    /// <summary>The namespaces, for their labels.</summary>
    public List<Placed<V1Namespace>> Namespaces { get; } = [];

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<ManifestProblem> Problems => _problems;

    /// <summary>The files, in the order in which they were added.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>What was left aside, since it is of no kind that counts here.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Adds the documents of a file.</summary>
    /// <param name="file">The file as it is to be named.</param>
    /// <param name="text">Its text.</param>
    public void Add(string file, string text)
    {
        _files.Add(file);
        if (!YamlTree.TryRead(text, out var documents, out var problem))
        {
            _problems.Add(new ManifestProblem(new ManifestPlace(file, 0), "", new FieldProblem("the file", $"is not YAML: {Excerpt.Plain(problem, 200)}", "correct that line")));
            return;
        }

        for (var i = 0; i < documents.Count; i++)
        {
            AddDocument(new ManifestPlace(file, i + 1), documents[i]);
        }
    }

    private void AddDocument(ManifestPlace place, JsonNode? document)
    {
        if (document is null)
        {
            return; // between two "---", or behind the last
        }

        if (document is not JsonObject map || Text(map["kind"]) is not { } kind)
        {
            _problems.Add(new ManifestProblem(place, "", new FieldProblem("kind", "is missing", "write a Kubernetes resource: apiVersion, kind, metadata, spec")));
            return;
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && map["items"] is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                AddDocument(place with { Item = i + 1 }, items[i]);
            }

            return;
        }

        switch (kind)
        {
            case MtaStsPolicy.KubeKind: AddOurs(Policies, place, map); break;
            case MtaStsClass.KubeKind: AddOurs(Classes, place, map); break;
            case ClusterDnsProvider.KubeKind: AddOurs(Providers, place, map); break;
            case DnsProvider.KubeKind: AddOurs(OwnProviders, place, map); break;
            case V1Namespace.KubeKind: AddRead(Namespaces, place, map); break;
            default: _ignored.Add($"{place}: {Excerpt.Plain(kind)} is of no kind that counts here"); break;
        }
    }

    private void AddOurs<T>(List<Placed<T>> list, ManifestPlace place, JsonObject map)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Text(map["apiVersion"]) is var version && version != ApiGroup.ApiVersion)
        {
            _problems.Add(new ManifestProblem(
                place, Title(map), new FieldProblem("apiVersion", version is null ? "is missing" : $"is {Excerpt.Of(version)}", $"write {ApiGroup.ApiVersion}")));
            return;
        }

        // A status that another version of the operator wrote is not the manifest's fault.
        var unknown = UnknownFields.Of(new JsonObject(map.Where(e => e.Key != "status").Select(e => KeyValuePair.Create(e.Key, e.Value?.DeepClone()))), typeof(T), "").ToList();
        _problems.AddRange(unknown.Select(field => new ManifestProblem(place, Title(map), field)));
        if (AddRead(list, place, map) is { } read && string.IsNullOrEmpty(read.Metadata.Name))
        {
            _problems.Add(new ManifestProblem(place, read.Kind, new FieldProblem("metadata.name", "is empty", "give the resource a name")));
        }
    }

    private T? AddRead<T>(List<Placed<T>> list, ManifestPlace place, JsonObject map)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var read = KubernetesJson.Deserialize<T>(map.ToJsonString());
            read.Metadata ??= new V1ObjectMeta();
            if (read is MtaStsPolicy or DnsProvider)
            {
                read.Metadata.NamespaceProperty ??= DefaultNamespace;
            }

            list.Add(new Placed<T>(place, read));
            return read;
        }
        catch (JsonException failure)
        {
            var path = failure.Path is { Length: > 2 } at ? at[2..] : "the resource";
            _problems.Add(new ManifestProblem(place, Title(map), new FieldProblem(Excerpt.Plain(path), "has a value of the wrong type", "write it as `kubectl explain` says")));
            return null;
        }
    }

    private static string Title(JsonObject map) =>
        Excerpt.Plain($"{Text(map["kind"])} {Text((map["metadata"] as JsonObject)?["name"])}".TrimEnd());

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
