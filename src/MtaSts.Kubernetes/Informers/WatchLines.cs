using System.Buffers;
using System.IO.Pipelines;

namespace MtaSts.Kubernetes;

/// <summary>The lines of a watch. A line that the connection cuts short is not a line.</summary>
internal sealed class WatchLines(Stream stream) : IAsyncDisposable
{
    // An object is at most 1.5 MiB in etcd by default; JSON escaping and headroom above that.
    private const int LineBytesMax = 16 * 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024));

    /// <summary>The next whole line without its end, or null when the stream has ended.</summary>
    /// <exception cref="IOException">The connection broke, or a line is longer than any object can be.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end).ToArray();
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                if (line.Length > 0)
                    return line;
                continue;
            }
            if (buffer.Length > LineBytesMax)
                throw new IOException($"a line of the watch is longer than {LineBytesMax} bytes");
            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return null;
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();
}
