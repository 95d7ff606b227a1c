namespace MtaSts.Operator.Reconcile;

/// <summary>Where a domain is: the class under which it is served, and the provider that has its records. They lag behind the spec while it moves.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="ProviderName">The provider.</param>
public sealed record Places(string? ClassName, string? ProviderName);
