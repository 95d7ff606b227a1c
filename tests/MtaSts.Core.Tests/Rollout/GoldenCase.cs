using System.Globalization;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MtaSts.Core.Tests.Rollout;

/// <summary>
/// One folder of Golden/: <c>input.yaml</c> (spec, class, status) and <c>observed.yaml</c> (what was seen, when) go in, <c>decision.yaml</c> comes out.
/// A document is written as "MODE MAX_AGE MX...", and an id as the document that it names, or as it is. Checks that are not named are healthy.
/// </summary>
internal sealed class GoldenCase
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();

    private readonly InputFile _input;
    private readonly ObservedFile _observed;

    private GoldenCase(InputFile input, ObservedFile observed, string expected) => (_input, _observed, Expected) = (input, observed, expected);

    /// <summary>The decision that the folder has, without comments.</summary>
    public string Expected { get; }

    public static string Root => Path.Combine(AppContext.BaseDirectory, "Golden");

    public static GoldenCase Load(string name)
    {
        string Text(string file) => File.ReadAllText(Path.Combine(Root, name, file));
        var expected = Text("decision.yaml").ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0 && line[0] != '#');
        return new GoldenCase(Yaml.Deserialize<InputFile>(Text("input.yaml")), Yaml.Deserialize<ObservedFile>(Text("observed.yaml")), string.Join('\n', expected));
    }

    /// <summary>What the engine decides, as decision.yaml has it.</summary>
    public string Decide()
    {
        var now = Time(_observed.Now) ?? throw new FormatException("observed.yaml has no time \"now\"");
        var decision = Decider.Decide(Intent(), State(), Evidence(now), now);
        var state = decision.Next;
        string?[] lines =
        [
            Line("stage", state.Stage),
            Line("serves", state.Served is { } served ? Show(served) : null),
            Line("names", Show(state.PublishedId, state.Served)),
            Line("healthySince", Show(state.Soak.HealthySince)),
            Line("soaked", Durations.Format(state.Soak.At(now))),
            Line("soakUntil", decision.Stage is { } stage ? Show(state.Soak.Until(stage.Soak)) : null),
            Line("cachedUntil", Show(state.Ledger.EnforcedUntil)),
            Line("held", Show(state.Ledger.Entries.Where(e => e.Until is not null))),
            Line("regression", state.Regression is { } failure ? $"{failure.Looks} looks, {Show(failure.Since)} to {Show(failure.LastAt)}" : null),
            Line("keptMx", state.KeptMx.IsEmpty ? null : string.Join(", ", state.KeptMx.Select(Show))),
            Line("moves", decision.Transitions.IsEmpty ? null : string.Join(", ", decision.Transitions.Select(t => $"{t.From ?? "nothing"} -> {t.To} ({t.Reason})"))),
            Line("waitsFor", decision.Waiting switch
            {
                Finding.Broken f => $"Broken {f.Reason} {f.Subject}",
                Finding.Unknown f => $"Unknown {f.Reason} {f.Subject}",
                _ => null,
            }),
            Line("lookAgain", Durations.Format(decision.LookAgain)),
        ];
        return string.Join('\n', lines.Where(line => line is not null));
    }

    private Intent Intent() => new()
    {
        Domain = MailDomain.Parse("example.com"),
        Mx = [.. _input.Spec.Mx.Select(MxPattern.Parse)],
        Stages = _input.Class is { Stages.Count: > 0 } c ? [.. c.Stages.Select(s => s.ToStage())] : Scene.Stages,
        Target = Enum.Parse<TargetMode>(_input.Spec.TargetMode, ignoreCase: true),
        Paused = _input.Spec.Paused,
        ApprovedStages = [.. _input.Spec.ApprovedStages],
        Adoption = Enum.Parse<Adoption>(_input.Spec.Adoption),
        Interval = Scene.Interval,
        CertificateLifeMin = TimeSpan.FromDays(3),
        RemovesEarly = _input.Spec.RemovesEarly,
        OnRegression = Enum.Parse<OnRegression>(_input.Class?.OnRegression ?? nameof(OnRegression.Hold)),
        Windows = [.. (_input.Class?.Windows ?? []).Select(w => w.ToWindow())],
        Freezes = [.. (_input.Class?.Freezes ?? []).Select(f => new Freeze(Needed(f.From), Needed(f.To), f.Why))],
        FleetRule = new FleetRule(_input.Class?.MovingMax, _input.Class?.UnhealthyPercentMax),
    };

    private RolloutState State() => _input.Status is not { } status
        ? RolloutState.Empty
        : new RolloutState
        {
            Stage = status.Stage,
            StageEnteredAt = Time(status.EnteredAt),
            Served = status.Serves is { } serves ? Document(serves) : null,
            PublishedId = status.Names is { } names ? Document(names).Id : null,
            PublishedMode = status.Names is { } named ? Document(named).Policy.Mode : null,
            PublishedAt = status.Names is null ? null : Time(status.PublishedAt ?? status.EnteredAt),
            Ledger = new Ledger([.. status.Ledger.Select(e => e.ToEntry())]),
            KeptMx = [.. status.KeptMx.Select(k => new KeptPattern(MxPattern.Parse(k.Pattern), Enum.Parse<Reason>(k.Why), Time(k.Until), k.Ttl))],
            Regression = status.Regression is { } failure ? new Regression(Needed(failure.Since), Needed(failure.LastAt), failure.Looks) : null,
            Soak = new SoakClock(Duration(status.Soaked), Time(status.CountedUntil), Time(status.HealthySince)),
        };

    private Evidence Evidence(DateTimeOffset now) => _observed.Checks.Aggregate(Scene.Healthy(Time(_observed.WatchedSince) ?? now), (e, c) => e.With(Enum.Parse<Check>(c.Key), Finding(c.Value))) with
    {
        Owner = Enum.Parse<LiveOwner>(_observed.Owner),
        LiveRecord = _observed.LiveRecord,
        LiveId = _observed.LiveId is { } names ? Id(names) : null,
        LivePolicy = _observed.LivePolicy is { } policy ? Document(policy).Policy : null,
        LiveMx = [.. _observed.LiveMx ?? []],
        LiveMxKnown = _observed.LiveMx is not null,
        LivePolicyIsAbsent = _observed.LivePolicyIsAbsent,
        LiveTtlSeconds = _observed.LiveTtl,
        MxTtlSeconds = _observed.MxTtl,
        Fleet = new Fleet(_observed.Fleet.Moving, _observed.Fleet.Promoted, _observed.Fleet.Unhealthy),
    };

    private static Finding Finding(string text) => text.Split(' ') switch
    {
        ["Broken", var reason, var subject] => new Finding.Broken(Enum.Parse<Reason>(reason), subject, "is broken"),
        ["Unknown", var reason, var subject] => new Finding.Unknown(Enum.Parse<Reason>(reason), subject, "is not known"),
        ["Healthy"] => new Finding.Healthy(),
        _ => throw new FormatException($"\"{text}\" is not \"Broken|Unknown REASON SUBJECT\""),
    };

    private static PolicyDocument Document(string text) => text.Split(' ') is [var mode, var maxAge, .. var mx]
        ? PolicyDocument.Of(new StsPolicy(Enum.Parse<StsMode>(mode, ignoreCase: true), [.. mx.Select(MxPattern.Parse)], (long)Duration(maxAge).TotalSeconds))
        : throw new FormatException($"\"{text}\" is not \"MODE MAX_AGE MX...\"");

    // An id that somebody else made up is one word.
    private static PolicyId Id(string text) => text.Contains(' ', StringComparison.Ordinal)
        ? Document(text).Id
        : PolicyId.TryParse(text, out var id) ? id : throw new FormatException($"\"{text}\" is neither a document nor an id");

    private static string Show(PolicyDocument document) => Show(document.Policy);

    private static string Show(StsPolicy policy) => string.Join(
        ' ',
        [
            policy.Mode.ToString().ToLowerInvariant(), Durations.Format(TimeSpan.FromSeconds(policy.MaxAgeSeconds)),
            .. policy.Mx.Select(m => m.ToString()).Order(StringComparer.Ordinal),
        ]);

    // What is served no more: until when it is held, or, while its replacement spreads, at least until when.
    private static string? Show(IEnumerable<LedgerEntry> closed) => string.Join(
        ", ", closed.Select(e => $"{Show(e.Policy)} {(e.IsReplaced ? "until" : "at least until")} {Show(e.ExpiresAt)}")) is { Length: > 0 } held ? held : null;

    private string? Show(PolicyId? id, PolicyDocument? served) => id is null
        ? null
        : new[] { served, Maybe(_input.Status?.Names), Maybe(_observed.LiveId) }.OfType<PolicyDocument>().FirstOrDefault(d => d.Id == id) is { } document
            ? Show(document)
            : id.ToString();

    private static string Show(KeptPattern kept) => $"{kept.Pattern} ({kept.Why}{(kept.Until is { } until ? $" until {Show(until)}" : "")})";

    private static PolicyDocument? Maybe(string? text) => text?.Contains(' ', StringComparison.Ordinal) == true ? Document(text) : null;

    private static string? Show(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Line(string key, string? value) => value is null ? null : $"{key}: {value}";

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Needed(string? text) => Time(text) ?? throw new FormatException("a time is missing");

    private static TimeSpan Duration(string text) => Durations.TryParse(text, out var duration, out var problem) ? duration : throw new FormatException(problem);

    internal sealed class InputFile
    {
        public SpecPart Spec { get; init; } = new();

        public ClassPart? Class { get; init; }

        public StatusPart? Status { get; init; }
    }

    internal sealed class SpecPart
    {
        public List<string> Mx { get; init; } = [];

        public string TargetMode { get; init; } = "enforce";

        public bool Paused { get; init; }

        public List<string> ApprovedStages { get; init; } = [];

        public string Adoption { get; init; } = "Refuse";

        public bool RemovesEarly { get; init; }
    }

    internal sealed class ClassPart
    {
        public List<StagePart> Stages { get; init; } = [];

        public string OnRegression { get; init; } = "Hold";

        public List<WindowPart> Windows { get; init; } = [];

        public List<FreezePart> Freezes { get; init; } = [];

        public int? MovingMax { get; init; }

        public int? UnhealthyPercentMax { get; init; }
    }

    internal sealed class WindowPart
    {
        public List<string> Days { get; init; } = [];

        public string From { get; init; } = "";

        public string To { get; init; } = "";

        public string Zone { get; init; } = "";

        public PromotionWindow ToWindow() => new(
            [.. Days.Select(Enum.Parse<DayOfWeek>)],
            TimeOnly.Parse(From, CultureInfo.InvariantCulture),
            TimeOnly.Parse(To, CultureInfo.InvariantCulture),
            TimeZoneInfo.FindSystemTimeZoneById(Zone));
    }

    internal sealed class FreezePart
    {
        public string? From { get; init; }

        public string? To { get; init; }

        public string Why { get; init; } = "";
    }

    internal sealed class StagePart
    {
        public string Name { get; init; } = "";

        public string Mode { get; init; } = "";

        public string MaxAge { get; init; } = "";

        public string Soak { get; init; } = "0s";

        public string Approval { get; init; } = "Automatic";

        public Stage ToStage() => new(Name, Enum.Parse<StsMode>(Mode, ignoreCase: true), Duration(MaxAge), Duration(Soak), Enum.Parse<Approval>(Approval));
    }

    internal sealed class StatusPart
    {
        public string? Stage { get; init; }

        public string? EnteredAt { get; init; }

        public string? Serves { get; init; }

        public string? Names { get; init; }

        public string? PublishedAt { get; init; }

        public string? HealthySince { get; init; }

        public string Soaked { get; init; } = "0s";

        public string? CountedUntil { get; init; }

        public List<EntryPart> Ledger { get; init; } = [];

        public List<KeptPart> KeptMx { get; init; } = [];

        public RegressionPart? Regression { get; init; }
    }

    internal sealed class EntryPart
    {
        public string Policy { get; init; } = "";

        public string? Id { get; init; }

        public string? Since { get; init; }

        public string? Until { get; init; }

        public bool Replaced { get; init; }

        public long Ttl { get; init; }

        public LedgerEntry ToEntry() => new(GoldenCase.Id(Id ?? Policy), Document(Policy).Policy, Needed(Since)) { Until = Time(Until), IsReplaced = Replaced, TtlSeconds = Ttl };
    }

    internal sealed class KeptPart
    {
        public string Pattern { get; init; } = "";

        public string Why { get; init; } = "";

        public string? Until { get; init; }

        public long Ttl { get; init; }
    }

    internal sealed class RegressionPart
    {
        public string? Since { get; init; }

        public string? LastAt { get; init; }

        public int Looks { get; init; }
    }

    internal sealed class ObservedFile
    {
        public string? Now { get; init; }

        public string? WatchedSince { get; init; }

        public string Owner { get; init; } = "None";

        public string LiveRecord { get; init; } = "";

        public string? LiveId { get; init; }

        public string? LivePolicy { get; init; }

        public List<string>? LiveMx { get; init; }

        public bool LivePolicyIsAbsent { get; init; }

        public long LiveTtl { get; init; }

        public long MxTtl { get; init; }

        public FleetPart Fleet { get; init; } = new();

        public Dictionary<string, string> Checks { get; init; } = [];
    }

    internal sealed class FleetPart
    {
        public int Moving { get; init; }

        public int Promoted { get; init; }

        public int Unhealthy { get; init; }
    }
}
