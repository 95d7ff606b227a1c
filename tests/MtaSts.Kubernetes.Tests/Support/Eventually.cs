using System.Diagnostics;

namespace MtaSts.Kubernetes.Tests;

/// <summary>Polls with a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < (within ?? Default), $"did not happen: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Advances a fake clock in steps until something happens.</summary>
    public static async Task AdvanceUntilAsync(
        Microsoft.Extensions.Time.Testing.FakeTimeProvider time, TimeSpan step, Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Default, $"did not happen: {what}");
            time.Advance(step);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
