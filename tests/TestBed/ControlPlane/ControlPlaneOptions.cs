using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>A user that the API server knows by a token.</summary>
/// <param name="Name">User name, such as <c>jane</c> or <c>system:serviceaccount:NS:NAME</c>.</param>
/// <param name="Groups">Groups besides <c>system:authenticated</c>.</param>
public sealed record ControlPlaneUser(string Name, params IReadOnlyList<string> Groups)
{
    /// <summary>The user that a service account is, with the groups that the API server gives it.</summary>
    public static ControlPlaneUser ServiceAccount(string serviceAccountNamespace, string name) =>
        new($"system:serviceaccount:{serviceAccountNamespace}:{name}",
            "system:serviceaccounts", $"system:serviceaccounts:{serviceAccountNamespace}");
}

/// <summary>How to start a control plane.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>Users besides the administrator; the API server reads them once, at its start.</summary>
    public IReadOnlyList<ControlPlaneUser> Users { get; init; } = [];

    /// <summary>IPv4 address that the API server listens on; loopback by default.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The folder whose pid files this control plane's processes go to; its own folder when null.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Leave the folder with data and logs where it is when disposed.</summary>
    public bool Keep { get; init; }

    /// <summary>Where kube-apiserver and etcd are; looked for when null.</summary>
    public ControlPlaneAssets? Assets { get; init; }

    /// <summary>How long each server may take until it is ready; 60 s by default.</summary>
    public TimeSpan ReadyDeadline { get; init; } = Deadlines.Work;
}
