import { trainingRowsScored } from "evenkeel/tabular";
import type { TableRefit, TableStartEvent, TableTraining } from "evenkeel/train";
import type { Trained } from "../actions/training/train.ts";
import { resumeCommand, runsFlag } from "../records/runs/runsFolder.ts";
import type { RunResult } from "../records/runs/types.ts";
import { shellWord } from "../shell/dialect.ts";
import { count, secondsText, wholeText } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { sentence } from "../shell/sentence.ts";
import { type Colors, type Output, wrap } from "../shell/terminal.ts";
import type { TableRead } from "../tables/index.ts";
import { noticed } from "../tables/noticed.ts";
import { decisionLine } from "./decisionLine.ts";
import { findingLines } from "./findingLines.ts";
import { foldsText } from "./foldsText.ts";
import { judgedPart, judgedScores, partsLine } from "./judgedScores.ts";
import { statisticsLine } from "./statisticsLine.ts";
import { fairStandings, type Subject, standings, verdict } from "./verdict.ts";

const width = 80;

type History = TableTraining["history"];

/** The text before the first step: target and features, notes, and what will be trained. */
export function introduction(table: TableRead, event: TableStartEvent, output: Output): string {
  const { colors } = output;
  const { schema, findings, split, plan, network, streamedRows, allRows = table.rows } = event;
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => printable(name));
  const values = network.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0);
  const { hidden, norm, activation, dropout, members } = plan.network;
  // Without hidden layers there is nothing to normalize or to drop.
  const shape =
    hidden.length === 0
      ? ["a linear model"]
      : [
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
  const folds = plan.lengthFolds > 1 ? `, in ${plan.lengthFolds} folds` : "";
  const length = `${plan.patience === false ? "" : "at most "}${count(epochs, "epoch")}${folds}`;
  const networks = members > 1 ? `${members} networks in one, ` : "Network of ";
  const trained = streamedRows ?? split.train.length;
  const lines = [
    `${colors.bold(printable(schema.target))} (${schema.task}) of ${printable(table.source)}: ${count(allRows, "row")}, ` +
      `from ${features.join(", ")}`,
    `${trained} rows to train on, ${split.validation.length} to validate, ${split.test.length} to test; seed ${seed}`,
    ...(split.train.length === trained ? [] : [sampleLine(split.train.length)]),
    `${networks}${wholeText(values)} parameters: ${shape.join(", ")}`,
    `${optimizer}, ${rates}, batches of ${batchSize}, ${plan.average ? "averaged weights, " : ""}${length}${again}`,
  ];
  const found = findingLines(noticed(table, findings), output, { width, indent: "  " });
  return `${lines.map((line) => `${wrap(line, width, "  ")}\n`).join("")}${found}\n`;
}

/** What comes from a sample, and how far a quantile of it may be off (Dvoretzky, Kiefer & Wolfowitz; Massart). */
function sampleLine(rows: number): string {
  const off = Math.sqrt(Math.log(2 / 0.01) / (2 * rows));
  return (
    `Means, extremes, categories: of all training rows. What columns mean, quantiles, baselines: of a sample of ${wholeText(rows)}; ` +
    `with 99% certainty no quantile is off by more than ${(100 * off).toPrecision(2)}% of the rows`
  );
}

export interface OutcomeOptions {
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
    if (result.refit?.kept === true || (result.refit === undefined && training.history.reason !== "aborted")) {
      lines.push("The cross-validation was interrupted: there are no out-of-fold predictions yet.");
    }
    lines.push(`Resume with: ${resumeCommand(run.id, runs)}`);
  }
  if (result.status === "finished") lines.push(nextLine(trained, { runs, shorten }));
  return `${lines.join("\n")}\n`;
}

/** The command to type next. */
export function nextLine({ run, out }: Pick<Trained, "run" | "out">, { runs, shorten }: OutcomeOptions): string {
  const model = out === undefined ? run.id : shellWord(shorten(out));
  return `\nNext:  evenkeel predict ${model} new-rows.csv${out === undefined ? runsFlag(runs) : ""}`;
}

/** For programs. */
export function trainedJson({ run, result }: Pick<Trained, "run" | "result">) {
  return { run: run.id, path: run.path, result };
}

/** The scores beside the baselines', how it was trained, and a verdict in words. */
function scoresAndWords(training: TableTraining, result: RunResult, colors: Colors): string {
  const { history, keptEpoch, plan, refit, split } = training;
  const done = history.epochs.length;
  const why = {
    completed: "",
    earlyStopping:
      plan.patience === false || hasEnough(training) ? ", nothing left to learn" : `, no better for ${plan.patience}`,
    aborted: ", then interrupted",
  }[history.reason];
  const kept = keptEpoch === done ? "the weights of the last" : `the weights of epoch ${keptEpoch}, the best`;
  const how = refit === undefined ? `kept ${kept}` : refitText(refit, history);
  const lines = [
    judged(result),
    result.sampledRows !== undefined && Object.keys(result.baselines).length > 0
      ? `The baselines had a sample of ${wholeText(result.sampledRows)} training rows, the network all ${wholeText(training.streamedRows ?? 0)}.`
      : undefined,
    result.folds && foldsText(result.folds, result.decision?.threshold !== undefined),
    decisionLine(result, training),
    partsLine(result.scores, {
      refit: refit?.kept ?? false,
      training: { rows: training.streamedRows ?? split.train.length, scored: trainingRowsScored(split.train.length) },
    }),
    `${count(done, "epoch")} in ${secondsText(history.seconds)}${why}; ${how}.`,
    refit?.error &&
      `In ${refit.epochs === undefined ? "a fold" : "the refit"} ${printable(sentence(refit.error))} The training before it is not affected.`,
    statisticsLine(training, result.sampledRows !== undefined),
  ];
  const said = lines.filter((line) => line !== undefined).map((line) => wrap(line, width));
  const [train, validation, test] = [split.train.length, split.validation.length, split.test.length];
  return `${judgedScores(result, { train, validation, test }, colors)}\n\n${said.join("\n")}\n`;
}

/** Whether the training ended because its validation loss was as low as the plan asks for. */
function hasEnough({ plan, history }: TableTraining): boolean {
  return (history.epochs.at(-1)?.validation?.loss ?? Number.NaN) <= (plan.enough ?? Number.NEGATIVE_INFINITY);
}

/** The outcome of the refit, and of the folds before it. */
function refitText({ history, rows, kept, error, epochs, folds, foldSeconds }: TableRefit, first: History): string {
  if (epochs === undefined) {
    const happened = error === undefined ? "was interrupted" : "failed";
    return `fold ${(folds?.length ?? 0) + 1} ${happened}; kept the weights of epoch ${first.bestEpoch ?? 0}`;
  }
  const { length: done } = history.epochs;
  if (error !== undefined)
    return `the refit failed after ${done} of ${count(epochs, "epoch")}; kept the weights from before it`;
  if (!kept)
    return `the refit was interrupted after ${done} of ${count(epochs, "epoch")}; kept the weights from before it`;
  const others =
    folds === undefined ? "" : `then ${count(folds.length - 1, "more fold")} in ${secondsText(foldSeconds)}; `;
  const length = epochs === first.epochs.length ? "" : `${count(epochs, "epoch")} `;
  return `${others}then a refit ${length && `of ${length}`}on ${rows.length} rows, those of training and validation, in ${secondsText(history.seconds)}; kept its weights`;
}

/** Whether a model learned anything: its scores compared with those of the best baselines. */
export function judged(
  { scores, baselines, intervals, decision }: RunResult,
  subject: Subject = "network",
): string | undefined {
  const part = judgedPart(scores);
  if (part === "train") return undefined;
  const theirs = Object.fromEntries(Object.entries(baselines).map(([name, of]) => [name, of[part]]));
  const found = standings(scores[part] ?? {}, theirs, part === "test" ? intervals : undefined);
  return verdict(fairStandings(found, decision?.threshold !== undefined), part, subject);
}
