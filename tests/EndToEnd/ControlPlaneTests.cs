using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

[Collection(ControlPlaneCollection.Name)]
public sealed class ControlPlaneTests(ControlPlaneFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ControlPlane Plane => fixture.Bed.ControlPlane;

    [Fact]
    public async Task Yaml_applied_through_kubectl_is_read_back_by_the_client()
    {
        await ApplyMapAsync("applied");

        var map = await Plane.Client.CoreV1.ReadNamespacedConfigMapAsync("applied", "default", cancellationToken: Token);

        Assert.Equal("hello", map.Data["greeting"]);
    }

    [Fact]
    public async Task The_words_of_the_api_server_are_in_the_failure_of_an_apply()
    {
        var failure = await Assert.ThrowsAsync<TestBed.Processes.ChildProcessException>(() => ApplyMapAsync("Not_A_Name"));

        Assert.Contains("Not_A_Name", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_user_has_only_the_rights_that_are_bound_to_it()
    {
        using var visitor = new k8s.Kubernetes(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(Plane.KubeconfigFor("visitor")));

        var refused = await Assert.ThrowsAsync<HttpOperationException>(
            () => visitor.CoreV1.ListNamespacedSecretAsync("default", cancellationToken: Token));

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.Response.StatusCode);
        Assert.Contains("visitor", refused.Response.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_account_gets_a_token_that_the_api_server_takes()
    {
        await Plane.ApplyAsync(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: { name: robot, namespace: default }
            """,
            Token);
        var kubeconfig = await Plane.KubeconfigForServiceAccountAsync("default", "robot", Token);
        using var robot = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));

        var refused = await Assert.ThrowsAsync<HttpOperationException>(
            () => robot.CoreV1.ListNamespacedSecretAsync("default", cancellationToken: Token));

        Assert.Contains("system:serviceaccount:default:robot", refused.Response.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_write_is_in_the_audit_log_and_no_read_is()
    {
        await ApplyMapAsync("audited");
        await Plane.KubectlAsync("get", "configmap", "audited", "-n", "default");

        var events = Plane.Audit.Read().Where(static entry => entry.Name == "audited").ToList();

        var write = Assert.Single(events);
        Assert.Equal(("patch", "configmaps", ControlPlane.Administrator), (write.Verb, write.Resource, write.User));
        Assert.StartsWith("kubectl", write.UserAgent, StringComparison.Ordinal);
        Assert.Equal(201, write.Code);
    }

    [Fact]
    public async Task What_the_operator_reads_is_in_the_audit_log_beside_the_writes_and_so_it_can_be_seen_which_of_its_rights_it_needs()
    {
        const string space = OperatorWorld.SystemNamespace;
        await Plane.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Namespace
            metadata: { name: {{space}} }
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: { name: reader, namespace: {{space}} }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: { name: reader, namespace: {{space}} }
            rules: [{ apiGroups: [""], resources: [configmaps], verbs: [list, watch, delete] }]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: { name: reader, namespace: {{space}} }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
            subjects: [{ kind: ServiceAccount, name: reader, namespace: {{space}} }]
            """,
            Token);
        var kubeconfig = await Plane.KubeconfigForServiceAccountAsync(space, "reader", Token);
        using var reader = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        await Eventually.HoldsAsync(async () => await MayAsync(() => reader.CoreV1.ListNamespacedConfigMapAsync(space, cancellationToken: Token)), "the role counts");
        using (var watching = CancellationTokenSource.CreateLinkedTokenSource(Token))
        {
            var first = reader.CoreV1.WatchListNamespacedConfigMapAsync(space, cancellationToken: watching.Token).GetAsyncEnumerator(watching.Token);
            var next = first.MoveNextAsync();
            await ApplyMapAsync("seen", space);
            Assert.True(await next);
            await watching.CancelAsync();
        }

        await Eventually.HoldsAsync((Func<bool>)(() => Plane.Audit.ReadAll().Any(e => e is { Verb: "watch", Resource: "configmaps" })), "the watch is in the log");
        var roles = JsonNode.Parse(await Plane.KubectlAsync("get", "roles", "-n", space, "-o", "json"))!.AsObject();
        var requests = Plane.Audit.ReadAll().Where(e => e.User.StartsWith($"system:serviceaccount:{space}", StringComparison.Ordinal)).ToList();

        Assert.Equal([new Right("delete", "configmaps", space)], UnusedRights.Of(UnusedRights.Given(roles), requests));
        Assert.DoesNotContain(Plane.Audit.Read(), e => e.Verb is "list" or "watch" or "get");

        static async Task<bool> MayAsync(Func<Task> ask)
        {
            try
            {
                await ask();
                return true;
            }
            catch (HttpOperationException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task After_an_outage_the_api_server_is_back_with_its_data()
    {
        await ApplyMapAsync("survivor");

        await Plane.StopApiServerAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => Plane.Client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Token));
        await Plane.StartApiServerAsync(Token);

        var map = await Plane.Client.CoreV1.ReadNamespacedConfigMapAsync("survivor", "default", cancellationToken: Token);
        Assert.Equal("survivor", map.Metadata.Name);
    }

    private Task ApplyMapAsync(string name, string space = "default") => Plane.ApplyAsync(
        $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: {{name}}, namespace: {{space}} }
        data: { greeting: hello }
        """,
        Token);
}
