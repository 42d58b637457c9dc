import type { PartScores } from "../records/runs/types.ts";
import { scoreText } from "../shell/figures.ts";
import { mainMetrics, metricFacts } from "../shell/metrics.ts";
import { printable } from "../shell/printed.ts";
import type { Colors } from "../shell/terminal.ts";
import { newTable } from "./table.ts";

/** Scores of a model on each part of the rows, beside those of other models. */
export function scoresText(
  scores: PartScores,
  others: Readonly<Record<string, PartScores>>,
  colors: Colors,
  {
    name = "this network",
    refit = false,
  }: { readonly name?: string | undefined; readonly refit?: boolean | undefined } = {},
): string {
  const metrics = mainMetrics(Object.keys(scores.test ?? scores.validation ?? scores.train ?? {}));
  const table = newTable(colors, ["scores", ...metrics.map((metric) => printable(metricFacts(metric).short))]);
  const line = (label: string, values: Readonly<Record<string, number>> = {}) =>
    [label, ...metrics.map((metric) => (Object.hasOwn(values, metric) ? scoreText(values[metric]) : ""))] as string[];
  for (const part of ["test", "validation", "train"] as const) {
    const own = refit && part === "validation" ? `${name} before the refit` : name;
    if (scores[part] !== undefined) table.push(line(`${part}: ${own}`, scores[part]));
    for (const [other, theirs] of Object.entries(others)) {
      if (theirs[part] !== undefined) table.push(line(`${part}: ${printable(other)}`, theirs[part]));
    }
  }
  return table.toString();
}
