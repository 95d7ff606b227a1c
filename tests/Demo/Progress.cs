using MtaSts.TestBed;
using Spectre.Console;

namespace MtaSts.Demo;

/// <summary>Shows how far each policy is: a table that lives on a terminal, a line a change elsewhere.</summary>
internal sealed class Progress
{
    private readonly Dictionary<string, string> _told = [];
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;

    /// <summary>Tells of what changed.</summary>
    public void Show(IReadOnlyList<PolicyObject> policies)
    {
        if (!Console.IsOutputRedirected)
        {
            ShowTable(policies);
            return;
        }

        foreach (var policy in policies)
        {
            var line = $"{policy.Domain,-16} {policy.Name,-22} mode={policy.Mode,-8} stage={policy.Stage,-11} ready={policy.Ready,-5} {policy.Reason}";
            if (_told.GetValueOrDefault(policy.Name) != line)
            {
                _told[policy.Name] = line;
                Console.WriteLine($"  {(DateTimeOffset.UtcNow - _began).TotalSeconds,5:0.0}s {line}");
            }
        }
    }

    private void ShowTable(IReadOnlyList<PolicyObject> policies)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Domain", "Policy", "Mode", "Stage", "Ready", "Reason", "Soak until");
        foreach (var policy in policies)
        {
            var colour = policy.Ready switch { "True" => "green", "False" => "red", _ => "yellow" };
            table.AddRow(
                Markup.Escape(policy.Domain), Markup.Escape(policy.Name), policy.Mode, policy.Stage,
                $"[{colour}]{policy.Ready}[/]", Markup.Escape(policy.Reason), $"{policy.SoakUntil:HH:mm:ss}");
        }

        if (_told.Count > 0)
        {
            AnsiConsole.Cursor.MoveUp(_told.Count);
        }

        _told.Clear();
        for (var i = 0; i < policies.Count + 4; i++)
        {
            _told[$"{i}"] = "";
        }

        AnsiConsole.Write(table);
    }
}
