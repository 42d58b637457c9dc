import type { Html } from "../html.ts";
import type { Series } from "../types.ts";
import { axisText } from "./chart.ts";
import { type LinePoint, lineChart } from "./lineChart.ts";

interface SeriesOptions {
  readonly title: string;
  /** The title of the horizontal axis. */
  readonly across: string;
  readonly description: string;
  /** All series whose charts share a scale. */
  readonly sharedWith: readonly Series[];
}

/**
 * A score over a logarithmic axis of learning rates or row counts: a line for each arm, with its
 * interval as a band.
 */
export function seriesChart(series: readonly Series[], options: SeriesOptions): Promise<Html> {
  const { across, title, description } = options;
  const sharedWith = options.sharedWith.flatMap(pointsOf);
  const at = [...new Set(sharedWith.map((point) => point.at))].sort((a, b) => a - b);
  const domain = [at[0] ?? 1, at.length > 1 ? at[at.length - 1] : 2 * (at[0] ?? 1)];
  return lineChart(series.flatMap(pointsOf), {
    ...{ title, description, sharedWith },
    x: {
      scale: { type: "log", domain, nice: false },
      axis: { title: across, values: at, labelExpr: axisText(at), labelOverlap: "greedy" },
    },
    bands: true,
    dots: true,
  });
}

function pointsOf({ label, points }: Series): LinePoint[] {
  return points
    .filter(({ value }) => Number.isFinite(value))
    .map(({ at, value, interval, failed = 0 }) => {
      return { label, at, mean: value, low: interval?.low ?? value, high: interval?.high ?? value, marked: failed > 0 };
    });
}
