import type { GrowthArrays } from "./growthArrays.ts";
import { binPlaces, groupWidth } from "./growthLoops.ts";

/**
 * Of every feature and bin, over the rows of a node: the sums of gradients and hessians, and the
 * number of rows; a bin's place is `feature * 256 + bin`. Sums are added in the order of the rows,
 * as in scikit-learn 1.2 (histogram.pyx).
 */
export interface Histograms {
  /** [features, 256, 2]: gradients, and hessians or, where all of them are 1, rows. */
  readonly sums: Float64Array;
  /** [features, 256]: rows; of no length where all hessians are 1. */
  readonly counts: Int32Array;
}

export function newHistograms({ features, constantHessian }: GrowthArrays["size"]): Histograms {
  const places = features * binPlaces;
  return { sums: new Float64Array(2 * places), counts: new Int32Array(constantHessian ? 0 : places) };
}

/** Adds up the rows of a node, from place `start` to before `end`. */
export function buildHistograms(
  out: Histograms,
  { size, groups, sums, counts, loops }: GrowthArrays,
  output: number,
  start: number,
  end: number,
): void {
  for (let group = 0; group < groups.length; group++) {
    const first = group * groupWidth;
    const features = Math.min(groupWidth, size.features - first);
    sums.fill(0);
    counts.fill(0);
    loops.addRows(group, features, output, start, end);
    const places = features * binPlaces;
    out.sums.set(sums.subarray(0, 2 * places), 2 * first * binPlaces);
    if (counts.length > 0) out.counts.set(counts.subarray(0, places), first * binPlaces);
  }
}

/** Turns the histograms of a node into those of one child: takes away the other child's. */
export function subtractHistograms(node: Histograms, child: Histograms): void {
  for (let i = 0; i < node.sums.length; i++) node.sums[i] -= child.sums[i];
  for (let i = 0; i < node.counts.length; i++) node.counts[i] -= child.counts[i];
}
