using System.Globalization;
using k8s;
using MtaSts.TestBed;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>An empty cluster takes the kustomize base as docs/install.md has it, each command at the first try.</summary>
public sealed class KustomizeApplyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_cluster_takes_the_operator_and_then_the_class_at_the_first_try()
    {
        Assert.SkipWhen(ControlPlane.MissingReason() is not null, ControlPlane.MissingReason() ?? "");
        var folder = Directory.CreateTempSubdirectory("mtasts-kustomize-");
        try
        {
            await ApplyAsync(folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ApplyAsync(DirectoryInfo folder)
    {
        await using var plane = await ControlPlane.StartAsync(Path.Combine(folder.FullName, "plane"), Token);
        var server = await plane.Client.Version.GetCodeAsync(Token);
        var hasBudgets = int.Parse(string.Concat(server.Minor.TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture) >= 21; // policy/v1
        var first = Overlay(folder, "operator", "", hasBudgets ? [] : ["patches: [{ target: { kind: PodDisruptionBudget }, patch: '- { op: replace, path: /apiVersion, value: policy/v1beta1 }' }]"]);
        var second = Overlay(folder, "class", "class");

        // Before 1.25 the server's own schema, by which kubectl validates, has no CEL rules.
        await plane.KubectlAsync("apply", "--validate=false", "-k", first);
        // kubectl's wait of 1.20 fails on a definition that has no conditions yet, where later ones wait.
        await plane.UntilCrdsEstablishedAsync(Token);
        await plane.KubectlAsync(
            "wait", "--for=condition=Established", "--timeout=60s", "crd/mtastsclasses.mta-sts.dev", "crd/clusterdnsproviders.mta-sts.dev");
        await plane.KubectlAsync("apply", "-k", second);

        var serving = await plane.TryKubectlAsync(["get", "mtastsclass", "default", "-o", "jsonpath={.metadata.namespace}{.spec.serving.namespace} {.spec.serving.image}"], cancellationToken: Token);
        Assert.Equal("mail registry.example.net/server:0.1.0", serving.Output);
    }

    private static string Overlay(DirectoryInfo folder, string name, string part, params string[] more)
    {
        var overlay = folder.CreateSubdirectory(name);
        KustomizeOverlay.Write(overlay, part, ["namespace: mail", "images: [{ name: mta-sts-policy-server, newName: registry.example.net/server }]", .. more]);
        return overlay.FullName;
    }
}
