namespace MtaSts.Operator.Resources.Schema;

/// <summary>A CEL rule of the CRD. API servers before 1.25 drop it without a word, so a reader checks the same.</summary>
/// <param name="rule">The expression; <c>self</c> is the value.</param>
/// <param name="message">What the API server answers when the rule is broken.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class ValidationAttribute(string rule, string message) : Attribute
{
    /// <summary>The expression.</summary>
    public string Rule { get; } = rule;

    /// <summary>The answer.</summary>
    public string Message { get; } = message;
}
