using CsCheck;

namespace MtaSts.Kubernetes.Tests;

public sealed class ObjectCacheTests
{
    [Fact]
    public void Any_sequence_of_changes_leaves_the_indexes_as_a_rebuild_would()
    {
        // Key, the values under which the object is indexed, and what is done: 0 remove, 1 set, 2 replace everything.
        var step = Gen.Select(Gen.Int[0, 4], Gen.Char["xyz"].Array[0, 3], Gen.Int[0, 8]);
        step.Array[0, 40].Sample(steps =>
        {
            var cache = new ObjectCache<string>();
            var model = new Dictionary<ObjectKey, string>();
            cache.AddIndex("letters", Letters);
            foreach (var (number, letters, kind) in steps)
            {
                var key = new ObjectKey("n", $"{number}");
                var text = new string(letters);
                if (kind == 0)
                {
                    cache.Remove(key);
                    model.Remove(key);
                }
                else if (kind == 8)
                {
                    model = new Dictionary<ObjectKey, string> { [key] = text };
                    cache.Replace(model);
                }
                else
                {
                    cache.Set(key, text);
                    model[key] = text;
                }
            }
            cache.AddIndex("late", Letters);
            Assert.Equal(model.OrderBy(p => p.Key.Name), cache.All.OrderBy(p => p.Key.Name));
            foreach (var letter in new[] { "x", "y", "z" })
            {
                var expected = model.Values.Where(v => v.Contains(letter, StringComparison.Ordinal)).Order();
                Assert.Equal(expected, cache.ByIndex("letters", letter).Order());
                Assert.Equal(expected, cache.ByIndex("late", letter).Order());
            }
        });
    }

    [Fact]
    public void An_index_that_nobody_made_is_an_error_and_a_value_that_nobody_has_is_empty()
    {
        var cache = new ObjectCache<string>();
        cache.AddIndex("letters", Letters);
        Assert.Empty(cache.ByIndex("letters", "q"));
        Assert.Throws<KeyNotFoundException>(() => cache.ByIndex("digits", "1"));
    }

    private static IEnumerable<string> Letters(string text) => text.Select(c => c.ToString());
}
