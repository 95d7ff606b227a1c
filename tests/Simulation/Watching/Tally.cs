using System.Globalization;

namespace MtaSts.Simulation.Watching;

/// <summary>What happened in one life, or in many: a simulation in which nothing happens proves nothing.</summary>
internal sealed class Tally
{
    public double Days { get; set; }

    public long Looks { get; set; }

    public long Deliveries { get; set; }

    public long UnderEnforce { get; set; }

    /// <summary>Refused, and not by the operator's doing.</summary>
    public long Excused { get; set; }

    public long Crashes { get; set; }

    public long StandStills { get; set; }

    public long Overtaken { get; set; }

    public long ProviderFaults { get; set; }

    public long Promotions { get; set; }

    public long Retirements { get; set; }

    public long Adoptions { get; set; }

    public long Resumptions { get; set; }

    public long StepsBack { get; set; }

    public long Migrations { get; set; }

    public long RestingLooks { get; set; }

    public long Lives { get; set; }

    /// <summary>One line for people.</summary>
    public string Line() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lives} lives, {Days:0} days, {Looks} looks, {Deliveries} deliveries ({UnderEnforce} under enforce, {Excused} refused by the owner's or the world's doing), ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{Promotions} promotions, {StepsBack} steps back, {Retirements} retirements, {Adoptions} adoptions, {Resumptions} resumptions, {Migrations} migrations, ")
        + string.Create(CultureInfo.InvariantCulture, $"{Crashes} crashes, {StandStills} stand-stills, {Overtaken} overtaken, {ProviderFaults} provider faults, {RestingLooks} looks at rest");

    public void Add(Tally other)
    {
        Lives += other.Lives;
        Days += other.Days;
        Looks += other.Looks;
        Deliveries += other.Deliveries;
        UnderEnforce += other.UnderEnforce;
        Excused += other.Excused;
        Crashes += other.Crashes;
        StandStills += other.StandStills;
        Overtaken += other.Overtaken;
        ProviderFaults += other.ProviderFaults;
        Promotions += other.Promotions;
        Retirements += other.Retirements;
        Adoptions += other.Adoptions;
        Resumptions += other.Resumptions;
        StepsBack += other.StepsBack;
        Migrations += other.Migrations;
        RestingLooks += other.RestingLooks;
    }
}
