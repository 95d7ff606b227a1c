namespace MtaSts.Core.Observations;

/// <summary>
/// What a check found. Absent evidence, good evidence and bad evidence are three different things:
/// <see cref="Unknown"/> neither advances a rollout nor sets it back.
/// </summary>
public abstract record Finding
{
    private Finding()
    {
    }

    /// <summary>The check was made and everything that it looks at is as a strict sender wants it.</summary>
    /// <param name="Note">One sentence worth showing although nothing is wrong, or null.</param>
    public sealed record Healthy(string? Note = null) : Finding;

    /// <summary>The check was made and a sender would be hindered.</summary>
    /// <param name="Reason">What is wrong, of the one enum that status, metrics and CLI share.</param>
    /// <param name="Subject">The host, record name or URL that is wrong.</param>
    /// <param name="Message">One sentence for the reader: what was seen, what was wanted, what to do.</param>
    public sealed record Broken(Reason Reason, string Subject, string Message) : Finding;

    /// <summary>The check could not be made, or its answer does not count yet.</summary>
    /// <param name="Reason">Why nothing is known.</param>
    /// <param name="Subject">The host, record name or URL that was asked.</param>
    /// <param name="Message">One sentence for the reader.</param>
    public sealed record Unknown(Reason Reason, string Subject, string Message) : Finding;

    /// <summary>The worst of several findings: the first Broken, else the first Unknown, else the first Healthy with a note, else Healthy.</summary>
    public static Finding Worst(IEnumerable<Finding> findings)
    {
        Finding? unknown = null, healthy = null;
        foreach (var finding in findings)
        {
            switch (finding)
            {
                case Broken: return finding;
                case Unknown: unknown ??= finding; break;
                case Healthy { Note: not null }: healthy ??= finding; break;
            }
        }

        return unknown ?? healthy ?? new Healthy();
    }
}
