using System.Globalization;
using System.Runtime.CompilerServices;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>Lets this program be a bed that a test can kill: with the variable set, it holds the bed of that number instead of running tests.</summary>
internal static class BedHolder
{
    public const string Variable = "MTASTS_TEST_HOLD_BED";

    [ModuleInitializer]
    internal static void HoldIfAsked()
    {
        // All of the holding is in the other assembly: code of this one cannot run on other threads before this method returns.
        if (Environment.GetEnvironmentVariable(Variable) is { } number) HeldBed.Hold(int.Parse(number, CultureInfo.InvariantCulture));
    }
}
