import type { TopLevelSpec } from "vega-lite";
import type { Html } from "../html.ts";
import type { Curve } from "../types.ts";
import { chart } from "./chart.ts";
import { type LinePoint, lineSpec } from "./lineChart.ts";
import type { LineStyle } from "./lineStyles.ts";

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
  /** The title of the vertical axis. */
  readonly title: string;
  readonly bestEpoch?: number | undefined;
  /** For a panel of a study, which compares arms: means without bands, on an axis of their ends. */
  readonly styles?: ReadonlyMap<string, LineStyle> | undefined;
}

/**
 * Learning curves: a line for each; for a training a band around it if there are several seeds, and
 * its name at its end.
 */
export function curvesSpec(curves: readonly Curve[], { title, bestEpoch, styles }: CurvesOptions): TopLevelSpec {
  const points = curves.flatMap(summarize);
  const last = Math.max(2, ...points.map(({ at }) => at));
  return lineSpec(points, {
    title,
    styles,
    ...(styles && { scaledBy: points.filter(({ at }) => at > last / 4) }),
    x: {
      scale: { domain: [1, last], nice: false },
      axis: { title: "epoch", tickCount: 6, tickMinStep: 1, format: "d" },
    },
    // The band of an arm is the luck of the splits, which all arms share: it hides how they differ.
    bands: styles === undefined && curves.some(({ runs }) => runs.length > 1),
    at: bestEpoch === undefined ? undefined : { value: bestEpoch, name: `kept: ${bestEpoch}` },
  });
}

/** @param description of the picture, which the names of the lines complete */
export function curvesChart(
  curves: readonly Curve[],
  { description, ...options }: CurvesOptions & { readonly description: string },
): Promise<Html> {
  return chart(curvesSpec(curves, options), `${description}, for ${curves.map(({ label }) => label).join(", ")}.`);
}
