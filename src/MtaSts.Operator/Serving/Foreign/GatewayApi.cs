namespace MtaSts.Operator.Serving.Foreign;

/// <summary>The names of the Gateway API.</summary>
public static class GatewayApi
{
    /// <summary>Its group.</summary>
    public const string GroupName = "gateway.networking.k8s.io";
}
