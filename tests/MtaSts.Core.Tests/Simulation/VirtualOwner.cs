using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Simulation;

/// <summary>
/// A domain owner with a list of things to do. New mail servers come by the book: first in the spec, and in the DNS only when every sender can know
/// the policy that has them. Old ones may leave the spec long before they
/// leave the DNS: then the operator has to keep them (promise 8).
/// </summary>
internal sealed class VirtualOwner
{
    private readonly VirtualInternet _internet;
    private readonly VirtualOperator _operator;
    private readonly Queue<Func<bool>> _plan = [];
    private DateTimeOffset _restUntil;
    private int _hosts = 1;

    public VirtualOwner(VirtualInternet internet, VirtualOperator op, Random will)
    {
        (_internet, _operator) = (internet, op);
        for (var i = 0; i < 4; i++)
        {
            var pause = TimeSpan.FromMinutes(will.Next(1, 120));
            Rest(pause);
            switch (will.Next(4))
            {
                case 0: Migrate(leavesSpecFirst: true); break;
                case 1: Migrate(leavesSpecFirst: false); break;
                case 2: LowerForAWhile(will.Next(2) == 0 ? TargetMode.Testing : TargetMode.None, TimeSpan.FromMinutes(will.Next(1, 60))); break;
                default: PauseForAWhile(TimeSpan.FromMinutes(will.Next(1, 60))); break;
            }
        }
    }

    public bool IsDone => _plan.Count == 0;

    /// <summary>Does the next thing if its time has come.</summary>
    public void Act()
    {
        if (_plan.TryPeek(out var step) && step())
        {
            _plan.Dequeue();
        }
    }

    private void Migrate(bool leavesSpecFirst)
    {
        var (old, fresh) = ($"mx{_hosts}.example.com", $"mx{++_hosts}.example.com");
        _plan.Enqueue(() => _operator.Status.IsPublished);
        Do(() => Spec(i => i with { Mx = (leavesSpecFirst ? i.Mx.Remove(MxPattern.Parse(old)) : i.Mx).Add(MxPattern.Parse(fresh)) }));
        _plan.Enqueue(() => EverySenderKnows(fresh));
        Do(() => _internet.SetMx(_internet.Mx.Add(fresh)));
        Rest(VirtualInternet.Ttl + VirtualInternet.SecondaryLag);
        Do(() => _internet.SetMx(_internet.Mx.Remove(old)));
        Rest(TimeSpan.FromMinutes(7));
        Do(() => Spec(i => i with { Mx = i.Mx.Remove(MxPattern.Parse(old)) }));
    }

    private void LowerForAWhile(TargetMode target, TimeSpan time)
    {
        Do(() => Spec(i => i with { Target = target }));
        Rest(time);
        Do(() => Spec(i => i with { Target = TargetMode.Enforce }));
    }

    private void PauseForAWhile(TimeSpan time)
    {
        Do(() => Spec(i => i with { Paused = true }));
        Rest(time);
        Do(() => Spec(i => i with { Paused = false }));
    }

    // Published, and for so long that no resolver has an older id.
    private bool EverySenderKnows(string host) =>
        _operator.Status is { IsPublished: true, PublishedAt: { } at } state
        && state.Served!.Policy.Mx.Any(m => m.Matches(host))
        && _internet.Records(VirtualInternet.StsKey).Contains(new StsRecord(state.PublishedId!).ToString())
        && _internet.Now - at > VirtualInternet.Ttl + VirtualInternet.SecondaryLag + TimeSpan.FromHours(1);

    private void Spec(Func<Intent, Intent> change) => _operator.Intent = change(_operator.Intent);

    private void Do(Action action) => _plan.Enqueue(() =>
    {
        action();
        return true;
    });

    private void Rest(TimeSpan time)
    {
        Do(() => _restUntil = _internet.Now + time);
        _plan.Enqueue(() => _internet.Now >= _restUntil);
    }
}
