namespace MtaSts.Core.Tests.Simulation;

/// <summary>A value and all that it was before, so that whoever lags behind can be shown an older one.</summary>
internal sealed class Timeline<T>(T first)
{
    private readonly List<(DateTimeOffset Since, T Value)> _values = [(DateTimeOffset.MinValue, first)];

    public T Now => _values[^1].Value;

    public T At(DateTimeOffset time) => _values.FindLast(v => v.Since <= time).Value;

    public void Set(T value, DateTimeOffset now) => _values.Add((now, value));
}
