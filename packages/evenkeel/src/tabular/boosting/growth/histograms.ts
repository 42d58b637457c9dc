import type { BinnedFeatures } from "./binning.ts";

/**
 * Of every feature and bin, over the rows of a node: the sums of gradients and hessians, and the
 * number of rows. Three float64 numbers a bin, one behind the other. Sums are added in the order of
 * the rows, as in scikit-learn 1.2 (histogram.pyx).
 */
export type Histograms = Float64Array;

/** Numbers per bin: gradients, hessians, rows. */
export const perBin = 3;

/** Numbers per feature. */
export const perFeature = (missingBin: number): number => (missingBin + 1) * perBin;

/**
 * Adds up the rows of a node.
 * @param rows which, in the order of their sums
 * @param gradients of all rows
 * @param hessians of all rows; undefined where all are 1: then that sum is left at 0, and the
 *   number of rows is it
 */
export function buildHistograms(
  out: Histograms,
  { columns, missingBin }: BinnedFeatures,
  rows: Uint32Array,
  gradients: Float32Array,
  hessians: Float32Array | undefined,
  ordered: { readonly gradients: Float32Array; readonly hessians: Float32Array },
): void {
  out.fill(0);
  const n = rows.length;
  const size = perFeature(missingBin);
  // In the order of the rows, once for all features.
  for (let i = 0; i < n; i++) ordered.gradients[i] = gradients[rows[i]];
  if (hessians !== undefined) for (let i = 0; i < n; i++) ordered.hessians[i] = hessians[rows[i]];
  for (const [k, bins] of columns.entries()) {
    const histogram = out.subarray(k * size, (k + 1) * size);
    if (hessians === undefined) addGradients(histogram, bins, rows, ordered.gradients);
    else addBoth(histogram, bins, rows, ordered.gradients, ordered.hessians);
  }
}

function addGradients(histogram: Float64Array, bins: Uint8Array, rows: Uint32Array, gradients: Float32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const at = bins[rows[i]] * perBin;
    histogram[at] += gradients[i];
    histogram[at + 2] += 1;
  }
}

function addBoth(
  histogram: Float64Array,
  bins: Uint8Array,
  rows: Uint32Array,
  gradients: Float32Array,
  hessians: Float32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = bins[rows[i]] * perBin;
    histogram[at] += gradients[i];
    histogram[at + 1] += hessians[i];
    histogram[at + 2] += 1;
  }
}

/** Turns the histograms of a node into those of one child: takes away the other child's. */
export function subtractHistograms(node: Histograms, child: Histograms): void {
  for (let i = 0; i < node.length; i++) node[i] -= child[i];
}
