using MtaSts.Core.Rollout;

namespace MtaSts.Simulation.Watching;

/// <summary>Counts healthy time from the looks themselves: between two looks at which all was well, with none between that was not.</summary>
internal sealed class SoakWatch
{
    private DateTimeOffset? _well;
    private DateTimeOffset? _badSince;
    private int _badLooks;

    /// <summary>The healthy time of the stage so far.</summary>
    public TimeSpan Healthy { get; private set; }

    public void Counted(Look look)
    {
        switch (look.Sight)
        {
            case Sight.Well:
                Healthy += _well is { } before && look.At > before ? look.At - before : TimeSpan.Zero;
                (_well, _badSince, _badLooks) = (look.At, null, 0);
                break;
            case Sight.MailIsBad:
                (Healthy, _well) = (TimeSpan.Zero, null);
                (_badSince, _badLooks) = (_badSince ?? look.At, _badLooks + 1);
                break;
            default:
                _well = null;
                break;
        }
    }

    /// <summary>Another stage begins.</summary>
    public void Begin() => (Healthy, _well, _badSince, _badLooks) = (TimeSpan.Zero, null, null, 0);

    /// <summary>True when the mail servers have failed for as long, and as often seen, as the rule asks for.</summary>
    public bool Confirms(StepBackRule rule, DateTimeOffset now, TimeSpan tolerance) =>
        _badSince is { } since && _badLooks >= rule.Looks && now - since + tolerance >= rule.TimeMin;
}
