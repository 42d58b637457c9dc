import type { TableRefit, TableStartEvent, TableTraining } from "evenkeel/train";
import type { Trained } from "../actions/training/train.ts";
import { resumeCommand } from "../records/runs/runsFolder.ts";
import type { RunResult } from "../records/runs/types.ts";
import { sentence } from "../shell/errors.ts";
import { count, secondsText, wholeText } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { type Colors, type Output, wrap } from "../shell/terminal.ts";
import type { TableRead } from "../tables/index.ts";
import { noticed } from "../tables/noticed.ts";
import { decisionLine } from "./decisionLine.ts";
import { findingLines } from "./findingLines.ts";
import { foldsText } from "./foldsText.ts";
import { judgedPart, judgedScores, partsLine } from "./judgedScores.ts";
import { statisticsLine } from "./statisticsLine.ts";
import { standings, verdict } from "./verdict.ts";

const width = 80;

/** The text before the first step: target and features, notes, and what will be trained. */
export function introduction(table: TableRead, event: TableStartEvent, output: Output): string {
  const { colors } = output;
  const { schema, findings, split, plan, network } = event;
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => printable(name));
  const values = network.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0);
  const { hidden, norm, activation, dropout } = plan.network;
  const shape = [
    `widths ${[...hidden, network.size.outputs].join("-")}`,
    { none: "no normalization", batch: "batch normalization", layer: "layer normalization" }[norm],
    activation,
    ...(dropout > 0 ? [`dropout ${dropout}`] : []),
  ];
  const { optimizer, lr, schedule, batchSize, epochs, seed } = plan;
  const rates = schedule === "none" ? `lr ${lr}` : `lr ${lr} ${schedule}`;
  const again = plan.refit
    ? `; then a refit on ${split.train.length + split.validation.length} rows, the validation rows too`
    : "";
  const lines = [
    `${colors.bold(printable(schema.target))} (${schema.task}) of ${printable(table.source)}: ${count(table.rows, "row")}, ` +
      `from ${features.join(", ")}`,
    `${split.train.length} rows to train on, ${split.validation.length} to validate, ${split.test.length} to test; seed ${seed}`,
    `Network of ${wholeText(values)} parameters: ${shape.join(", ")}`,
    `${optimizer}, ${rates}, batches of ${batchSize}, ${count(epochs, "epoch")}${again}`,
  ];
  const found = findingLines(noticed(table, findings), output, { width, indent: "  " });
  return `${lines.map((line) => `${wrap(line, width, "  ")}\n`).join("")}${found}\n`;
}

interface OutcomeOptions {
  /** The folder of runs, as the user named it. */
  readonly runs: string;
  /** Shortens a path so that it can be typed. */
  readonly shorten: (path: string) => string;
}

/** The text at the end: how good the model is, the files that were written, and how to continue. */
export function outcomeText(trained: Trained, { runs, shorten }: OutcomeOptions, colors: Colors): string {
  const { training, run, result, out, report, refusedOut } = trained;
  const lines: string[] = [];
  if (training.history.epochs.length > 0) {
    const folds = result.folds && run.file("outOfFold");
    const written = [out, report, folds, run.file("model"), run.file("checkpoint")].filter(
      (path) => path !== undefined,
    );
    lines.push(scoresAndWords(training, result, colors), `Wrote ${written.map(shorten).join("\n      ")}`);
  } else {
    lines.push("Interrupted before the first epoch was finished: there is no model yet.");
  }
  if (refusedOut !== undefined) {
    const known = `the file is not this run's, or not a .safetensors file below this folder; --out writes it`;
    lines.push(wrap(`Not written: ${printable(refusedOut)}, the copy that the run began with: ${known}.`, width));
  }
  if (result.status === "interrupted") {
    lines.push(`Resume with: ${resumeCommand(run.id, runs)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** For programs. */
export function trainedJson({ run, result }: Trained) {
  return { run: run.id, path: run.path, result };
}

/** The scores beside the baselines', how it was trained, and a verdict in words. */
function scoresAndWords(training: TableTraining, result: RunResult, colors: Colors): string {
  const { history, keptEpoch, plan, refit, split } = training;
  const done = history.epochs.length;
  const why = {
    completed: "",
    earlyStopping: `, no better for ${String(plan.patience)}`,
    aborted: ", then interrupted",
  }[history.reason];
  const kept = keptEpoch === done ? "the weights of the last" : `the weights of epoch ${keptEpoch}, the best`;
  const lines = [
    judged(result),
    result.folds && foldsText(result.folds),
    decisionLine(result, training.schema.classes?.[1], isLog(training)),
    partsLine(result.scores, { refit: refit?.kept ?? false }),
    `${count(done, "epoch")} in ${secondsText(history.seconds)}${why}; ${refit === undefined ? `kept ${kept}` : refitText(refit, plan.epochs)}.`,
    refit?.error && `In the refit ${printable(sentence(refit.error))} The training before it is not affected.`,
    statisticsLine(training),
  ];
  const said = lines.filter((line) => line !== undefined).map((line) => wrap(line, width));
  const [train, validation, test] = [split.train.length, split.validation.length, split.test.length];
  return `${judgedScores(result, { train, validation, test }, colors)}\n\n${said.join("\n")}\n`;
}

function isLog({ model }: TableTraining): boolean {
  const { target } = model.preprocessing.toJSON();
  return target.task === "regression" && target.log;
}

/** The outcome of the refit. */
function refitText({ history, rows, kept, error }: TableRefit, epochs: number): string {
  const { length: done } = history.epochs;
  if (error !== undefined)
    return `the refit failed after ${done} of ${count(epochs, "epoch")}; kept the weights from before it`;
  if (!kept)
    return `the refit was interrupted after ${done} of ${count(epochs, "epoch")}; kept the weights from before it`;
  return `then a refit on ${rows.length} rows, those of training and validation, in ${secondsText(history.seconds)}; kept its weights`;
}

/** Metrics that depend on a threshold. */
const byClass = new Set(["accuracy", "balancedAccuracy", "f1"]);

/** Whether the network learned anything: its scores compared with those of the best baselines. */
function judged({ scores, baselines, intervals, decision }: RunResult): string | undefined {
  const part = judgedPart(scores);
  if (part === "train") return undefined;
  const theirs = Object.fromEntries(Object.entries(baselines).map(([name, of]) => [name, of[part]]));
  const found = standings(scores[part] ?? {}, theirs, part === "test" ? intervals : undefined);
  // By a threshold the network may give accuracy away for what was asked of it; baselines have none.
  const isFair = ({ metric }: { readonly metric: string }) => decision?.threshold === undefined || !byClass.has(metric);
  return verdict(found.filter(isFair), part);
}
