import { axisText } from "./chart.ts";
import type { Html } from "./html.ts";
import { lineChart } from "./lineChart.ts";
import type { Series } from "./types.ts";

/** A score over something logarithmic, learning rates or numbers of rows: a line for each arm, its interval as a band. */
export function seriesChart(
  series: readonly Series[],
  options: { readonly title: string; readonly across: string; readonly description: string },
): Promise<Html> {
  const points = series.flatMap(({ label, points }) =>
    points
      .filter(({ value }) => Number.isFinite(value))
      .map(({ at, value, interval, failed = 0 }) => {
        return {
          label,
          at,
          mean: value,
          low: interval?.low ?? value,
          high: interval?.high ?? value,
          marked: failed > 0,
        };
      }),
  );
  const at = [...new Set(points.map((point) => point.at))].sort((a, b) => a - b);
  const domain = [at[0] ?? 1, at.length > 1 ? at[at.length - 1] : 2 * (at[0] ?? 1)];
  const { across, ...rest } = options;
  return lineChart(points, {
    ...rest,
    x: {
      scale: { type: "log", domain, nice: false },
      axis: { title: across, values: at, labelExpr: axisText(at), labelOverlap: "greedy" },
    },
    bands: true,
    dots: true,
  });
}
