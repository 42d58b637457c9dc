import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { TableStartEvent, TrainTableOptions } from "evenkeel/train";
import { fingerprint } from "../actions/training/fingerprint.ts";
import { type ResumedRun, resumedRun } from "../actions/training/resumedRun.ts";
import { runTraining, settingsOf } from "../actions/training/runTraining.ts";
import { readConfig, readMetrics } from "../records/runs/readRun.ts";
import { type NewRun, RunFolder } from "../records/runs/runFolder.ts";
import type { Recipe, RunResult } from "../records/runs/types.ts";
import type { CommandContext } from "../shell/context.ts";
import { writeAtomic } from "../shell/files/writeAtomic.ts";
import { printable } from "../shell/terminal.ts";
import { UsageError } from "../shell/usageError.ts";
import type { TableRead } from "../tables/index.ts";
import { readingProgress } from "../views/progress/readingProgress.ts";
import { type TrainingProgress, trainingProgress } from "../views/progress/trainingProgress.ts";
import { introduction, outcomeText, shortPath } from "../views/trainingText.ts";
import { targetOf } from "./columnOptions.ts";
import { readTableOf, type TableFlags, withTableOptions } from "./tableOptions.ts";
import { addTrainFlags, type TrainFlags, trainTableOptions } from "./trainOptions.ts";

const examples = `
Examples:
  evenkeel train mpg                   a built-in table, nothing but defaults
  evenkeel train penguins --norm none --epochs 50
  evenkeel train cars.csv --target mpg --ignore name --kind cylinders=category
  evenkeel train films.json --target gross --kind released=date:dmy --no-refit
  evenkeel train 'flights/*.parquet' --target delay --loss huber
  evenkeel train --sql "select * from mpg where Cylinders < 8" -t Horsepower
  evenkeel train --resume latest       goes on where an interrupted run stood
  evenkeel train mpg --json | jq .result.scores.test.mae

Ctrl-C ends the training between two steps and keeps the best model so far; the
run can be resumed.
A small table is trained on twice: first the validation rows measure, then they
are trained on too (refit). Validation scores are of the first training, test
scores of the second, whose weights the model has.
The same table, options and seed give the same model, to the bit, on every
machine.
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
  return command.addHelpText("after", examples).action((...passed) => {
    const [source, flags, self] = passed as unknown as [string | undefined, Flags, CommandUnknownOpts];
    const given = Object.keys(flags).filter((name) => self.getOptionValueSource(name) === "cli");
    return train(source, flags, given, context);
  });
}

async function train(
  source: string | undefined,
  flags: Flags,
  given: readonly string[],
  context: CommandContext,
): Promise<void> {
  const { signal, cwd } = context;
  const output = flags.json
    ? { ...context.output, write: context.output.writeError, terminal: undefined }
    : context.output;
  const runs = resolve(cwd, flags.runs);
  const out = flags.out === undefined ? undefined : writable(resolve(cwd, flags.out));
  const named = source !== undefined || flags.sql !== undefined;
  const resumed =
    flags.resume === undefined
      ? undefined
      : resumedRun({ wanted: flags.resume, folder: runs, source: named, given, epochs: flags.epochs });
  const before = resumed?.run.config.recipe;
  const read = (before?.read as unknown as TableFlags | undefined) ?? tableFlags(flags);
  const from = before === undefined ? source : before.source;
  const reading = readingProgress(output);
  const table = await readTableOf(from, read, { ...context, output }, reading.update).finally(reading.stop);
  const options = before === undefined ? trainTableOptions(flags, targetOf(table, flags)) : optionsOf(before, flags);
  const digest = fingerprint(table);
  if (before !== undefined && before.fingerprint !== digest) {
    throw new UsageError(
      `the table is not the one that ${resumed?.run.id} began with: ${printable(table.source)} has changed; train anew`,
    );
  }
  const recipe: Recipe = { source: from, read: { ...read }, options: { ...options }, fingerprint: digest };
  const record = { ...(from === undefined ? { sql: read.sql } : { source: from }), fingerprint: digest };

  let progress: TrainingProgress | undefined;
  let refitProgress: (() => TrainingProgress) | undefined;
  const { training, folder } = await runTraining({
    table,
    options: { ...options, record },
    notes: table.notes,
    signal,
    tensorboard: flags.tensorboard === true,
    ...(resumed?.checkpoint && { resume: resumed.checkpoint }),
    open: (event) => {
      output.write(introduction(table, event, output.colors));
      const { split, plan, metric } = event;
      const [rows, all] = [split.train.length, split.train.length + split.validation.length];
      const { epochs } = plan;
      progress = trainingProgress(output, { epochs, rows, metric, further: plan.refit ? (epochs * all) / rows : 0 });
      refitProgress = () => trainingProgress(output, { epochs, rows: all, metric, refit: true });
      return resumed === undefined
        ? newFolder(runs, table, event, options, recipe)
        : takenFolder(resumed, { settings: settingsOf(plan, event.schema.task, options), recipe });
    },
    onEpoch: (line) => {
      if (line.stage === "refit" && refitProgress !== undefined) {
        progress?.stop();
        progress = refitProgress();
        refitProgress = undefined;
      }
      progress?.epoch(line);
    },
  }).finally(() => progress?.stop());

  const { result, run } = folder;
  const written = [run.file("model"), run.file("checkpoint")];
  if (training.history.epochs.length > 0) {
    if (flags.report) written.unshift(await writeReport(training, table, run, result));
    if (out !== undefined) {
      writeAtomic(out, training.model.save());
      written.unshift(out);
    }
    output.write(`\n${outcomeText(training, result, output.colors)}`);
    output.write(`\nWrote ${written.map((path) => shortPath(cwd, path)).join("\n      ")}\n`);
  } else {
    output.write("\nInterrupted before the first epoch was finished: there is no model yet.\n");
  }
  if (result.status === "interrupted") {
    const where = flags.runs === "runs" ? "" : ` --runs ${flags.runs}`;
    output.write(`Go on with: evenkeel train --resume ${run.id}${where}\n`);
  }
  if (flags.json) {
    context.output.write(`${JSON.stringify({ run: run.id, path: run.path, result }, undefined, 2)}\n`);
  }
}

/** @throws UsageError if no file can be made at this path: better now than after the training */
function writable(path: string): string {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--out: there is no folder ${folder}`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--out: ${path} is a folder`);
  return path;
}

function newFolder(
  folder: string,
  table: TableRead,
  { schema, split, plan }: TableStartEvent,
  options: TrainTableOptions,
  recipe: Recipe,
): RunFolder {
  try {
    return RunFolder.create(folder, {
      command: process.argv.slice(2),
      table: { source: table.source, rows: table.rows, columns: table.columns.length },
      target: schema.target,
      task: schema.task,
      ...(schema.classes && { classes: schema.classes }),
      seed: plan.seed,
      split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
      settings: settingsOf(plan, schema.task, options),
      recipe,
    });
  } catch (error) {
    throw new UsageError(`--runs: no run can be recorded in ${folder}: ${(error as Error).message}`);
  }
}

/** The folder of a run that is resumed: it is this process's from now on, and running again. */
function takenFolder({ run, checkpoint }: ResumedRun, changes: Partial<NewRun>): RunFolder {
  const { epoch = 0, first } = checkpoint ?? {};
  const done = first === undefined ? { training: epoch } : { training: first.epoch, refit: epoch };
  const folder = RunFolder.resume(run.path, done, changes);
  if (run.result !== undefined) folder.writeResult({ ...run.result, status: "running" });
  return folder;
}

/** The options of a run that is resumed, except for a new number of epochs. */
function optionsOf(recipe: Recipe, { epochs }: Flags): TrainTableOptions {
  return { ...recipe.options, ...(epochs !== undefined && { epochs }) } as unknown as TrainTableOptions;
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
    import("../views/report/trainingReport.ts"),
    import("../views/report/trainingData.ts"),
  ]);
  const data = await reportData(training, table, readConfig(run.path), result, readMetrics(run.path));
  run.writeReport(await trainingReport(data));
  return run.file("report");
}
