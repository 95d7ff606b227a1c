using System.Diagnostics.Metrics;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>What instruments of one factory measure, as lines: name{tags} value.</summary>
internal sealed class Readings : IDisposable
{
    private readonly List<string> _lines = [];
    private readonly MeterListener _listener;

    /// <summary>Reads from here on.</summary>
    /// <param name="meters">The factory of the meters.</param>
    /// <param name="names">The instruments.</param>
    public Readings(IMeterFactory meters, params string[] names)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Scope == meters && names.Contains(instrument.Name))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _listener.Start();
    }

    /// <summary>The lines so far, in their alphabetical order; those that answer when they are asked are asked now.</summary>
    public List<string> Take()
    {
        _listener.RecordObservableInstruments();
        return [.. _lines.Order(StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(System.Diagnostics.Metrics.Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _lines.Add(
        $"{instrument.Name}{{{string.Join(',', tags.ToArray().OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"))}}} {Math.Round(value, 6)}");
}
