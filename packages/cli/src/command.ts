import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import picocolors from "picocolors";
import { arms } from "./arms.ts";
import { defaultThreads } from "./compare.ts";
import { exitCodes } from "./exitCodes.ts";
import { loadMpg } from "./mpg.ts";
import { runPlan } from "./run.ts";
import type { Output } from "./terminal.ts";

const examples = `
Examples:
  npm start                                 10 seeds of 100 epochs, within a minute
  npm start -- --seeds 20 --lr 0.001        a smaller learning rate, twice the seeds
  npm start -- --epochs 20 --target-mae 3   a short run
  npm start | tee report.txt                plain lines, no colours

A run is reproducible: the same options give the same figures, with any number of threads.
`;

/**
 * The command behind `npm start`: trains the tutorial's networks on Auto MPG and compares them. Parses with
 * `parseAsync`; afterwards `exitCode` says how it went.
 *
 * @throws CommanderError for --help and for bad options, after writing what is to be said
 */
export function createCommand(output: Output, signal?: AbortSignal) {
  return new Command("evenkeel")
    .description(
      "Trains a small network on the Auto MPG table with and without batch normalization, on raw and on z-scored " +
        "features, over several seeds, and says what the comparison shows and what it does not.",
    )
    .option("--epochs <n>", "passes over the training rows", wholeNumber(1, 100_000), 100)
    .option(
      "--seeds <n>",
      "how many seeds; each gives a split, starting weights and an order",
      wholeNumber(1, 10_000),
      10,
    )
    .option("--first-seed <n>", "the first of them, the others follow", wholeNumber(0, 2 ** 31), 0)
    .option("--lr <rate>", "learning rate of Adam", positiveNumber, 0.01)
    .option("--batch-size <n>", "rows per step; BatchNorm needs at least 2", wholeNumber(2, 314), 32)
    .option("--target-mae <mpg>", "count the epochs until the test error is at most this", positiveNumber, 2.5)
    .option(
      "--threads <n>",
      "threads to train on; the figures do not depend on it",
      wholeNumber(1, 256),
      defaultThreads(),
    )
    .option("--no-color", "no colours, as with NO_COLOR=1")
    .addHelpText("after", examples)
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists the options)")
    .configureOutput({ writeOut: output.write, writeErr: output.writeError })
    .exitOverride((error) => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? exitCodes.finished : exitCodes.misuse });
    })
    .action(async ({ color, seeds, firstSeed, epochs, batchSize, lr, targetMae, threads }) => {
      const colors = color ? output.colors : picocolors.createColors(false);
      const plan = {
        table: loadMpg(),
        settings: { epochs, batchSize, learningRate: lr },
        seeds: Array.from({ length: seeds }, (_, i) => firstSeed + i),
        threads: Math.min(threads, seeds * arms.length),
        targetMae,
      };
      await runPlan(plan, { ...output, colors }, signal);
    });
}

function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${lowest} to ${highest}.`);
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0, such as 0.001 or 1e-3.");
}
