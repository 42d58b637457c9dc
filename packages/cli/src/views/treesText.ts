import type { TrainedTrees } from "../actions/training/trainTreeRun.ts";
import { count, secondsText, wholeText } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { type Output, wrap } from "../shell/terminal.ts";
import { noticed } from "../tables/noticed.ts";
import { findingLines } from "./findingLines.ts";
import { scoresText } from "./scoresText.ts";

const width = 80;

/** What trees were fitted on, how good they are, and the files that were written. */
export function treesText(trained: TrainedTrees, shorten: (path: string) => string, output: Output): string {
  const { training, table, run, result, out } = trained;
  const { colors } = output;
  const { schema, split, model, refit, iterations, reason } = training;
  const features = schema.columns.filter(({ use }) => use === "feature").map(({ name }) => printable(name));
  const why = { completed: "", earlyStopping: ", ended early by rows held back", aborted: ", then interrupted" }[
    reason
  ];
  const again =
    refit === undefined
      ? ""
      : `, then a refit on ${count(refit.rows.length, "row")}, those of training and validation; the validation scores are from before it`;
  const lines = [
    `${colors.bold(printable(schema.target))} (${schema.task}) of ${printable(table.source)}: ${count(table.rows, "row")}, ` +
      `from ${features.join(", ")}`,
    `${split.train.length} rows to train on, ${split.validation.length} to score before the refit, ${split.test.length} to test; seed ${model.record.seed}`,
    `Boosted trees of ${wholeText(model.trees.nodes)} nodes: ${count(iterations, "round")}${why} in ${secondsText(result.seconds)}${again}`,
  ];
  const found = findingLines(noticed(table, training.findings), output, { width, indent: "  " });
  const scores = scoresText(result.scores, result.baselines, colors, {
    ...{ name: "the trees", refit: refit !== undefined },
  });
  const written = [out, run.file("model")].filter((path) => path !== undefined);
  return (
    `${lines.map((line) => `${wrap(line, width, "  ")}\n`).join("")}${found}\n${scores}\n\n` +
    `Wrote ${written.map(shorten).join("\n      ")}\n`
  );
}
