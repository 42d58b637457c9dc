import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { wholeNumber, withoutUndefined } from "evenkeel/problem";
import type { FoldEvent } from "evenkeel/train";
import { type Trained, train } from "../actions/training/train.ts";
import { type TrainedTrees, trainTreeRun } from "../actions/training/trainTreeRun.ts";
import { resumeCommand, usualRuns } from "../records/runs/runsFolder.ts";
import type { CommandContext } from "../shell/context.ts";
import { misuse } from "../shell/errors.ts";
import { scoreText } from "../shell/figures.ts";
import { metricFacts } from "../shell/metrics.ts";
import { quiet, shortPath } from "../shell/terminal.ts";
import { type TableFlags, tableFlags } from "../tables/tableFlags.ts";
import { jsonText } from "../views/json.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { trainingStages } from "../views/progress/trainingStages.ts";
import { treesProgress } from "../views/progress/treesProgress.ts";
import { introduction, outcomeText, trainedJson } from "../views/trainingText.ts";
import { treesIntroduction, treesOutcome } from "../views/treesText.ts";
import { addTargetFlag } from "./columnOptions.ts";
import { parserOf, typedFlags } from "./declaredFlags.ts";
import { closedNote, exitCodeOf, reportFailure } from "./ending.ts";
import { type ShardOptions, shardFlags, withShardOptions } from "./shardOptions.ts";
import { withTableOptions } from "./tableOptions.ts";
import {
  addTrainFlags,
  flagsOfOne,
  type PartFiles,
  type TrainFlags,
  trainTableOptions,
  treesOptions,
} from "./trainOptions.ts";

const examples = `
Examples:
  evenkeel train mpg                   a built-in table, nothing but defaults
  evenkeel train penguins --norm layer --members 4
  evenkeel train mpg --recipe simple   one network, for a fixed time
  evenkeel train cars.csv --target mpg --ignore name --kind cylinders=category
  evenkeel train films.json --target gross --kind released=date:dmy --no-refit
  evenkeel train 'flights/*.parquet' --target delay --loss huber
  evenkeel train cars.csv --target mpg --model trees
  evenkeel train visits.csv --target pulse --group patient
  evenkeel train sales.csv --target sold --time day --test new-sales.csv
  evenkeel train --sql "select * from mpg where Cylinders < 8" -t Horsepower
  evenkeel train --shards 'data/*.parquet' -t y   more rows than memory holds
  evenkeel train --resume latest       goes on where an interrupted run stood
  mpirun -n 4 evenkeel train flights-3m   four processes, with @evenkeel/mpi
  evenkeel train mpg --json | jq .result.scores.test.mae

Ctrl-C ends the training between two steps and keeps the best model so far; the
run can be resumed.
A small table is trained on twice: first the validation rows measure and say how
many epochs are best, then they are trained on too (refit). Up to 400 rows five
such trainings say how many, each with other rows to measure by (folds).
Validation scores are of the first training, test scores of the refit, whose
weights the model has.
The same table, options and seed give the same model, to the bit, on every
machine.
`;

interface Flags extends TrainFlags, Omit<TableFlags, "shards">, ShardOptions {
  readonly model: "network" | "trees";
  readonly runs: string;
  readonly resume?: string | undefined;
  readonly takeOver?: true | undefined;
  readonly out?: string | undefined;
  readonly tensorboard?: true | undefined;
  readonly folds?: number | undefined;
  readonly report: boolean;
  readonly json?: true | undefined;
}

/** `evenkeel train TABLE`: a table in, a model, its scores and a report out. */
export function trainCommand(context: CommandContext): CommandUnknownOpts {
  const command = new Command()
    .description("Trains a network or boosted trees on a table, and compares the model with simple baselines.")
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table: mpg, penguins, flights");
  addTargetFlag(command)
    .addOption(
      new Option("--model <kind>", "a network, or boosted trees after scikit-learn's HistGradientBoosting")
        .choices(["network", "trees"])
        .default("network"),
    )
    .option("--runs <folder>", "where the run is recorded", usualRuns)
    .option("--resume <run>", "go on with an interrupted run: its id, the beginning of it, or latest")
    .option("--take-over", "resume it although the process that trained it cannot be checked from here")
    .option("--out <file>", "a copy of the model, as a safetensors file")
    .option("--tensorboard", "write an event file for TensorBoard too")
    .option(
      "--folds <k>",
      "cross-validate the training too: K more trainings, predictions in out-of-fold.csv",
      parserOf(wholeNumber(2, 100)),
    )
    .option("--no-report", "write no HTML report")
    .option("--json", "print the result as JSON; progress goes to standard error");
  addTrainFlags(command);
  return withShardOptions(withTableOptions(command))
    .addHelpText("after", examples)
    .action((...passed) => {
      const [source, flags, self] = passed as unknown as [string | undefined, Flags, CommandUnknownOpts];
      const run = flags.model === "trees" ? runTrees : runTrain;
      return run(source, flags, typedFlags(self), context);
    });
}

/** The table, the options and the tables of parts, as both kinds of model take them. */
function readOf({ shards: _, ...flags }: Flags, partFiles: PartFiles): TableFlags {
  const parts = Object.keys(partFiles).length > 0 ? partFiles : undefined;
  return { ...tableFlags(flags), ...withoutUndefined({ parts }) };
}

async function runTrees(
  source: string | undefined,
  flags: Flags,
  given: readonly string[],
  context: CommandContext,
): Promise<void> {
  const ofShards = ["--shards", "--memory", "--window", "--held-rows"];
  const others = [...flagsOfOne().network, ...ofShards, "--resume", "--take-over", "--tensorboard", "--folds"];
  if (context.launched !== undefined) {
    const { launcher, size } = context.launched;
    throw misuse(
      "not-supported",
      `${launcher} has started ${size} processes, and only networks are divided among them, not trees`,
      `run it without ${launcher}`,
    );
  }
  const wrong = given.find((flag) => others.includes(flag));
  if (wrong !== undefined) throw misuse("conflict", `${wrong} is for networks, and --model is trees`, "leave one out");
  const { target, runs, out } = flags;
  const { options, partFiles } = treesOptions(flags);
  const output = flags.json ? quiet(context.output) : context.output;
  const rounds = treesProgress(output);
  const progress = readingProgress(output);
  const trained = await trainTreeRun(
    {
      ...{ source, target, options, runs, out, read: readOf(flags, partFiles) },
      report: !given.includes("--no-report"),
      command: process.argv.slice(2),
    },
    { ...context, progress },
    {
      onStart: (table, event) => {
        output.write(treesIntroduction(table, event, output));
        rounds.start(event.refit);
      },
      onRound: rounds.round,
      report: (done) => {
        rounds.stop();
        progress.doing("drawing the report");
        return reportOf(done);
      },
    },
  ).finally(rounds.stop);
  const shorten = (path: string) => shortPath(context.cwd, path);
  output.write(treesOutcome(trained, { runs, shorten }, output.colors));
  if (trained.reportError !== undefined) output.writeError(reportFailure(trained.reportError, "another training"));
  if (flags.json) context.output.write(jsonText(trainedJson(trained)));
  if (output.closed?.()) output.writeError(closedNote(shorten(trained.run.path)));
  context.exit?.(exitCodeOf(trained.result.status === "interrupted", trained));
}

async function runTrain(
  source: string | undefined,
  flags: Flags,
  given: readonly string[],
  context: CommandContext,
): Promise<void> {
  const { trees } = flagsOfOne();
  const wrong = given.find((flag) => trees.includes(flag));
  if (wrong !== undefined)
    throw misuse("conflict", `${wrong} is for boosted trees`, "add --model trees, or leave it out");
  const { target, runs, resume, out, takeOver = false } = flags;
  const { options, partFiles } = trainTableOptions(flags);
  const shards = shardFlags(source, flags);
  const request = {
    ...{ source: source ?? flags.shards, target, runs, resume, given, out, takeOver, folds: flags.folds },
    read: { ...readOf(flags, partFiles), ...(shards && { shards }) },
    options,
    tensorboard: flags.tensorboard === true,
    report: given.includes("--no-report") ? false : undefined,
    command: process.argv.slice(2),
  };
  if (context.launched !== undefined) {
    await (await import("../shell/ranks/join.ts")).joinRanks(context.launched);
    if (context.launched.rank > 0) {
      const { trainBeside } = await import("../actions/training/beside.ts");
      context.exit?.(exitCodeOf(await trainBeside(request, context), {}));
      return;
    }
  }
  const output = flags.json ? quiet(context.output) : context.output;
  const stages = trainingStages(output);
  const progress = readingProgress(output);
  const trained = await train(
    request,
    { ...context, progress },
    {
      onStart: (table, event) => {
        output.write(introduction(table, event, output));
        stages.start(event);
      },
      onEpoch: stages.epoch,
      onBaseline: ({ name, step, steps }) => {
        if (output.terminal === undefined) return;
        stages.stop();
        progress.doing(`fitting ${name} to compare with: ${step} of ${steps}`);
      },
      onFold: (event) => {
        stages.stop();
        output.write(foldLine(event));
      },
      report: (done) => {
        stages.stop();
        progress.doing("drawing the report");
        return reportOf(done).finally(progress.stop);
      },
    },
  ).finally(() => {
    stages.stop();
    progress.stop();
  });
  const shorten = (path: string) => shortPath(context.cwd, path);
  output.write(`\n${outcomeText(trained, { runs, shorten }, output.colors)}`);
  if (trained.reportError !== undefined)
    output.writeError(reportFailure(trained.reportError, resumeCommand(trained.run.id, runs)));
  if (flags.json) context.output.write(jsonText(trainedJson(trained)));
  if (output.closed?.()) output.writeError(closedNote(shorten(trained.run.path)));
  context.exit?.(exitCodeOf(trained.result.status === "interrupted", trained));
}

/** A line for each fold, as the epochs have them. */
function foldLine({ fold, folds, scores }: FoldEvent): string {
  const [metric] = Object.keys(scores);
  return `fold ${fold}/${folds}  test ${metricFacts(metric).short} ${scoreText(scores[metric])}\n`;
}

/** The page as HTML. */
async function reportOf({ training, table, run, result }: Trained | TrainedTrees): Promise<string> {
  // Vega takes a while to load, and only reports need it.
  const [{ trainingReport }, { reportData }, { readConfig, readMetrics }] = await Promise.all([
    import("../views/report/trainingReport.ts"),
    import("../views/report/trainingData.ts"),
    import("../records/runs/readRun.ts"),
  ]);
  return trainingReport(await reportData(training, table, readConfig(run.path), result, readMetrics(run.path)));
}
