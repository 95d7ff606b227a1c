using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>The tests that share one mail network, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class MailNetworkCollection : ICollectionFixture<MailNetworkCollection.Fixture>
{
    public const string Name = "mail network";

    /// <summary>One mail network for the whole collection.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private TemporaryMailNetwork? _network;

        /// <summary>The network; skips the calling test, and says why, where there can be none.</summary>
        public MailNetwork Network
        {
            get
            {
                if (MailTools.Missing() is { } why) Assert.Skip(why);
                return _network!.Network;
            }
        }

        public async ValueTask InitializeAsync()
        {
            if (MailTools.Missing() is null) _network = await TemporaryMailNetwork.StartAsync(BedId.TakeAny(), CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            if (_network is not null) await _network.DisposeAsync();
        }
    }
}
