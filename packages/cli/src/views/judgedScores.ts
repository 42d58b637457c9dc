import { type ScoreIntervals, trainingRowsScored } from "evenkeel/tabular";
import type { PartScores, RunResult } from "../records/runs/types.ts";
import { scoreText, wholeText } from "../shell/figures.ts";
import { compareScores, mainMetrics, metricFacts } from "../shell/metrics.ts";
import { printable } from "../shell/printed.ts";
import type { Colors } from "../shell/terminal.ts";
import { intervalText } from "./scoreWords.ts";
import { newTable } from "./table.ts";

/** The rows that a model is judged by: the test rows or, without any, those it was chosen by. */
export function judgedPart({ test, validation }: PartScores): keyof PartScores {
  return test !== undefined ? "test" : validation !== undefined ? "validation" : "train";
}

/** So many rows of the table. */
const mostRows = 4;

/**
 * The scores of a model on the rows that it is judged by with their intervals, above those of the
 * best baselines: four rows.
 */
export function judgedScores(
  { scores, baselines, intervals }: Pick<RunResult, "scores" | "baselines" | "intervals">,
  rows: { readonly [P in keyof PartScores]: number },
  colors: Colors,
  name = "this network",
): string {
  const part = judgedPart(scores);
  const own = scores[part] ?? {};
  const metrics = mainMetrics(Object.keys(own));
  const scored = part === "train" ? trainingRowsScored(rows.train ?? 0) : (rows[part] ?? 0);
  const title = `${wholeText(scored)} ${part === "train" ? "training" : part} rows`;
  const table = newTable(colors, [title, ...metrics.map((metric) => printable(metricFacts(metric).short))]);
  table.push([colors.bold(name), ...metrics.map((metric) => colors.bold(scoreText(own[metric])))]);
  const known = part === "test" ? intervals : undefined;
  if (known !== undefined) table.push(intervalRow(known, metrics, colors));
  const ranked = Object.entries(baselines)
    .map(([name, of]) => ({ name, values: of[part] ?? {} }))
    .sort((a, b) => compareScores(metrics[0], a.values[metrics[0]], b.values[metrics[0]]));
  for (const { name, values } of ranked.slice(0, mostRows - table.length)) {
    const cells = metrics.map((metric) => (Object.hasOwn(values, metric) ? scoreText(values[metric]) : ""));
    table.push([printable(name), ...cells]);
  }
  return table.toString();
}

function intervalRow({ level, scores }: ScoreIntervals, metrics: readonly string[], colors: Colors): string[] {
  const cells = metrics.map((metric) => intervalText(Object.hasOwn(scores, metric) ? scores[metric] : undefined));
  return [`  ${Math.round(100 * level)}% interval`, ...cells].map((cell) => colors.dim(cell));
}

/** How many training rows there are, and how many of them are scored. */
interface TrainingRows {
  readonly rows: number;
  readonly scored: number;
}

/** "the ", or how many of the training rows are scored. */
function scoredOf({ rows, scored }: TrainingRows): string {
  return scored === rows ? "the " : `${wholeText(scored)} of the `;
}

/** The headline metric on each part, where there are several: a much better figure on the training rows is overfitting. */
export function partsLine(
  scores: PartScores,
  { refit, training }: { readonly refit: boolean; readonly training: TrainingRows },
): string | undefined {
  const parts = (["train", "validation", "test"] as const).filter((part) => scores[part] !== undefined);
  const [metric] = mainMetrics(Object.keys(scores[judgedPart(scores)] ?? {}));
  if (parts.length < 2 || metric === undefined) return undefined;
  const figures = parts.map((part) => {
    const when = refit && part === "validation" ? " before the refit" : "";
    const on = `${part === "train" ? scoredOf(training) : "the "}${part === "train" ? "training" : part} rows${when}`;
    return `${scoreText(scores[part]?.[metric] ?? Number.NaN)} on ${on}`;
  });
  return `${metricFacts(metric).short}: ${figures.join(", ")}.`;
}
