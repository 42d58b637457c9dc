import type { TopLevelSpec } from "vega-lite";
import type { Html } from "../html.ts";
import type { Calibration } from "../types.ts";
import { chart, inks, shortened } from "./chart.ts";

const size = { width: 290, height: 290, padding: { left: 46, right: 10, top: 28, bottom: 42 } };
const scale = { domain: [0, 1], nice: false };
const axis = { tickCount: 5, grid: false, domain: true, domainColor: inks.rule, format: "%" } as const;

/** A dot for each bin, with its interval; on the diagonal the probabilities are right. */
export function calibrationSpec({ bins, of }: Calibration): TopLevelSpec {
  const title = of === undefined ? "share that was right" : `share of ${shortened(of, 24)}`;
  const across = of === undefined ? "probability of the predicted class" : `probability of ${shortened(of, 24)}`;
  const x = { field: "probability", type: "quantitative", scale, axis: { ...axis, title: across } } as const;
  return {
    ...size,
    layer: [
      {
        data: { values: [{ at: 0 }, { at: 1 }] },
        mark: { type: "line", color: inks.quiet, strokeWidth: 1, strokeDash: [4, 3] },
        encoding: {
          x: { field: "at", type: "quantitative", scale },
          y: { field: "at", type: "quantitative", scale },
        },
      },
      {
        data: { values: [...bins] },
        mark: { type: "rule", color: inks.series[0], opacity: 0.5 },
        encoding: { x, y: { field: "low", type: "quantitative", scale }, y2: { field: "high" } },
      },
      {
        data: { values: [...bins] },
        mark: { type: "circle", color: inks.series[0], opacity: 1, size: 50 },
        encoding: { x, y: { field: "share", type: "quantitative", scale, axis: { ...axis, title } } },
      },
    ],
  };
}

export function calibrationChart(calibration: Calibration): Promise<Html> {
  const { bins, of } = calibration;
  const what = of === undefined ? "How often predictions were right" : `How often rows were ${of}`;
  return chart(calibrationSpec(calibration), `${what}, by their probability, in ${bins.length} bins.`);
}
