import type { Html } from "../html.ts";
import type { Curve } from "../types.ts";
import { type LinePoint, lineChart } from "./lineChart.ts";

/** The most points of a curve; longer trainings are drawn at equally spaced epochs. */
const mostPoints = 300;

/** Mean, minimum and maximum over seeds after each epoch, for the seeds that got that far. */
export function summarize({ label, runs }: Curve): LinePoint[] {
  const epochs = Math.max(0, ...runs.map((run) => run.length));
  const step = Math.max(1, Math.ceil(epochs / mostPoints));
  const points: LinePoint[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch % step !== 0 && epoch !== epochs - 1) continue;
    const values = runs.map((run) => run[epoch]).filter(Number.isFinite);
    if (values.length === 0) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    points.push({ label, at: epoch + 1, mean, low: Math.min(...values), high: Math.max(...values) });
  }
  return points;
}

interface CurvesOptions {
  readonly title: string;
  readonly description: string;
  readonly bestEpoch?: number | undefined;
  /** All curves whose charts share a scale. */
  readonly sharedWith?: readonly Curve[] | undefined;
}

/**
 * Learning curves: a line for each, a band around it if there are several seeds, and its name at
 * its end.
 */
export function curvesChart(curves: readonly Curve[], options: CurvesOptions): Promise<Html> {
  const { title, description, bestEpoch, sharedWith = curves } = options;
  const all = sharedWith.flatMap(summarize);
  const last = Math.max(2, ...all.map(({ at }) => at));
  return lineChart(curves.flatMap(summarize), {
    title,
    description,
    sharedWith: all,
    x: {
      scale: { domain: [1, last], nice: false },
      axis: { title: "epoch", tickCount: 6, tickMinStep: 1, format: "d" },
    },
    bands: curves.some(({ runs }) => runs.length > 1),
    at: bestEpoch === undefined ? undefined : { value: bestEpoch, name: `kept: ${bestEpoch}` },
  });
}
