import type { BinnedFeatures } from "./binning.ts";
import { binPlaces } from "./growthLoops.ts";
import type { Histograms } from "./histograms.ts";

/**
 * Where a node is split best, by the rules of scikit-learn 1.2 (splitting.pyx): the gain is the
 * decrease of the loss's second-order approximation (T. Chen and C. Guestrin, XGBoost, 2016,
 * equation 7), and missing values go to whichever side gains more.
 */

export interface SplitLimits {
  readonly minSamplesLeaf: number;
  readonly l2: number;
}

/** The rows of a node, summed up. */
export interface NodeSums {
  readonly rows: number;
  readonly gradients: number;
  readonly hessians: number;
  /** What the node would predict as a leaf; 0 for a root. */
  readonly value: number;
}

export interface NodeSplit {
  readonly gain: number;
  readonly feature: number;
  /** Rows of this bin and those below go left; unused for categories. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Of a category: a bit for each bin that goes left, in eight words of 32. */
  readonly leftBins: Int32Array | undefined;
  readonly gradientsLeft: number;
  readonly hessiansLeft: number;
}

/** Less than this, and a child says too little. */
const leastHessian = 1e-3;

/** Categories of fewer rows than this are not told apart: they go right. LightGBM's cat_smooth. */
const leastCategory = 10;

/** What a leaf predicts: the minimum of the parabola that its sums describe. */
export const leafValue = (gradients: number, hessians: number, l2: number): number =>
  -gradients / (hessians + l2 + 1e-15);

/** Finds splits; it keeps the best one so far in numbers, so that scanning makes no objects. */
export class Splitter {
  readonly #binned: BinnedFeatures;
  readonly #limits: SplitLimits;
  // The best split of the feature that is looked at.
  #gain = -1;
  #bin = 0;
  #missingLeft = false;
  #leftBins: Int32Array | undefined;
  #gradientsLeft = 0;
  #hessiansLeft = 0;

  constructor(binned: BinnedFeatures, limits: SplitLimits) {
    this.#binned = binned;
    this.#limits = limits;
  }

  /** The split with the largest gain, the first of equal ones; undefined if none has any. */
  best(histograms: Histograms, node: NodeSums): NodeSplit | undefined {
    const { isCategory, hasMissing, bins } = this.#binned;
    let found: NodeSplit | undefined;
    for (let feature = 0; feature < isCategory.length; feature++) {
      const base = feature * binPlaces;
      this.#gain = -1;
      this.#leftBins = undefined;
      if (isCategory[feature]) this.#scanCategories(histograms, base, bins[feature], hasMissing[feature], node);
      else {
        this.#scanUp(histograms, base, bins[feature] - 1 + (hasMissing[feature] ? 1 : 0), node);
        if (hasMissing[feature]) this.#scanDown(histograms, base, bins[feature] - 2, node);
      }
      if (this.#gain > (found?.gain ?? 0)) {
        found = {
          gain: this.#gain,
          feature,
          bin: this.#bin,
          missingLeft: this.#missingLeft,
          leftBins: this.#leftBins,
          gradientsLeft: this.#gradientsLeft,
          hessiansLeft: this.#hessiansLeft,
        };
      }
    }
    return found;
  }

  /** Bins from the lowest, missing values on the right. */
  #scanUp(histograms: Histograms, base: number, end: number, node: NodeSums): void {
    const { minSamplesLeaf, l2 } = this.#limits;
    const { sums } = histograms;
    const counts = countsOf(histograms);
    const loss = node.gradients * node.value;
    let [rows, gradients, hessians] = [0, 0, 0];
    // Variables of the loop's own: fields would be read and written in memory at every bin.
    const { rows: allRows, gradients: allGradients, hessians: allHessians } = node;
    let best = this.#gain;
    let [found, gradientsLeft, hessiansLeft] = [-1, 0, 0];
    for (let bin = 0, at = base; bin < end; bin++, at++) {
      rows += counts ? counts[at] : sums[2 * at + 1];
      hessians += sums[2 * at + 1];
      gradients += sums[2 * at];
      if (rows < minSamplesLeaf) continue;
      if (allRows - rows < minSamplesLeaf) break;
      if (hessians < leastHessian) continue;
      if (allHessians - hessians < leastHessian) break;
      const gain = gainOf(loss, gradients, hessians, allGradients - gradients, allHessians - hessians, l2);
      if (gain > best && gain > 0) {
        best = gain;
        found = bin;
        gradientsLeft = gradients;
        hessiansLeft = hessians;
      }
    }
    if (found < 0) return;
    this.#gain = best;
    this.#bin = found;
    this.#missingLeft = false;
    this.#gradientsLeft = gradientsLeft;
    this.#hessiansLeft = hessiansLeft;
  }

  /** Bins from the highest, missing values on the left. */
  #scanDown(histograms: Histograms, base: number, start: number, node: NodeSums): void {
    const { minSamplesLeaf, l2 } = this.#limits;
    const { sums } = histograms;
    const counts = countsOf(histograms);
    const loss = node.gradients * node.value;
    let [rows, gradients, hessians] = [0, 0, 0];
    for (let bin = start, at = base + start + 1; bin >= 0; bin--, at--) {
      rows += counts ? counts[at] : sums[2 * at + 1];
      hessians += sums[2 * at + 1];
      gradients += sums[2 * at];
      if (rows < minSamplesLeaf) continue;
      if (node.rows - rows < minSamplesLeaf) break;
      if (hessians < leastHessian) continue;
      const hessiansLeft = node.hessians - hessians;
      if (hessiansLeft < leastHessian) break;
      const gradientsLeft = node.gradients - gradients;
      const gain =
        loss -
        gradientsLeft * leafValue(gradientsLeft, hessiansLeft, l2) -
        gradients * leafValue(gradients, hessians, l2);
      if (gain > this.#gain && gain > 0) {
        this.#gain = gain;
        this.#bin = bin;
        this.#missingLeft = true;
        this.#gradientsLeft = gradientsLeft;
        this.#hessiansLeft = hessiansLeft;
      }
    }
  }

  /**
   * Categories in the order of gradient by hessian, as if they were numbers (W. D. Fisher, On
   * Grouping for Maximum Homogeneity, 1958), from both ends to the middle: what is not counted
   * towards the left, rare categories among it, goes to the side with at least half of them.
   */
  #scanCategories(histograms: Histograms, base: number, bins: number, hasMissing: boolean, node: NodeSums): void {
    const { missingBin } = this.#binned;
    const { minSamplesLeaf, l2 } = this.#limits;
    const { sums } = histograms;
    const counts = countsOf(histograms);
    const support = node.rows / node.hessians;
    const used: { readonly bin: number; readonly value: number }[] = [];
    for (let i = 0; i < bins + (hasMissing ? 1 : 0); i++) {
      const bin = i < bins ? i : missingBin;
      const hessians = sums[2 * (base + bin) + 1];
      if (hessians * support < leastCategory) continue;
      used.push({ bin, value: sums[2 * (base + bin)] / (hessians + leastCategory) });
    }
    if (used.length <= 1) return;
    used.sort((a, b) => a.value - b.value);
    const loss = node.gradients * node.value;
    const half = Math.floor((used.length + 1) / 2);
    for (const ordered of [used, used.toReversed()]) {
      const end = ordered === used ? half : half - 1;
      let [rows, gradients, hessians] = [0, 0, 0];
      for (let i = 0; i < end; i++) {
        const at = base + ordered[i].bin;
        rows += counts ? counts[at] : sums[2 * at + 1];
        hessians += sums[2 * at + 1];
        gradients += sums[2 * at];
        if (rows < minSamplesLeaf || hessians < leastHessian) continue;
        if (node.rows - rows < minSamplesLeaf || node.hessians - hessians < leastHessian) break;
        const gain = gainOf(loss, gradients, hessians, node.gradients - gradients, node.hessians - hessians, l2);
        if (gain > this.#gain && gain > 0) {
          this.#gain = gain;
          this.#bin = 0;
          this.#gradientsLeft = gradients;
          this.#hessiansLeft = hessians;
          this.#leftBins = bitsOf(ordered.slice(0, i + 1).map(({ bin }) => bin));
          this.#missingLeft = hasMissing && hasBit(this.#leftBins, missingBin);
        }
      }
    }
  }
}

/** The rows by bins; undefined where all hessians are 1, whose sums are the numbers of rows. */
const countsOf = ({ counts }: Histograms): Int32Array | undefined => (counts.length === 0 ? undefined : counts);

/** @param loss of the node; the others are sums of those that go left, and of those that go right */
function gainOf(
  loss: number,
  gradients: number,
  hessians: number,
  gradientsRight: number,
  hessiansRight: number,
  l2: number,
): number {
  const right = leafValue(gradientsRight, hessiansRight, l2);
  return loss - gradients * leafValue(gradients, hessians, l2) - gradientsRight * right;
}

function bitsOf(places: readonly number[]): Int32Array {
  const words = new Int32Array(8);
  for (const place of places) words[place >> 5] |= 1 << (place & 31);
  return words;
}

/** Whether a set of eight words has a number from 0 to 255. */
export function hasBit(words: Int32Array, place: number, at = 0): boolean {
  return ((words[at + (place >> 5)] >> (place & 31)) & 1) === 1;
}
