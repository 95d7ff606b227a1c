using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s.Models;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Tests.Resources.CrdGeneration;

/// <summary>
/// Makes the CustomResourceDefinition of a resource type: names and columns from its attributes, the schema from its properties, descriptions from
/// their doc comments. Order is the order in the code, so the same types give the same text.
/// </summary>
internal sealed class CrdGenerator(XmlDocs docs)
{
    private static readonly string[] Given = ["apiVersion", "kind", "metadata"];

    public static string FileNameOf(Type type) => $"{EntityOf(type).Group}_{EntityOf(type).PluralName}.yaml";

    public string Yaml(Type type) => "# Generated from the C# types by script/lib/generate-crds; do not edit.\n" + YamlText.Of(Definition(type));

    public JsonObject Definition(Type type)
    {
        var entity = EntityOf(type);
        var names = type.GetCustomAttribute<ResourceNamesAttribute>()!;
        var named = new JsonObject
        {
            ["categories"] = new JsonArray(ResourceNamesAttribute.Category),
            ["kind"] = entity.Kind,
            ["listKind"] = entity.Kind + "List",
            ["plural"] = entity.PluralName,
        };
        if (names.ShortName is not null)
        {
            named["shortNames"] = new JsonArray(names.ShortName);
        }

        named["singular"] = names.Singular;
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{entity.PluralName}.{entity.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = entity.Group,
                ["names"] = named,
                ["scope"] = names.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = entity.ApiVersion,
                    ["served"] = true,
                    ["storage"] = true,
                    ["additionalPrinterColumns"] = Columns(type),
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = Root(type) },
                    ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
                }),
            },
        };
    }

    private static KubernetesEntityAttribute EntityOf(Type type) => type.GetCustomAttribute<KubernetesEntityAttribute>()!;

    private static JsonArray Columns(Type type) =>
    [
        .. type.GetCustomAttributes<PrinterColumnAttribute>().OrderBy(c => c.Order).Select(c =>
        {
            var column = new JsonObject { ["name"] = c.Name, ["type"] = c.Type, ["jsonPath"] = c.JsonPath };
            if (c.Description.Length > 0)
            {
                column["description"] = c.Description;
            }

            if (c.Priority > 0)
            {
                column["priority"] = c.Priority;
            }

            return (JsonNode)column;
        }),
    ];

    private JsonObject Root(Type type)
    {
        var properties = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["description"] = "The group and version of this kind.", ["type"] = "string" },
            ["kind"] = new JsonObject { ["description"] = "The kind.", ["type"] = "string" },
            ["metadata"] = new JsonObject { ["type"] = "object" },
        };
        var schema = ObjectOf(type, properties);
        schema["description"] = docs.SummaryOf(type);
        return schema;
    }

    private JsonObject ObjectOf(Type type, JsonObject properties)
    {
        var required = new JsonArray();
        foreach (var property in type.GetProperties().OrderBy(p => p.MetadataToken))
        {
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;
            if (name is null || Given.Contains(name) && properties.ContainsKey(name))
            {
                continue;
            }

            properties[name] = PropertyOf(property);
            if (property.GetCustomAttribute<SchemaAttribute>()?.Required == true)
            {
                required.Add(name);
            }
        }

        var schema = new JsonObject { ["description"] = "", ["type"] = "object" };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        schema["properties"] = properties;
        return schema;
    }

    private JsonObject PropertyOf(PropertyInfo property)
    {
        var about = property.GetCustomAttribute<SchemaAttribute>() ?? new SchemaAttribute();
        var schema = SchemaOf(property.PropertyType, about);
        schema["description"] = docs.SummaryOf(property);
        if (about.Default is not null)
        {
            schema["default"] = JsonNode.Parse(about.Default);
        }

        var rules = property.GetCustomAttributes<ValidationAttribute>()
            .Select(v => (JsonNode)new JsonObject { ["rule"] = v.Rule, ["message"] = v.Message })
            .ToArray();
        if (rules.Length > 0)
        {
            schema["x-kubernetes-validations"] = new JsonArray(rules);
        }

        return schema;
    }

    private JsonObject SchemaOf(Type declared, SchemaAttribute about)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return ListOf(type.GetGenericArguments()[0], about);
        }

        if (type == typeof(IReadOnlyDictionary<string, string>))
        {
            var map = new JsonObject { ["description"] = "", ["type"] = "object" };
            Bound(map, "maxProperties", about.ItemsMax);
            var values = StringOf(about);
            values.Remove("description");
            map["additionalProperties"] = values;
            return map;
        }

        return type == typeof(string) ? StringOf(about)
            : type == typeof(DateTimeOffset) ? StringOf(about)
            : type == typeof(bool) ? Described("boolean")
            : type == typeof(int) ? NumberOf("integer", "int32", about)
            : type == typeof(long) ? NumberOf("integer", "int64", about)
            : type == typeof(double) ? NumberOf("number", "double", about)
            : ObjectOf(type, []);
    }

    private JsonObject ListOf(Type item, SchemaAttribute about)
    {
        var list = Described("array");
        Bound(list, "minItems", about.ItemsMin);
        Bound(list, "maxItems", about.ItemsMax);
        if (about.MapKey is not null)
        {
            list["x-kubernetes-list-map-keys"] = new JsonArray(about.MapKey);
        }

        list["x-kubernetes-list-type"] = about.MapKey is not null ? "map" : about.IsSet ? "set" : "atomic";
        var items = item == typeof(string) ? StringOf(about) : SchemaOf(item, new SchemaAttribute());
        if (item == typeof(string))
        {
            items.Remove("description");
        }
        else
        {
            items["description"] = docs.SummaryOf(item);
        }

        list["items"] = items;
        return list;
    }

    private static JsonObject StringOf(SchemaAttribute about)
    {
        var schema = Described("string");
        if (about.Format is not null)
        {
            schema["format"] = about.Format;
        }

        if (about.OneOf is not null)
        {
            schema["enum"] = new JsonArray([.. about.OneOf.Split(' ').Select(v => (JsonNode)v)]);
        }

        Bound(schema, "minLength", about.CharsMin);
        Bound(schema, "maxLength", about.CharsMax);
        if (about.Pattern is not null)
        {
            schema["pattern"] = about.Pattern;
        }

        return schema;
    }

    private static JsonObject NumberOf(string type, string format, SchemaAttribute about)
    {
        var schema = Described(type);
        schema["format"] = format;
        if (about.Min != long.MinValue)
        {
            schema["minimum"] = about.Min;
        }

        if (about.Max != long.MaxValue)
        {
            schema["maximum"] = about.Max;
        }

        return schema;
    }

    // The description is set where the property is known; it stands first because it is there from the beginning.
    private static JsonObject Described(string type) => new() { ["description"] = "", ["type"] = type };

    private static void Bound(JsonObject schema, string key, int value)
    {
        if (value >= 0)
        {
            schema[key] = value;
        }
    }
}
