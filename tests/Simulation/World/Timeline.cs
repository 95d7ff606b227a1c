namespace MtaSts.Simulation.World;

/// <summary>A value and what it was before, so that whoever lags behind can be shown an older one.</summary>
internal sealed class Timeline<T>(T first)
{
    private readonly List<(DateTimeOffset Since, T Value)> _values = [(DateTimeOffset.MinValue, first)];

    public T Now => _values[^1].Value;

    public T At(DateTimeOffset time)
    {
        for (var i = _values.Count - 1; ; i--)
        {
            if (_values[i].Since <= time)
            {
                return _values[i].Value;
            }
        }
    }

    public void Set(T value, DateTimeOffset now) => _values.Add((now, value));
}
