import type { TopLevelSpec } from "vega-lite";
import type { Html } from "../html.ts";
import type { Series } from "../types.ts";
import { axisText, chart } from "./chart.ts";
import { type LinePoint, lineSpec } from "./lineChart.ts";
import type { LineStyle } from "./lineStyles.ts";

interface SeriesOptions {
  readonly title: string;
  /** The title of the horizontal axis. */
  readonly across: string;
  readonly styles: ReadonlyMap<string, LineStyle>;
}

/** A score over a logarithmic axis of learning rates or row counts: a line for each arm. */
export function seriesSpec(series: readonly Series[], { across, title, styles }: SeriesOptions): TopLevelSpec {
  const points = series.flatMap(pointsOf);
  const at = [...new Set(points.map((point) => point.at))].sort((a, b) => a - b);
  const domain = [at[0] ?? 1, at.length > 1 ? at[at.length - 1] : 2 * (at[0] ?? 1)];
  return lineSpec(points, {
    ...{ title, styles },
    x: {
      scale: { type: "log", domain, nice: false },
      axis: { title: across, values: at, labelExpr: axisText(at), labelOverlap: "greedy" },
    },
    bands: false, // the interval of an arm is the luck of the splits, which all arms share
    dots: true,
  });
}

/** @param description of the picture, which the names of the lines complete */
export function seriesChart(
  series: readonly Series[],
  { description, ...options }: SeriesOptions & { readonly description: string },
): Promise<Html> {
  return chart(seriesSpec(series, options), `${description}, for ${series.map(({ label }) => label).join(", ")}.`);
}

export function pointsOf({ label, points }: Series): LinePoint[] {
  return points
    .filter(({ value }) => Number.isFinite(value))
    .map(({ at, value, failed = 0 }) => ({ label, at, mean: value, low: value, high: value, marked: failed > 0 }));
}
