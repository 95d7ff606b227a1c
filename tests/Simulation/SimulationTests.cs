namespace MtaSts.Simulation;

public class SimulationTests
{
    [Fact]
    public void Try()
    {
        var r = Life.Run(1, LifeOptions.Whole);
        Assert.True(r.Failure is null, r.Failure?.Message + "\n" + r.Story);
    }
}
