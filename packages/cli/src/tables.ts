import Table from "cli-table3";
import { arms, describeArm } from "./arms.ts";
import { type Comparison, epochsTo, type Score, scoresOf } from "./results.ts";
import { mean, median, standardDeviation } from "./statistics.ts";
import { type Colors, figure } from "./terminal.ts";

/** The errors of every arm, and of guessing the mean: mean and spread over seeds. */
export function scoreTable(comparison: Comparison, targetMae: number, colors: Colors): string {
  const table = newTable(colors, ["", "test MAE", "test RMSE", `epochs\nto ${targetMae}`, "gap"]);
  const guesses = comparison.splits.map(({ baseline }) => baseline);
  table.push([
    "guess the training mean",
    spread(guesses.map(({ mae }) => mae)),
    spread(guesses.map(({ rmse }) => rmse)),
    "",
    spread(guesses.map(({ mae, trainMae }) => mae - trainMae)),
  ]);
  for (const arm of arms) {
    const asTrained = [...scoresOf(comparison, { arm: arm.id, statistics: "asTrained" }).values()];
    table.push([`${arm.role} ${colors.bold(describeArm(arm))}`, ...scoreCells(asTrained, targetMae)]);
    if (!arm.batchNorm) continue;
    const recomputed = [...scoresOf(comparison, { arm: arm.id, statistics: "recomputed" }).values()];
    table.push(["  └ statistics recomputed", ...scoreCells(recomputed, targetMae)]);
  }
  return table.toString();
}

function scoreCells(scores: readonly Score[], targetMae: number): string[] {
  if (scores.length === 0) return ["diverged", "", "", ""];
  const epochs = scores.map((score) => epochsTo(targetMae, score));
  const middle = median(epochs);
  const arrived = epochs.filter(Number.isFinite).length;
  return [
    spread(scores.map(({ testMae }) => testMae)),
    spread(scores.map(({ testRmse }) => testRmse)),
    `${Number.isFinite(middle) ? Math.ceil(middle) : "–"} (${arrived}/${scores.length})`,
    spread(scores.map(({ testMae, trainMae }) => testMae - trainMae)),
  ];
}

function spread(values: readonly number[]): string {
  const deviation = standardDeviation(values);
  const centre = figure(mean(values));
  return Number.isNaN(deviation) ? centre : `${centre} ± ${figure(deviation)}`;
}

/** Some test cars of the first seed, from the thirstiest to the thriftiest, with what the tutorial's networks say. */
export function sampleTable(comparison: Comparison, colors: Colors, count = 8): string {
  const [split] = comparison.splits;
  const { seed } = split;
  const score = (arm: "before" | "after", statistics: "asTrained" | "recomputed") =>
    scoresOf(comparison, { arm, statistics }).get(seed);
  const columns = [score("before", "asTrained"), score("after", "asTrained"), score("after", "recomputed")];
  const table = newTable(colors, ["car", "true mpg", "before", "after", "recomputed"]);
  const byTruth = split.truth.map((_, row) => row).sort((a, b) => split.truth[a] - split.truth[b]);
  const shown = Math.min(count, byTruth.length);
  for (let i = 0; i < shown; i++) {
    const row = byTruth[Math.round((i * (byTruth.length - 1)) / Math.max(1, shown - 1))];
    const predictions = columns.map((column) =>
      column === undefined ? "diverged" : figure(column.predictions[row], 1),
    );
    table.push([split.names[row], colors.bold(split.truth[row].toFixed(1)), ...predictions]);
  }
  return table.toString();
}

/** A table with a rule under its head and no other lines, so that five columns fit into 80 characters. */
function newTable(colors: Colors, head: readonly string[]) {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", right: "" };
  const bottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };
  return new Table({
    head: head.map((cell) => colors.bold(cell)),
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
    chars: { ...none, ...bottom, "left-mid": "", mid: "─", "mid-mid": "──", "right-mid": "", middle: "  " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
}
