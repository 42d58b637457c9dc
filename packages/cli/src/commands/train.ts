import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { type Checkpoint, loadCheckpoint } from "evenkeel/io";
import { type TrainingProgress, trainingProgress } from "../progress/trainingProgress.ts";
import { findRun } from "../runs/findRun.ts";
import { type Run, readConfig, readMetrics } from "../runs/readRun.ts";
import { RunFolder } from "../runs/runFolder.ts";
import { type Recipe, type RunResult, runFiles } from "../runs/types.ts";
import type { TableRead } from "../tables/index.ts";
import { printable } from "../terminal.ts";
import { fingerprint } from "../training/fingerprint.ts";
import { introduction, outcomeText, shortPath } from "../training/outcome.ts";
import { runTraining, settingsOf } from "../training/runTraining.ts";
import { UsageError } from "../usageError.ts";
import type { CommandContext } from "./context.ts";
import { readTableOf, type TableFlags, withTableOptions } from "./tableOptions.ts";
import { addTrainFlags, type TrainFlags, trainTableOptions } from "./trainOptions.ts";

const examples = `
Examples:
  evenkeel train mpg                                   a built-in table, nothing but defaults
  evenkeel train penguins --norm none --epochs 50
  evenkeel train cars.csv --target mpg --ignore name --kind cylinders=category
  evenkeel train 'flights/*.parquet' --target delay --loss huber
  evenkeel train --sql "select * from 'cars.csv' where year > 1975" --target mpg
  evenkeel train --resume latest                       goes on where an interrupted run stood
  evenkeel train mpg --json | jq .result.scores.test.mae

Ctrl-C ends the training between two steps and keeps the best model so far; the run can be resumed.
The same table, options and seed give the same model, to the bit, on every machine.
`;

interface Flags extends TrainFlags, TableFlags {
  readonly runs: string;
  readonly resume?: string;
  readonly out?: string;
  readonly tensorboard?: true;
  readonly report: boolean;
  readonly json?: true;
}

/** `evenkeel train TABLE`: a table in, a model, its scores and a report out. */
export function trainCommand(context: CommandContext): CommandUnknownOpts {
  const command = withTableOptions(new Command("train"))
    .description("Trains a network on a table and says how good it is, beside simple models.")
    .argument("[table]", "a file, a pattern, - for standard input, or a built-in table: mpg, penguins, flights")
    .option("--runs <folder>", "where the run is recorded", "runs")
    .option("--resume <run>", "go on with an interrupted run: its id, the beginning of it, or latest")
    .option("--out <file>", "a copy of the model, as a safetensors file")
    .option("--tensorboard", "write an event file for TensorBoard too")
    .option("--no-report", "write no HTML report")
    .option("--json", "print the result as JSON; progress goes to standard error");
  addTrainFlags(command);
  return command.addHelpText("after", examples).action((...given) => {
    const [source, flags] = given as unknown as [string | undefined, Flags];
    return train(source, flags, context);
  });
}

async function train(source: string | undefined, flags: Flags, context: CommandContext): Promise<void> {
  const { signal, cwd } = context;
  const output = flags.json
    ? { ...context.output, write: context.output.writeError, terminal: undefined }
    : context.output;
  const resumed = flags.resume === undefined ? undefined : runToResume(source, flags, flags.resume, cwd);
  const recipe = resumed?.config.recipe;
  const read = (recipe?.read as unknown as TableFlags | undefined) ?? tableFlags(flags);
  const table = await readTableOf(recipe === undefined ? source : recipe.source, read, { ...context, output });
  const options = optionsFor(table, flags, recipe);
  const checkpoint = resumed && checkpointOf(resumed);
  const digest = fingerprint(table);
  if (recipe !== undefined && recipe.fingerprint !== digest) {
    throw new UsageError(
      `the table is not the one that ${resumed?.id} began with: ${printable(table.source)} has changed; train anew`,
    );
  }

  let progress: TrainingProgress | undefined;
  const { training, folder } = await runTraining({
    table,
    options,
    signal,
    tensorboard: flags.tensorboard === true,
    ...(checkpoint && { resume: checkpoint }),
    open: (event) => {
      output.write(introduction(table, event, output.colors));
      const { schema, split, plan } = event;
      progress = trainingProgress(output, { epochs: plan.epochs, rows: split.train.length, metric: event.metric });
      if (resumed !== undefined) return RunFolder.resume(resumed.path, checkpoint?.epoch ?? 0);
      return RunFolder.create(resolve(cwd, flags.runs), {
        command: process.argv.slice(2),
        table: { source: table.source, rows: table.rows, columns: table.columns.length },
        target: schema.target,
        task: schema.task,
        ...(schema.classes && { classes: schema.classes }),
        seed: plan.seed,
        split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
        settings: settingsOf(plan, options),
        recipe: { source, read: { ...read }, options: { ...options }, fingerprint: digest },
      });
    },
    onEpoch: (line) => progress?.epoch(line),
  }).finally(() => progress?.stop());

  const { result } = folder;
  const written = [folder.run.file("model"), folder.run.file("checkpoint")];
  if (training.history.epochs.length > 0) {
    if (flags.report) written.unshift(await writeReport(training, table, folder.run, result));
    if (flags.out !== undefined) {
      writeFileSync(resolve(cwd, flags.out), training.model.save());
      written.unshift(resolve(cwd, flags.out));
    }
    output.write(`\n${outcomeText(training, result, output.colors)}`);
    output.write(`\nWrote ${written.map((path) => shortPath(cwd, path)).join("\n      ")}\n`);
  } else {
    output.write("\nInterrupted before the first epoch was finished: there is no model yet.\n");
  }
  if (result.status === "interrupted") output.write(`Go on with: evenkeel train --resume ${folder.run.id}\n`);
  if (flags.json) {
    context.output.write(`${JSON.stringify({ run: folder.run.id, path: folder.run.path, result }, undefined, 2)}\n`);
  }
}

/** @throws UsageError if there is no such run, or it is still running, or options of the table are given besides */
function runToResume(source: string | undefined, flags: Flags, wanted: string, cwd: string): Run {
  if (source !== undefined || flags.sql !== undefined) {
    throw new UsageError("--resume goes on with the table that the run began with; leave the table out");
  }
  let run: Run;
  try {
    run = findRun(resolve(cwd, flags.runs), wanted);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. \`evenkeel runs list\` lists them`);
  }
  if (run.status === "running") throw new UsageError(`the run ${run.id} is still running; wait for it, or end it`);
  return run;
}

function checkpointOf({ id, path }: Run): Checkpoint<never> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(join(path, runFiles.checkpoint));
  } catch {
    throw new UsageError(`the run ${id} has no checkpoint: it ended before its first second; train anew`);
  }
  return loadCheckpoint(bytes);
}

/** Options as they were given; of a run that is resumed its own, except for a new number of epochs. */
function optionsFor(table: TableRead, flags: Flags, recipe: Recipe | undefined) {
  if (recipe !== undefined) {
    const { epochs } = flags;
    const schedule = String(recipe.options.schedule ?? "onecycle");
    if (epochs !== undefined && (schedule === "onecycle" || schedule === "cosine")) {
      throw new UsageError(
        `the schedule ${schedule} ends with the epochs it was planned for; leave --epochs out, or train anew`,
      );
    }
    return { ...recipe.options, ...(epochs !== undefined && { epochs }) } as unknown as ReturnType<
      typeof trainTableOptions
    >;
  }
  const target = flags.target ?? table.target;
  if (target === undefined) {
    const names = table.columns.map(({ name }) => printable(name));
    const listed =
      names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", ");
    throw new UsageError(`say which column to predict with --target; there are ${listed}`);
  }
  return trainTableOptions(flags, target);
}

/** The flags that say how the table is read, without the others. */
function tableFlags(flags: Flags): TableFlags {
  const { sql, columns, limit, sample, sampleSeed, format, delimiter, header, encoding } = flags;
  return { sql, columns, limit, sample, sampleSeed, format, delimiter, header, null: flags.null, encoding };
}

async function writeReport(
  training: Parameters<typeof outcomeText>[0],
  table: TableRead,
  run: RunFolder,
  result: RunResult,
): Promise<string> {
  // Vega takes a while to load, and only reports need it.
  const [{ trainingReport }, { reportData }] = await Promise.all([
    import("../report/trainingReport.ts"),
    import("../training/report.ts"),
  ]);
  const data = await reportData(training, table, readConfig(run.path), result, readMetrics(run.path));
  run.writeReport(await trainingReport(data));
  return run.file("report");
}
