import type { TopLevelSpec } from "vega-lite";
import type { Html } from "../html.ts";
import { chart } from "./chart.ts";
import { summarize } from "./curvesChart.ts";
import { lineSpec } from "./lineChart.ts";

/** The learning rate after each epoch, below the learning curves and as wide as they. */
export function ratesSpec(rates: readonly number[]): TopLevelSpec {
  const points = summarize({ label: "learning rate", runs: [rates] });
  return lineSpec(points, {
    title: "learning rate",
    height: 110,
    x: {
      scale: { domain: [1, Math.max(2, rates.length)], nice: false },
      axis: { title: "epoch", tickCount: 6, tickMinStep: 1, format: "d" },
    },
    bands: false,
  });
}

export function ratesChart(rates: readonly number[]): Promise<Html> {
  return chart(ratesSpec(rates), "The learning rate after each epoch.");
}
