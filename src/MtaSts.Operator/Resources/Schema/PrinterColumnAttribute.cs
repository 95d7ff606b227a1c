namespace MtaSts.Operator.Resources.Schema;

/// <summary>A column of <c>kubectl get</c>; the columns stand in the order of the attributes' <see cref="Order"/>.</summary>
/// <param name="order">Its place, from 0.</param>
/// <param name="name">Its heading.</param>
/// <param name="jsonPath">Where its value is.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(int order, string name, string jsonPath) : Attribute
{
    /// <summary>Its place.</summary>
    public int Order { get; } = order;

    /// <summary>Its heading.</summary>
    public string Name { get; } = name;

    /// <summary>Where its value is.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>"string", "integer", "boolean" or "date" (an age; never for a time that is to come, which kubectl prints as invalid).</summary>
    public string Type { get; init; } = "string";

    /// <summary>What the column shows.</summary>
    public string Description { get; init; } = "";

    /// <summary>0 to be shown always, 1 to be shown with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}
