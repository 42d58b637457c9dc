import type { Area, Chart, Line } from "../charts/chart.ts";
import type { Setup, Side } from "../state/setup.ts";
import type { LayerPicture, Picture } from "../training/frames.ts";
import { bandShares, type Spread } from "../training/spread.ts";
import { stepAxis } from "./errorCharts.ts";
import { layerName } from "./layerNames.ts";
import { sideNames } from "./sideNames.ts";

/** What of a layer is drawn: what its normalization is given, or what its activation is given. */
export type Watched = "given" | "preActivation";

/** What a chart of a layer draws. */
export interface LayerChart {
  readonly areas: readonly Area[];
  readonly lines: readonly Line[];
}

/** The charts of a side's hidden layers. */
export function layerCharts(setup: Setup, side: Side, pictures: readonly Picture[], watched: Watched): Chart[] {
  const what = watched === "given" && setup[side] !== "none" ? "into the normalization" : "into the activation";
  return setup.hidden.map((_, layer) => ({
    title: `${layerName(setup, layer)}, ${sideNames(setup)[side]}: values ${what}`,
    x: stepAxis(setup),
    y: { label: `values in layer ${layer + 1}` },
    ...layerChart(side, pictures, layer, watched),
  }));
}

/**
 * The distribution of a layer's values over the steps. Where they go into BatchNorm, the mean and the
 * deviation of the batch are drawn over it, and over those what the running statistics take them for.
 */
export function layerChart(side: Side, pictures: readonly Picture[], layer: number, watched: Watched): LayerChart {
  const known = pictures.filter(({ layers }) => layer < layers.length);
  const x = known.map(({ step }) => step);
  const layers = known.map(({ layers }) => layers[layer]);
  const curve = (quantile: number) => layers.map((picture) => picture[watched][quantile]);
  const area = (low: number, high: number): Area => ({
    ...{ label: "5 to 95% of the values; darker: 25 to 75%", colour: `${side}-area`, x },
    ...{ names: [quantileName(low), quantileName(high)], low: curve(low), high: curve(high) },
  });
  const median: Line = { label: "median", colour: side, width: 1.5, x, y: curve(2) };
  return {
    areas: [area(0, 4), area(1, 3)],
    lines: watched === "given" ? [median, ...spreadLines(layers, x)] : [median],
  };
}

/** The batch's mean and mean ± deviation, thin; the running ones above them, thick and dashed. */
function spreadLines(layers: readonly LayerPicture[], x: readonly number[]): Line[] {
  const batchNorms = layers.flatMap(({ batch, running }) => (running === undefined ? [] : [{ batch, running }]));
  if (batchNorms.length === 0) return [];
  const [batch, running] = (["batch", "running"] as const).map((of) => batchNorms.map((statistics) => statistics[of]));
  const around = (spreads: readonly Spread[], style: Omit<Line, "x" | "y">) =>
    [-1, 0, 1].map((times): Line => {
      return { ...style, x, y: spreads.map(({ mean, deviation }) => mean + times * deviation) };
    });
  return [
    ...around(batch, { label: "this batch: mean ± deviation", colour: "quiet", width: 1.2 }),
    ...around(running, { label: "running: mean ± deviation", colour: "text", width: 2, dash: [5, 4] }),
  ];
}

function quantileName(which: number): string {
  return `${Math.round(100 * bandShares[which])}%`;
}
