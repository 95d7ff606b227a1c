using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Core.Tests.Observations;

namespace MtaSts.Core.Tests.Simulation;

/// <summary>
/// The engine and the planner in a small virtual world: an owner who changes his mind, an operator that dies anywhere, DNS that lags, senders that
/// follow RFC 8461. A seed gives the same life each time; a failure names it.
/// </summary>
public class SimulationTests
{
    private const int Seeds = 200;
    private const int StepsMax = 3000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Intent Wish = new()
    {
        Domain = MailDomain.Parse(VirtualInternet.Domain),
        Mx = [MxPattern.Parse("mx1.example.com")],
        Stages =
        [
            new("testing", StsMode.Testing, TimeSpan.FromDays(1), TimeSpan.FromMinutes(40)),
            new("enforce-1d", StsMode.Enforce, TimeSpan.FromDays(1), TimeSpan.FromMinutes(40)),
            new("enforce", StsMode.Enforce, TimeSpan.FromDays(84), TimeSpan.Zero),
        ],
        TlsReporting = World.Rua,
        Interval = TimeSpan.FromMinutes(5),
        CertificateLifeMin = TimeSpan.FromDays(3),
    };

    // Both tests look at the same lives.
    private static readonly Lazy<IReadOnlyList<Life>> Dying = new(() => [.. Enumerable.Range(1, Seeds).Select(seed => Run(seed, crashes: true))]);

    [Fact]
    public void No_healthy_domain_loses_a_mail_wherever_the_operator_dies()
    {
        var (crashes, enforced) = (Dying.Value.Sum(l => l.Crashes), Dying.Value.Sum(l => l.EnforcedDeliveries));

        // A simulation in which nothing happens proves nothing.
        Assert.True(crashes > Seeds * 5 && enforced > Seeds * 20, $"only {crashes} crashes, and {enforced} deliveries under enforce");
    }

    [Fact]
    public void An_operator_that_dies_ends_where_one_ends_that_does_not()
    {
        foreach (var life in Dying.Value.Where(l => l.Seed % 2 == 0))
        {
            var calm = Run(life.Seed, crashes: false);
            Assert.True(life.End == calm.End, $"seed {life.Seed}: {life.End}\nwithout crashes: {calm.End}");
        }
    }

    private static Life Run(int seed, bool crashes)
    {
        var life = new Life(seed, crashes);
        life.Run();
        return life;
    }

    private sealed class Life
    {
        private readonly int _seed;
        private readonly bool _crashes;
        private readonly Random _chance;
        private readonly VirtualInternet _internet;
        private readonly VirtualOperator _operator;
        private readonly VirtualOwner _owner;
        private readonly VirtualSender[] _senders;
        private readonly HashSet<string> _servedEverywhere = [];
        private (string Text, DateTimeOffset At)? _handedOver;

        // Each has dice of its own, so that a life with and one without crashes have the same owner.
        public Life(int seed, bool crashes)
        {
            (_seed, _crashes, _chance) = (seed, crashes, new Random(seed));
            _internet = new VirtualInternet(Start, new Random(seed + 1_000_000));
            _operator = new VirtualOperator(_internet, Wish);
            _owner = new VirtualOwner(_internet, _operator, new Random(seed + 2_000_000));
            _senders = [.. Enumerable.Range(0, 3).Select(_ => new VirtualSender(_internet))];
        }

        public int Seed => _seed;

        public int EnforcedDeliveries { get; private set; }

        public int Crashes { get; private set; }

        public string End => $"{_operator.Status.Stage} | {_internet.Document} | {string.Join(", ", _internet.Zone.OrderBy(z => z.Key.ToString(), StringComparer.Ordinal).Select(z => $"{z.Key}: {string.Join(" ", z.Value)}"))}";

        public void Run()
        {
            for (var step = 0; step < StepsMax; step++)
            {
                if (_owner.IsDone && _operator.Status is { Stage: "enforce", IsPublished: true } && _internet.MailIsHealthy)
                {
                    Settle();
                    return;
                }

                _internet.Wait(Operate() ? _operator.LookAgain : TimeSpan.FromSeconds(_chance.Next(1, 3600)));
                MailServersFallIllAndRecover();
                _owner.Act();
                Send();
            }

            Fail($"not settled after {StepsMax} steps: {_operator.Status.Stage}");
        }

        // A few looks more, with nobody dying, finish what the last crash left.
        private void Settle()
        {
            for (var i = 0; i < 10; i++)
            {
                foreach (var _ in _operator.Pass())
                {
                    Watch();
                }

                _internet.Wait(_operator.LookAgain);
            }
        }

        // False when the operator died.
        private bool Operate()
        {
            foreach (var _ in _operator.Pass())
            {
                Watch();
                if (_crashes && _chance.Next(25) == 0)
                {
                    Crashes++;
                    _operator.Die();
                    return false;
                }
            }

            return true;
        }

        private void MailServersFallIllAndRecover()
        {
            if (_internet.Ill.Count > 0 && _chance.Next(4) == 0)
            {
                _internet.Ill.Clear();
            }
            else if (!_owner.IsDone && _chance.Next(100) == 0)
            {
                _internet.Ill.Add(_internet.Mx[_chance.Next(_internet.Mx.Count)]);
            }
        }

        private void Send()
        {
            foreach (var sender in _senders.Where(_ => _chance.Next(3) == 0))
            {
                var refused = sender.Deliver();
                EnforcedDeliveries += sender.Enforces ? 1 : 0;
                if (refused is not null && _internet.MailIsHealthy)
                {
                    Fail(refused);
                }
            }
        }

        // What holds after every single effect.
        private void Watch()
        {
            if (_internet.Document is { } text && _handedOver?.Text != text)
            {
                _handedOver = (text, _internet.Now);
            }

            if (_handedOver is { } document && document.At + VirtualInternet.ReplicaLag <= _internet.Now)
            {
                _servedEverywhere.Add(PolicyDocumentId(document.Text));
            }

            var live = _internet.Records(VirtualInternet.StsKey).Where(r => r.StartsWith("v=STSv1", StringComparison.Ordinal)).ToList();
            if (live.Count > 1 || live.Any(r => !_servedEverywhere.Contains(StsRecordReader.Read(r).Value!.Id.ToString())))
            {
                Fail($"the zone names {string.Join(", ", live)}, which was not served everywhere before");
            }

            if (VirtualInternet.Foreign.FirstOrDefault(f => !f.Value.IsSubsetOf(_internet.Records(f.Key))) is { Value: not null } foreign)
            {
                Fail($"{foreign.Key} lost a record of somebody else");
            }
        }

        private void Fail(string what) => Assert.Fail($"seed {_seed}{(_crashes ? "" : ", no crashes")}, {_internet.Now:O}: {what}");

        private static string PolicyDocumentId(string text) => PolicyId.Of(System.Text.Encoding.ASCII.GetBytes(text)).ToString();
    }
}
