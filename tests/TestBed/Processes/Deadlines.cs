namespace MtaSts.TestBed.Processes;

/// <summary>
/// How long a machine that is busy, or stands still for moments, is given for what takes others a moment. They end what fails; whatever holds does not wait for
/// them, and nothing is measured by them.
/// </summary>
public static class Deadlines
{
    /// <summary>For a program to start, or to answer.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromMinutes(1);

    /// <summary>For work of several programs: a stage to be reached, a mail to be delivered, a control plane to start.</summary>
    public static readonly TimeSpan Work = TimeSpan.FromMinutes(3);
}
