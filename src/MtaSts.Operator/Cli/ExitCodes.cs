namespace MtaSts.Operator.Cli;

/// <summary>What <c>mtasts</c> exits with.</summary>
public static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Fine = 0;

    /// <summary>There are findings, or there is no match.</summary>
    public const int Findings = 1;

    /// <summary>The command was used wrongly, or what it names cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>The program itself failed; standard error says how (EX_SOFTWARE of sysexits.h).</summary>
    public const int Failed = 70;
}
