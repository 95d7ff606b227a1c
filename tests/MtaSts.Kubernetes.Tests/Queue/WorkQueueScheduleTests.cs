using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Kubernetes.Tests;

public sealed class WorkQueueScheduleTests
{
    private enum Step
    {
        Add,
        AddAfter,
        Fail,
        Take,
        Done,
        Advance,
    }

    [Fact]
    public void Any_schedule_keeps_every_key_and_hands_none_out_twice_at_once()
    {
        var step = Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 3], Gen.Int[0, 4000]);
        step.Array[0, 60].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            using var queue = new WorkQueue<int>(new WorkQueueOptions { Random = () => 0 }, time);
            var model = new Model();
            foreach (var (kind, key, milliseconds) in steps)
                Run(queue, model, time, kind, key, TimeSpan.FromMilliseconds(milliseconds));

            // Whatever the schedule was: once all holders are done and time has passed, everything owed comes, and nothing else.
            foreach (var held in model.Held.ToArray())
                Run(queue, model, time, Step.Done, held, default);
            Run(queue, model, time, Step.Advance, 0, TimeSpan.FromHours(1));
            while (model.Owed.Count > 0)
            {
                Run(queue, model, time, Step.Take, 0, default);
                Run(queue, model, time, Step.Done, model.Held.Single(), default);
            }
        });
    }

    [Fact]
    public async Task Under_load_the_last_word_on_every_key_is_heard_and_no_two_passes_of_a_key_overlap()
    {
        const int keys = 50;
        var said = new int[keys];
        var heard = new int[keys];
        var inside = new int[keys];
        var overlaps = 0;
        var options = new WorkQueueOptions { Backoff = new Backoff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)) };
        using var queue = new WorkQueue<int>(options);
        var pool = new WorkerPool<int>("test", queue, PassAsync, new WorkerPoolOptions { Workers = 8 }, NullLogger.Instance, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = pool.RunAsync(stop.Token);

        await Parallel.ForAsync(0, 4, TestContext.Current.CancellationToken, async (writer, _) =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 5000; i++)
            {
                var key = random.Next(keys);
                Interlocked.Increment(ref said[key]);
                if (random.Next(4) == 0)
                    queue.AddAfter(key, TimeSpan.FromMilliseconds(random.Next(3)));
                else
                    queue.Add(key);
                if (i % 500 == 0)
                    await Task.Yield();
            }
        });
        await Eventually.TrueAsync(() => said.AsSpan().SequenceEqual(heard), "every pass saw the last word on its key");
        await stop.CancelAsync();
        await running;
        Assert.Equal(0, overlaps);

        async Task<Requeue> PassAsync(int key, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref inside[key]) != 1)
                Interlocked.Increment(ref overlaps);
            var last = Volatile.Read(ref said[key]);
            await Task.Yield();
            var dice = Random.Shared.Next(10);
            Interlocked.Decrement(ref inside[key]);
            if (dice == 0)
                throw new InvalidOperationException("as the test wants it");
            if (dice == 1)
                return Requeue.Retry();
            Volatile.Write(ref heard[key], last);
            return Requeue.None;
        }
    }

    private static void Run(WorkQueue<int> queue, Model model, FakeTimeProvider time, Step step, int key, TimeSpan wait)
    {
        switch (step)
        {
            case Step.Add:
                queue.Add(key);
                model.Owed.Add(key);
                break;
            case Step.AddAfter:
                queue.AddAfter(key, wait);
                model.Delay(key, time.GetUtcNow(), wait);
                break;
            case Step.Fail:
                model.Delay(key, time.GetUtcNow(), queue.AddRateLimited(key));
                break;
            case Step.Take when queue.Count > 0 && model.Owed.Except(model.Held).Any():
                var taken = queue.TakeAsync(CancellationToken.None).AsTask();
                Assert.True(taken.IsCompletedSuccessfully);
                Assert.True(model.Owed.Remove(taken.Result), "taken without having been added");
                Assert.True(model.Held.Add(taken.Result), "handed out twice at once");
                break;
            case Step.Done when model.Held.Remove(key):
                queue.Done(key);
                break;
            case Step.Advance:
                time.Advance(wait);
                foreach (var due in model.Due.Where(d => d.Value <= time.GetUtcNow()).Select(d => d.Key).ToArray())
                {
                    model.Due.Remove(due);
                    model.Owed.Add(due);
                }
                break;
        }
        Assert.Equal((model.Owed.Count, model.Held.Count, model.Due.Count), (queue.Count, queue.Held, queue.Delayed));
    }

    /// <summary>What the queue owes, written down plainly.</summary>
    private sealed class Model
    {
        public HashSet<int> Owed { get; } = [];

        public HashSet<int> Held { get; } = [];

        public Dictionary<int, DateTimeOffset> Due { get; } = [];

        public void Delay(int key, DateTimeOffset now, TimeSpan wait)
        {
            if (wait <= TimeSpan.Zero)
                Owed.Add(key);
            else if (!Due.TryGetValue(key, out var due) || now + wait < due)
                Due[key] = now + wait;
        }
    }
}
