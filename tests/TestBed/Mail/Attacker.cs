using System.Net;

namespace MtaSts.TestBed.Mail;

/// <summary>Somebody on the way between the sender and the mail servers.</summary>
public sealed class Attacker
{
    private readonly AddressPlan _plan;
    private readonly NetworkSpaces _spaces;

    internal Attacker(AddressPlan plan, NetworkSpaces spaces)
    {
        _plan = plan;
        _spaces = spaces;
    }

    /// <summary>
    /// Strips STARTTLS from what the sender sees of a mail server, until disposed. The operator's way to that server is untouched.
    /// </summary>
    public async Task<StripStartTlsAttack> StripStartTlsAsync(MxServer mx, CancellationToken cancellationToken)
    {
        await _spaces.CaptureAsync(mx.Address, capture: true, cancellationToken);
        try
        {
            var listener = NamespaceSocket.Listen(_plan.SenderNamespace, new IPEndPoint(mx.Address, 25));
            return new StripStartTlsAttack(
                new StripStartTlsProxy(listener, new IPEndPoint(mx.AlternateAddress, 25)),
                () => _spaces.CaptureAsync(mx.Address, capture: false, CancellationToken.None));
        }
        catch
        {
            await _spaces.CaptureAsync(mx.Address, capture: false, CancellationToken.None);
            throw;
        }
    }
}
