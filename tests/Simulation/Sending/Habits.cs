namespace MtaSts.Simulation.Sending;

/// <summary>What a sender does that the RFC leaves to it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pause">The mean time between two mails.</param>
/// <param name="ChecksEachTime">Looks for a new id before each mail; else only when a mail would fail (rfc8461#5.1).</param>
/// <param name="ExtendsById">Takes an unchanged id for a fetch: the cached policy is good for another max_age.</param>
/// <param name="Refreshes">How often it fetches on its own (rfc8461#10.2); null: never.</param>
/// <param name="IsStrict">Takes no policy with a fault or with a max_age below a day.</param>
internal sealed record Habits(string Name, TimeSpan Pause, bool ChecksEachTime, bool ExtendsById, TimeSpan? Refreshes, bool IsStrict)
{
    public static readonly IReadOnlyList<Habits> All =
    [
        new("busy", TimeSpan.FromHours(5), true, false, null, false),
        new("by the letter", TimeSpan.FromHours(20), false, false, null, false),
        new("lazy", TimeSpan.FromHours(9), true, true, null, false),
        new("lazy and strict", TimeSpan.FromHours(30), true, true, null, true),
        new("daily", TimeSpan.FromDays(3), false, false, TimeSpan.FromDays(1), true),
        new("monthly", TimeSpan.FromDays(30), false, false, null, false),
        new("monthly and lazy", TimeSpan.FromDays(25), false, true, null, false),
        new("often and lazy", TimeSpan.FromHours(2), true, true, null, false),
    ];
}
