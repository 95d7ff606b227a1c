using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes;

/// <summary>
/// Writes down the protocol of ports that leave it to the default. The protocol is part of a port's key in the list, and API server
/// 1.20 refuses to apply a port without it, where later ones know the default.
/// </summary>
internal static class PortProtocols
{
    /// <summary>Sets "TCP" on ports of services and containers that name no protocol.</summary>
    public static void Fill(JsonNode node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
                Fill(item);
        }
        if (node is not JsonObject map)
            return;
        if (JsonText.TextOf(map["kind"]) == "Service" && map["spec"]?["ports"] is JsonArray servicePorts)
            SetDefault(servicePorts);
        foreach (var (name, value) in map)
        {
            if (name == "ports" && value is JsonArray ports && ports.All(p => p is JsonObject port && port.ContainsKey("containerPort")))
                SetDefault(ports);
            else if (value is not null)
                Fill(value);
        }
    }

    private static void SetDefault(JsonArray ports)
    {
        foreach (var port in ports.OfType<JsonObject>())
            port.TryAdd("protocol", JsonValue.Create("TCP"));
    }
}
