import { trainingRowsScored } from "evenkeel/tabular";
import type { TreesStartEvent } from "evenkeel/train";
import type { TrainedTrees } from "../actions/training/trainTreeRun.ts";
import { count, secondsText, wholeText } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { type Colors, type Output, wrap } from "../shell/terminal.ts";
import type { TableRead } from "../tables/index.ts";
import { noticed } from "../tables/noticed.ts";
import { decisionLine } from "./decisionLine.ts";
import { findingLines } from "./findingLines.ts";
import { judgedScores, partsLine } from "./judgedScores.ts";
import { judged, nextLine, type OutcomeOptions } from "./trainingText.ts";

const width = 80;

/** The text before the first round: target and features, notes, and how trees will be grown. */
export function treesIntroduction(table: TableRead, event: TreesStartEvent, output: Output): string {
  const { colors } = output;
  const { schema, split, trees, refit, seed } = event;
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => printable(name));
  const { maxIter, maxLeafNodes, maxDepth, minSamplesLeaf, learningRate, l2Regularization } = trees;
  const shape = [
    `at most ${count(maxIter, "round")}`,
    `${maxLeafNodes} leaves`,
    ...(maxDepth === "none" ? [] : [`depth ${maxDepth}`]),
    `${count(minSamplesLeaf, "row")} a leaf`,
    `learning rate ${learningRate}`,
    ...(l2Regularization === 0 ? [] : [`l2 ${l2Regularization}`]),
  ];
  const again = refit
    ? `; then a refit on ${split.train.length + split.validation.length} rows, the validation rows too`
    : "";
  const lines = [
    `${colors.bold(printable(schema.target))} (${schema.task}) of ${printable(table.source)}: ${count(table.rows, "row")}, ` +
      `from ${features.join(", ")}`,
    `${split.train.length} rows to train on, ${split.validation.length} to validate, ${split.test.length} to test; seed ${seed}`,
    `Boosted trees: ${shape.join(", ")}${again}`,
  ];
  const found = findingLines(noticed(table, event.findings), output, { width, indent: "  " });
  return `${lines.map((line) => `${wrap(line, width, "  ")}\n`).join("")}${found}\n`;
}

/** The text at the end: how good the trees are, the files that were written, and how to go on. */
export function treesOutcome(trained: TrainedTrees, options: OutcomeOptions, colors: Colors): string {
  const { training, run, result, out, report } = trained;
  const { shorten } = options;
  const { split, refit } = training;
  const [train, validation, test] = [split.train.length, split.validation.length, split.test.length];
  const lines = [
    judged(result, "trees"),
    decisionLine(result, training),
    partsLine(result.scores, {
      refit: refit?.kept ?? false,
      training: { rows: split.train.length, scored: trainingRowsScored(split.train.length) },
    }),
    grownLine(trained),
  ];
  const said = lines.filter((line) => line !== undefined).map((line) => wrap(line, width));
  const written = [out, report, run.file("model")].filter((path) => path !== undefined);
  const parts = [
    `${judgedScores(result, { train, validation, test }, colors, "these trees")}\n`,
    ...said,
    `Wrote ${written.map(shorten).join("\n      ")}`,
    result.status === "finished"
      ? nextLine(trained, options)
      : wrap("Interrupted: the model has the trees so far. Trees are not resumed; train again for all of them.", width),
  ];
  return `${parts.join("\n")}\n`;
}

/** How many trees there are, and why. */
function grownLine({ training, result }: TrainedTrees): string {
  const { model, iterations, reason, refit, trees } = training;
  const why = {
    completed: "",
    earlyStopping: `, no better for ${trees.nIterNoChange} on the rows held back`,
    aborted: `, then interrupted`,
  }[reason];
  const again =
    refit === undefined
      ? ""
      : refit.kept
        ? `, of a refit on ${count(refit.rows.length, "row")}, those of training and validation`
        : `; the refit was interrupted after ${refit.iterations}, kept the trees from before it`;
  return `${count(iterations, "round")}${why}${again}: ${wholeText(model.trees.nodes)} nodes, in ${secondsText(result.seconds)}.`;
}
