import type { Html } from "../html.ts";
import type { ReportPredictions } from "../types.ts";
import { chart, inks } from "./chart.ts";
import { sample } from "./sample.ts";
import { paddedScale } from "./scale.ts";

type Regression = Extract<ReportPredictions, { kind: "regression" }>;

const size = { width: 290, height: 290, padding: { left: 46, right: 10, top: 28, bottom: 42 } };
/** The most rows with a dot. */
export const mostDots = 2000;

const dots = { type: "circle", size: 26, opacity: 0.45, color: inks.series[0] } as const;
const axis = { tickCount: 5, grid: false, domain: true, domainColor: inks.rule } as const;

interface Words {
  /** The target with its unit. */
  readonly target: string;
  readonly unit?: string | undefined;
  /** The rows that are drawn, in words. */
  readonly part: string;
}

/** Predicted against true: a perfect prediction lies on the diagonal. */
export async function predictedChart(predictions: Regression, { target, part }: Words): Promise<Html> {
  const values = rowsOf(predictions);
  const all = values.flatMap(({ truth, predicted }) => [truth, predicted]);
  const { domain } = paddedScale(Math.min(...all), Math.max(...all));
  const scale = { domain, nice: false };
  return chart(
    {
      ...size,
      layer: [
        {
          data: { values: domain.map((value) => ({ value })) },
          mark: { type: "line", color: inks.quiet, strokeWidth: 1, strokeDash: [4, 3] },
          encoding: {
            x: { field: "value", type: "quantitative", scale },
            y: { field: "value", type: "quantitative", scale },
          },
        },
        {
          data: { values },
          mark: dots,
          encoding: {
            x: { field: "truth", type: "quantitative", scale, axis: { ...axis, title: `true ${target}` } },
            y: { field: "predicted", type: "quantitative", scale, axis: { ...axis, title: "predicted" } },
          },
        },
      ],
    },
    `Predicted against true ${target} for ${values.length} ${part} rows; the closer to the diagonal, the better.`,
  );
}

/**
 * Residuals: true minus predicted, against predicted. A pattern is something that the network has
 * not learned.
 */
export async function residualsChart(predictions: Regression, { target, part }: Words): Promise<Html> {
  const values = rowsOf(predictions).map(({ truth, predicted }) => ({ predicted, residual: truth - predicted }));
  const largest = Math.max(...values.map(({ residual }) => Math.abs(residual))) * 1.05 || 1;
  const across = values.map(({ predicted }) => predicted);
  const { domain } = paddedScale(Math.min(...across), Math.max(...across));
  return chart(
    {
      ...size,
      layer: [
        {
          data: { values: [{ zero: 0 }] },
          mark: { type: "rule", color: inks.quiet, strokeDash: [4, 3] },
          encoding: { y: { field: "zero", type: "quantitative" } },
        },
        {
          data: { values },
          mark: dots,
          encoding: {
            x: {
              field: "predicted",
              type: "quantitative",
              scale: { domain, nice: false },
              axis: { ...axis, title: `predicted ${target}` },
            },
            y: {
              field: "residual",
              type: "quantitative",
              scale: { domain: [-largest, largest], nice: false },
              axis: { ...axis, title: "true minus predicted" },
            },
          },
        },
      ],
    },
    `Residuals: true minus predicted ${target}, against predicted, for ${values.length} ${part} rows.`,
  );
}

function rowsOf({ truth, predicted }: Regression): { truth: number; predicted: number }[] {
  return sample(truth.length, mostDots)
    .map((row) => ({ truth: truth[row], predicted: predicted[row] }))
    .filter((row) => Number.isFinite(row.truth) && Number.isFinite(row.predicted));
}
