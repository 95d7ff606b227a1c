namespace MtaSts.TestBed.Processes;

/// <summary>A program of the bed did not start or did not get ready; the message has the end of its log.</summary>
public sealed class ChildProcessException : Exception
{
    public ChildProcessException() { }

    public ChildProcessException(string message) : base(message) { }

    public ChildProcessException(string message, Exception innerException) : base(message, innerException) { }
}
