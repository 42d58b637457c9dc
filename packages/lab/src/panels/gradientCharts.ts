import type { Chart, Line } from "../charts/chart.ts";
import { percent } from "../charts/format.ts";
import { type Setup, type Side, sides } from "../state/setup.ts";
import type { Picture } from "../training/frames.ts";
import { gradientBins } from "../training/spread.ts";
import { sideDash, stepAxis } from "./errorCharts.ts";
import { layerName } from "./layerNames.ts";
import { sideNames } from "./sideNames.ts";

/** The pictures of both trainings. */
export type BothPictures = Readonly<Record<Side, readonly Picture[]>>;

/** The chart of the loss along the gradient. */
export function alongChart(setup: Setup, pictures: BothPictures): Chart {
  return {
    title: "Loss along the direction of the gradient",
    x: { label: "weights moved, as a share of their norm", format: percent },
    y: { label: "loss ÷ loss now", log: true },
    areas: [],
    lines: alongLines(setup, pictures),
  };
}

/** The chart of how large the gradients of a hidden layer are. */
export function histogramChart(setup: Setup, pictures: BothPictures, layer: number): Chart {
  return {
    title: `${layerName(setup, layer)}: sizes of the gradients`,
    x: { label: "size of a weight’s gradient", log: true },
    y: { label: "share of weights", format: percent },
    areas: [],
    lines: histogramLines(setup, pictures, layer),
  };
}

/** The chart of how far steps move the weights of a hidden layer. */
export function ratioChart(setup: Setup, pictures: BothPictures, layer: number): Chart {
  return {
    title: `${layerName(setup, layer)}: change of the weights by a step`,
    x: stepAxis(setup),
    y: { label: "update ÷ weight", log: true },
    areas: [],
    lines: ratioLines(setup, pictures, layer),
  };
}

/** The loss when the weights are moved against the gradient, as a multiple of what it is: the latest picture of each side. */
export function alongLines(setup: Setup, pictures: BothPictures): Line[] {
  return linesOf(setup, (side) => {
    const along = pictures[side].at(-1)?.along;
    if (along === undefined) return { x: [], y: [] };
    return { x: along.lengths, y: along.losses.map((loss) => loss / along.losses[0]) };
  });
}

/** How large the gradients of a layer's weights are: the share of each bin, of the latest picture of each side. */
export function histogramLines(setup: Setup, pictures: BothPictures, layer: number): Line[] {
  const counts = (side: Side) => pictures[side].at(-1)?.layers[layer]?.gradients ?? [];
  const filled = sides.flatMap((side) => counts(side).flatMap((count, bin) => (count > 0 ? [bin] : [])));
  if (filled.length === 0) return linesOf(setup, () => ({ x: [], y: [] }));
  // An empty bin on both ends: the steps begin and end at 0.
  const [first, last] = [Math.max(0, Math.min(...filled) - 1), Math.min(gradientBins.count, Math.max(...filled) + 1)];
  const bins = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const drawn = linesOf(setup, (side) => {
    const all = counts(side);
    const sum = all.reduce((total, count) => total + count, 0);
    if (sum === 0) return { x: [], y: [] };
    return { x: bins.map(binEdge), y: bins.map((bin) => (all[bin] ?? 0) / sum) };
  });
  return drawn.map((line) => ({ ...line, form: "steps" }));
}

/** The lower end of a bin of gradients. */
export function binEdge(bin: number): number {
  const { least, most, count } = gradientBins;
  return 10 ** (least + (bin * (most - least)) / count);
}

/** A step that changes the weights by a thousandth is neither too small nor too large. */
export const usualRatio = 1e-3;

/** By what share of its norm each step changed a layer's weights, and the rule of thumb. */
export function ratioLines(setup: Setup, pictures: BothPictures, layer: number): Line[] {
  const lines = linesOf(setup, (side) => {
    const known = pictures[side].filter(({ layers }) => layer < layers.length);
    return { x: known.map(({ step }) => step), y: known.map(({ layers }) => layers[layer].updateRatio) };
  });
  const rule = { label: "rule of thumb: 0.001", x: [0, setup.steps], y: [usualRatio, usualRatio] };
  return [{ ...rule, colour: "quiet", width: 1, dash: [2, 3] }, ...lines];
}

function linesOf(setup: Setup, curve: (side: Side) => Pick<Line, "x" | "y">): Line[] {
  const names = sideNames(setup);
  return sides.map((side) => ({
    ...{ label: names[side], colour: side, dash: sideDash[side], width: 1.8 },
    ...curve(side),
  }));
}
