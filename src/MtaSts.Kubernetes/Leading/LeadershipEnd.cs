namespace MtaSts.Kubernetes;

/// <summary>Why <see cref="LeaderElector.RunAsync"/> came back.</summary>
public enum LeadershipEnd
{
    /// <summary>It was stopped, or the leader's work ended by itself. If it led, the lease is released.</summary>
    Stopped,

    /// <summary>The leadership was lost. The process should exit: another one leads, or soon will.</summary>
    Lost,
}
