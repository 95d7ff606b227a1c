using MtaSts.Operator.Cli;

return await CliProgram.RunAsync(args, CliHost.OfProcess());
