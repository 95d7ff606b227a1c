using System.Collections.Immutable;
using System.Net;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Collects what is wrong while a resource is read, so that its owner hears of everything at once.</summary>
internal sealed class Problems
{
    private const int ShownCharsMax = 80; // of a value in a message; a manifest is not ours to repeat in full

    private readonly ImmutableArray<FieldProblem>.Builder _found = ImmutableArray.CreateBuilder<FieldProblem>();

    /// <summary>True when nothing is wrong so far.</summary>
    public bool None => _found.Count == 0;

    /// <summary>Everything that is wrong, in the order of the fields.</summary>
    public ImmutableArray<FieldProblem> All => _found.ToImmutable();

    /// <summary>A value as messages show it: in quotes, cut, without control characters.</summary>
    public static string Show(string? value)
    {
        var printable = string.Concat((value ?? "").Take(ShownCharsMax).Select(c => char.IsControl(c) ? '?' : c));
        return $"\"{printable}{((value?.Length ?? 0) > ShownCharsMax ? "..." : "")}\"";
    }

    public void Add(string path, string problem, string fix) => _found.Add(new FieldProblem(path, problem, fix));

    /// <summary>One of a few words; absent stands for the default.</summary>
    public T OneOf<T>(string path, string? value, T absent, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (value is null)
        {
            return absent;
        }

        foreach (var (word, meant) in words)
        {
            if (word == value)
            {
                return meant;
            }
        }

        var allowed = new List<string>();
        foreach (var (word, _) in words)
        {
            allowed.Add(word);
        }

        Add(path, $"is {Show(value)}", $"write one of {string.Join(", ", allowed)}");
        return absent;
    }

    /// <summary>A duration within bounds; absent stands for the default.</summary>
    public TimeSpan Duration(string path, string? value, TimeSpan absent, TimeSpan min, TimeSpan max)
    {
        if (value is null)
        {
            return absent;
        }

        if (!Durations.TryParse(value, out var duration, out var problem))
        {
            Add(path, $"is wrong: {problem}", "write a duration such as 14d");
            return absent;
        }

        if (duration < min || duration > max)
        {
            Add(path, $"is {value}", $"write a duration from {Bound(min)} to {Bound(max)}");
            return absent;
        }

        return duration;
    }

    /// <summary>A name in its one form: lower-case A-labels, no final dot. The fix says that form where there is one.</summary>
    public bool Name(string path, string value, string? normalised, string problem, string fix)
    {
        if (normalised is null)
        {
            Add(path, $"is wrong: {problem}", fix);
            return false;
        }

        if (normalised != value)
        {
            Add(path, $"is {Show(value)}, not the lower-case A-label form", $"write {normalised}");
            return false;
        }

        return true;
    }

    /// <summary>A label or the name of an object: lower-case letters, digits, inner hyphens (and dots where they are allowed).</summary>
    public bool ObjectName(string path, string? value, bool dots, int charsMax)
    {
        if (!string.IsNullOrEmpty(value) && value.Length <= charsMax && IsObjectName(value, dots))
        {
            return true;
        }

        Add(
            path,
            string.IsNullOrEmpty(value) ? "is empty" : $"is {Show(value)}",
            $"write 1 to {charsMax} lower-case letters, digits{(dots ? ", dots" : "")} and hyphens that begin and end with a letter or digit");
        return false;
    }

    /// <summary>A mail domain, of which nothing published for it is longer than a DNS name may be.</summary>
    public MailDomain? Domain(string path, string value)
    {
        var parsed = MailDomain.TryParse(value, out var domain, out var problem);
        if (!Name(path, value, domain?.ToString(), problem, "write the part of an address behind the @, such as example.com") || !parsed)
        {
            return null;
        }

        if (value.Length > Schema.Patterns.DomainCharsMax)
        {
            Add(path, $"has {value.Length} characters", $"use a domain of at most {Schema.Patterns.DomainCharsMax}; the names of its records would be too long");
            return null;
        }

        return domain;
    }

    /// <summary>Networks in CIDR notation.</summary>
    public ImmutableArray<IPNetwork> Networks(string path, IReadOnlyList<string> values)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        for (var i = 0; i < values.Count; i++)
        {
            // The platform masks the bits behind the prefix; whoever wrote them may have meant another network.
            if (IPNetwork.TryParse(values[i], out var network)
                && IPAddress.TryParse(values[i].AsSpan(0, values[i].IndexOf('/', StringComparison.Ordinal)), out var written)
                && written.Equals(network.BaseAddress))
            {
                networks.Add(network);
            }
            else
            {
                Add($"{path}[{i}]", $"is {Show(values[i])}", "write a network such as 10.0.0.0/8, all bits behind the prefix zero");
            }
        }

        return networks.ToImmutable();
    }

    private static bool IsObjectName(string value, bool dots) =>
        value.Split('.') is var labels && (dots || labels.Length == 1)
        && labels.All(l => l.Length > 0 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));

    // A bound such as 31557599 s is easier to write in seconds than as 52w1d5h59m59s.
    private static string Bound(TimeSpan value) => Durations.Format(value) is { Length: <= 4 } text ? text : $"{(long)value.TotalSeconds}s";
}
