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
        Stages = _input.Class is { } c ? [.. c.Stages.Select(s => s.ToStage())] : Scene.Stages,
        Target = Enum.Parse<TargetMode>(_input.Spec.TargetMode, ignoreCase: true),
        Paused = _input.Spec.Paused,
        ApprovedStages = [.. _input.Spec.ApprovedStages],
        Adoption = Enum.Parse<Adoption>(_input.Spec.Adoption),
        Interval = Scene.Interval,
        CertificateLifeMin = TimeSpan.FromDays(3),
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

    private static string Show(PolicyDocument document) => string.Join(
        ' ',
        [
            document.Policy.Mode.ToString().ToLowerInvariant(), Durations.Format(TimeSpan.FromSeconds(document.Policy.MaxAgeSeconds)),
            .. document.Policy.Mx.Select(m => m.ToString()).Order(StringComparer.Ordinal),
        ]);

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
    }

    internal sealed class ClassPart
    {
        public List<StagePart> Stages { get; init; } = [];
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

        public Dictionary<string, string> Checks { get; init; } = [];
    }
}
