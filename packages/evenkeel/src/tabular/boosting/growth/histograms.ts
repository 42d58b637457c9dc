import type { BinnedFeatures } from "./binning.ts";

/**
 * Of every feature and bin, over the rows of a node: the sums of gradients and hessians, and the
 * number of rows; a bin's place is `feature * bins + bin`. Sums are added in the order of the rows,
 * as in scikit-learn 1.2 (histogram.pyx).
 */
export interface Histograms {
  /** Bins per feature, that of missing values included. */
  readonly bins: number;
  readonly gradients: Float64Array;
  /** Empty where all hessians are 1: then the number of rows is their sum. */
  readonly hessians: Float64Array;
  readonly rows: Int32Array;
}

export function newHistograms({ columns, missingBin }: BinnedFeatures, constantHessian: boolean): Histograms {
  const bins = missingBin + 1;
  const size = (columns.length + 1) * bins; // one more, for a last feature without a partner
  return {
    bins,
    gradients: new Float64Array(size),
    hessians: new Float64Array(constantHessian ? 0 : size),
    rows: new Int32Array(size),
  };
}

/** The derivatives of a node's rows, in their order. */
export interface OrderedDerivatives {
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
}

/**
 * Adds up the rows of a node.
 * @param rows which, in the order of their sums
 * @param ordered room for their derivatives
 */
export function buildHistograms(
  out: Histograms,
  { columns }: BinnedFeatures,
  rows: Uint32Array,
  gradients: Float32Array,
  hessians: Float32Array,
  ordered: OrderedDerivatives,
): void {
  out.gradients.fill(0);
  out.hessians.fill(0);
  out.rows.fill(0);
  const isConstant = out.hessians.length === 0;
  for (let i = 0; i < rows.length; i++) ordered.gradients[i] = gradients[rows[i]];
  if (!isConstant) for (let i = 0; i < rows.length; i++) ordered.hessians[i] = hessians[rows[i]];
  // Two features and two rows at a time: less than half the time of one and one, as their sums do
  // not wait for each other. The partner of a last one is itself, in a place that nothing reads.
  for (let feature = 0; feature < columns.length; feature += 2) {
    const [first, second] = [columns[feature], columns[feature + 1] ?? columns[feature]];
    if (isConstant) addGradients(out, feature * out.bins, first, second, rows, ordered.gradients);
    else addBoth(out, feature * out.bins, first, second, rows, ordered);
  }
}

function addGradients(
  { bins, gradients, rows: counts }: Histograms,
  base: number,
  first: Uint8Array,
  second: Uint8Array,
  rows: Uint32Array,
  given: Float32Array,
): void {
  const partner = base + bins;
  const even = rows.length & ~1;
  for (let i = 0; i < even; i += 2) {
    const row = rows[i];
    const next = rows[i + 1];
    const g = given[i];
    const h = given[i + 1];
    const a = base + first[row];
    const b = partner + second[row];
    const c = base + first[next];
    const d = partner + second[next];
    gradients[a] += g;
    counts[a]++;
    gradients[b] += g;
    counts[b]++;
    gradients[c] += h;
    counts[c]++;
    gradients[d] += h;
    counts[d]++;
  }
  for (let i = even; i < rows.length; i++) {
    const a = base + first[rows[i]];
    const b = partner + second[rows[i]];
    gradients[a] += given[i];
    counts[a]++;
    gradients[b] += given[i];
    counts[b]++;
  }
}

function addBoth(
  { bins, gradients, hessians, rows: counts }: Histograms,
  base: number,
  first: Uint8Array,
  second: Uint8Array,
  rows: Uint32Array,
  ordered: OrderedDerivatives,
): void {
  const partner = base + bins;
  const { gradients: firsts, hessians: seconds } = ordered;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const g = firsts[i];
    const h = seconds[i];
    const a = base + first[row];
    const b = partner + second[row];
    gradients[a] += g;
    hessians[a] += h;
    counts[a]++;
    gradients[b] += g;
    hessians[b] += h;
    counts[b]++;
  }
}

/** Turns the histograms of a node into those of one child: takes away the other child's. */
export function subtractHistograms(node: Histograms, child: Histograms): void {
  for (let i = 0; i < node.gradients.length; i++) node.gradients[i] -= child.gradients[i];
  for (let i = 0; i < node.hessians.length; i++) node.hessians[i] -= child.hessians[i];
  for (let i = 0; i < node.rows.length; i++) node.rows[i] -= child.rows[i];
}
