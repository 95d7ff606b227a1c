using MtaSts.Core.Mail;

namespace MtaSts.Operator.Cli;

/// <summary>One line on standard error while probes run, gone when they are done; nothing where standard error is no terminal.</summary>
internal sealed class CheckProgress : IDisposable
{
    private const string EraseLine = "\r\u001b[K"; // ECMA-48: EL

    private readonly CliHost _host;
    private readonly bool _shown;

    public CheckProgress(CliHost host, MailDomain domain)
    {
        _host = host;
        _shown = host.Error == Console.Error && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        if (_shown)
        {
            host.Error.Write($"Looking at {domain} by DNS, HTTPS and SMTP ...");
            host.Error.Flush();
        }
    }

    public void Dispose()
    {
        if (_shown)
        {
            _host.Error.Write(EraseLine);
            _host.Error.Flush();
        }
    }
}
