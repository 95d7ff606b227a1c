namespace MtaSts.PolicyServer.Policies;

/// <summary>Collects documents for a <see cref="PolicyTable"/>.</summary>
internal sealed class TableBuilder
{
    private readonly List<KeyValuePair<string, PolicyTable.Slice>> _slices = [];
    private byte[] _documents = new byte[16 * 1024];
    private int _used;

    public void Add(string domain, ReadOnlySpan<byte> document)
    {
        if (_documents.Length - _used < document.Length)
            Array.Resize(ref _documents, checked((int)Math.Max(_documents.Length * 2L, _used + (long)document.Length)));
        document.CopyTo(_documents.AsSpan(_used));
        _slices.Add(new(domain, new(_used, document.Length, EntityTag.Of(document))));
        _used += document.Length;
    }

    public PolicyTable Build() => new(_documents.AsSpan(0, _used).ToArray(), _slices);
}
