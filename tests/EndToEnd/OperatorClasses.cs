namespace MtaSts.EndToEnd;

/// <summary>The rollouts of the tests' classes: the stages of the default rollout, with soaks of seconds.</summary>
internal static class OperatorClasses
{
    /// <summary>At enforce within seconds.</summary>
    public static readonly string[] Fast =
    [
        "name: testing, mode: testing, maxAge: 1d, soak: 3s",
        "name: enforce-1d, mode: enforce, maxAge: 1d, soak: 2s",
        "name: enforce, mode: enforce, maxAge: 12w",
    ];

    /// <summary>Stays at testing.</summary>
    public static readonly string[] Slow =
    [
        "name: testing, mode: testing, maxAge: 1d, soak: 1h",
        "name: enforce, mode: enforce, maxAge: 12w",
    ];

    /// <summary>Wants an approval for enforce.</summary>
    public static readonly string[] Manual =
    [
        "name: testing, mode: testing, maxAge: 1d, soak: 2s",
        "name: enforce, mode: enforce, maxAge: 12w, approval: Manual",
    ];

    /// <summary>Wants an approval for its second stage of enforce.</summary>
    public static readonly string[] Halfway =
    [
        "name: testing, mode: testing, maxAge: 1d, soak: 1s",
        "name: enforce-1d, mode: enforce, maxAge: 1d, soak: 1s",
        "name: enforce, mode: enforce, maxAge: 12w, approval: Manual",
    ];

    /// <summary>At enforce within seconds, and forgotten by senders within seconds.</summary>
    public static readonly string[] Brief =
    [
        "name: testing, mode: testing, maxAge: 5s, soak: 2s",
        "name: enforce, mode: enforce, maxAge: 5s",
    ];
}
