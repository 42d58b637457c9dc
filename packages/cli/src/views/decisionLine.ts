import type { TableTraining, TreeTraining } from "evenkeel/train";
import type { RunResult } from "../records/runs/types.ts";
import { count, scoreText } from "../shell/figures.ts";

/** The 95% interval of a share (Wilson 1927). */
export function shareInterval(share: number, rows: number): { readonly low: number; readonly high: number } {
  const z = 1.959964;
  const centre = share + (z * z) / (2 * rows);
  const spread = z * Math.sqrt((share * (1 - share)) / rows + (z * z) / (4 * rows * rows));
  const scale = 1 + (z * z) / rows;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/**
 * What was decided beside the predictions: the threshold, or how wide intervals are and how often
 * they had the truth inside; undefined if nothing was asked for.
 */
export function decisionLine(
  { decision, refit }: Pick<RunResult, "decision" | "refit">,
  { schema, model }: Pick<TableTraining | TreeTraining, "schema" | "model">,
): string | undefined {
  if (decision === undefined) return undefined;
  const { threshold, interval, rows, coverage } = decision;
  const before = refit?.kept ? ", before the refit" : "";
  if (threshold !== undefined) {
    const chosen = rows === undefined ? "" : `, chosen by ${count(rows, "validation row")}${before}`;
    return (
      `"${schema.classes?.[1] ?? "the second class"}" is predicted from a probability of ${scoreText(threshold)} on${chosen}. ` +
      "Baselines say the likelier class, so accuracy does not compare them."
    );
  }
  if (interval === undefined) return undefined;
  const level = `${Number((100 * interval.level).toPrecision(4))}%`;
  const { target } = model.preprocessing.toJSON();
  // The width is then of the target's logarithm.
  const isLog = target.task === "regression" && target.log;
  const wide = isLog
    ? `times or divided by ${scoreText(Math.exp(interval.width))}`
    : `plus or minus ${scoreText(interval.width)}`;
  const size = `Intervals of ${level}: the prediction ${wide}, by the errors on ${count(rows ?? 0, "validation row")}${before}.`;
  if (coverage === undefined) return size;
  const { low, high } = shareInterval(coverage.value, coverage.rows);
  const percent = (share: number) => `${Math.round(100 * share)}`;
  return `${size} ${percent(coverage.value)}% of ${count(coverage.rows, "test row")} are inside (95% interval ${percent(low)} to ${percent(high)}%).`;
}
