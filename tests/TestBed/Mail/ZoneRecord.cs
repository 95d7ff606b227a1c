namespace MtaSts.TestBed.Mail;

/// <summary>One record of a zone, in the words of a zone file.</summary>
/// <param name="Name"><c>@</c>, or relative to the zone, or absolute with a dot at its end.</param>
/// <param name="Type">For example <c>MX</c>.</param>
/// <param name="Data">The right side, for example <c>10 mx1.mx.test.</c> or <c>"v=STSv1; id=1;"</c> with its quotes.</param>
/// <param name="Ttl">Seconds.</param>
public sealed record ZoneRecord(string Name, string Type, string Data, int Ttl = 1)
{
    /// <summary>The line of the zone file.</summary>
    public override string ToString() => $"{Name} {Ttl} IN {Type} {Data}";
}
