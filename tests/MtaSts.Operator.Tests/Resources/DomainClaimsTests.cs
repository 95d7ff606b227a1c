using CsCheck;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Resources;

public sealed class DomainClaimsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_oldest_claim_wins()
    {
        var older = new DomainClaim("z", "z", "9", Noon);
        var younger = new DomainClaim("a", "a", "1", Noon.AddSeconds(1));

        Assert.Equal(older, DomainClaims.Winner([younger, older]));
    }

    [Fact]
    public void Of_equally_old_claims_the_smallest_uid_wins()
    {
        var small = new DomainClaim("z", "z", "0f", Noon);

        Assert.Equal(small, DomainClaims.Winner([new DomainClaim("a", "a", "10", Noon), small]));
    }

    [Fact]
    public void Nobody_wins_where_nobody_claims() => Assert.Null(DomainClaims.Winner([]));

    [Fact]
    public void The_order_in_which_claims_are_seen_does_not_matter() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 99]).Array[1, 8].Sample(rows =>
        {
            var claims = rows.Select((r, i) => new DomainClaim("n", $"r{i}", $"{r.Item2:00}-{i}", Noon.AddSeconds(r.Item1))).ToArray();
            return DomainClaims.Winner(claims) == DomainClaims.Winner(claims.Reverse());
        });
}
