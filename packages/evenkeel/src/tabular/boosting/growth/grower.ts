import type { BinnedFeatures } from "./binning.ts";
import type { GrowthArrays } from "./growthArrays.ts";
import { groupWidth } from "./growthLoops.ts";
import { buildHistograms, type Histograms, newHistograms, subtractHistograms } from "./histograms.ts";
import { hasBit, leafValue, type NodeSplit, type NodeSums, Splitter } from "./splitting.ts";

/** Where a tree stops growing. */
export interface GrowthLimits {
  readonly maxLeafNodes: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly l2: number;
  /** Leaves predict so much of what they would. */
  readonly learningRate: number;
}

/** A node of a tree that was grown; children come after their parents. */
export interface GrownNode extends NodeSums {
  readonly depth: number;
  /** Its rows in the grower's order of rows. */
  readonly start: number;
  readonly end: number;
  /** Undefined for a leaf. */
  split?: NodeSplit & {
    /** The position of the left child; the right one follows it. */
    readonly child: number;
  };
  /** What a leaf predicts, after the learning rate. */
  output: number;
}

/** A node that can be split, and what is needed for it. */
interface Splittable {
  readonly at: number;
  readonly node: GrownNode;
  readonly split: NodeSplit;
  readonly histograms: Histograms;
}

/**
 * Grows trees, of which each splits the node with the largest gain first, by the rules of
 * scikit-learn 1.2 (grower.py). Of two children the smaller one's histograms are added up, and those
 * of the other are what is left of their parent's. One grower grows all trees of a boosting, so that
 * its memory is taken once.
 */
export class TreeGrower {
  readonly #binned: BinnedFeatures;
  readonly #arrays: GrowthArrays;
  readonly #limits: GrowthLimits;
  readonly #splitter: Splitter;
  /** Histograms that no node uses. */
  readonly #free: Histograms[] = [];

  /** @param arrays with the bins of the features; the derivatives are written before each tree */
  constructor(binned: BinnedFeatures, arrays: GrowthArrays, limits: GrowthLimits) {
    this.#binned = binned;
    this.#arrays = arrays;
    this.#limits = limits;
    this.#splitter = new Splitter(binned, limits);
  }

  /** The rows, those of a node together. */
  get rows(): Uint32Array {
    return this.#arrays.rows;
  }

  /** @returns the nodes of a tree for one of the outputs, the root first */
  grow(output: number): GrownNode[] {
    const { rows } = this;
    const { constantHessian } = this.#arrays.size;
    const { minSamplesLeaf, maxLeafNodes, maxDepth, learningRate } = this.#limits;
    for (let i = 0; i < rows.length; i++) rows[i] = i;
    const root: GrownNode = {
      ...{ rows: rows.length, start: 0, end: rows.length, depth: 0, value: 0, output: 0 },
      gradients: sumOf(this.#arrays.gradients[output]),
      hessians: constantHessian ? rows.length : sumOf(this.#arrays.hessians[output]),
    };
    const nodes = [root];
    const waiting: Splittable[] = [];
    let leaves = 1;
    const build = ({ start, end }: GrownNode): Histograms => {
      const histograms = this.#free.pop() ?? newHistograms(this.#arrays.size);
      buildHistograms(histograms, this.#arrays, output, start, end);
      return histograms;
    };
    /** Keeps a node and its histograms for a split, or lets it be a leaf. */
    const consider = (at: number, histograms: Histograms): void => {
      const node = nodes[at];
      const split = canSplit(node) ? this.#splitter.best(histograms, node) : undefined;
      if (split === undefined) this.#free.push(histograms);
      else waiting.push({ at, node, split, histograms });
    };
    const canSplit = ({ rows, depth }: GrownNode) => rows >= 2 * minSamplesLeaf && depth < maxDepth;
    if (canSplit(root) && root.hessians >= 1e-3 && maxLeafNodes > 1) consider(0, build(root));
    while (waiting.length > 0 && leaves < maxLeafNodes) {
      const { node, split, histograms } = takeBest(waiting);
      const child = nodes.length;
      const [left, right] = this.#split(node, split);
      nodes.push(left, right);
      // Where training had no missing values, they go to the larger side.
      const missingLeft = this.#binned.hasMissing[split.feature] ? split.missingLeft : left.rows > right.rows;
      node.split = { ...split, missingLeft, child };
      leaves++;
      if (leaves === maxLeafNodes || (!canSplit(left) && !canSplit(right))) {
        this.#free.push(histograms);
        continue;
      }
      const leftIsSmaller = left.rows < right.rows;
      const smaller = build(leftIsSmaller ? left : right);
      subtractHistograms(histograms, smaller);
      consider(child, leftIsSmaller ? smaller : histograms);
      consider(child + 1, leftIsSmaller ? histograms : smaller);
    }
    for (const { histograms } of waiting) this.#free.push(histograms);
    for (const node of nodes) if (node.split === undefined) node.output = node.value * learningRate;
    return nodes;
  }

  /** Puts the rows of a node's left child before those of its right one; each keep their order. */
  #split(node: GrownNode, split: NodeSplit): [left: GrownNode, right: GrownNode] {
    const { start, end } = node;
    const { l2 } = this.#limits;
    const middle = this.#partition(start, end, split);
    const child = (from: number, to: number, gradients: number, hessians: number): GrownNode => {
      const sums = { rows: to - from, gradients, hessians, value: leafValue(gradients, hessians, l2) };
      return { ...sums, start: from, end: to, depth: node.depth + 1, output: 0 };
    };
    const { gradientsLeft, hessiansLeft } = split;
    return [
      child(start, middle, gradientsLeft, hessiansLeft),
      child(middle, end, node.gradients - gradientsLeft, node.hessians - hessiansLeft),
    ];
  }

  /** @returns where the right rows begin */
  #partition(start: number, end: number, { feature, bin, missingLeft, leftBins }: NodeSplit): number {
    const { missingBin } = this.#binned;
    const { goesLeft, loops } = this.#arrays;
    for (let at = 0; at <= missingBin; at++) {
      const left = leftBins ? hasBit(leftBins, at) : at <= bin || (at === missingBin && missingLeft);
      goesLeft[at] = left ? 1 : 0;
    }
    return loops.partition(Math.floor(feature / groupWidth), feature % groupWidth, start, end);
  }
}

/** Takes out the node with the largest gain, the first of equal ones. */
function takeBest(waiting: Splittable[]): Splittable {
  let best = 0;
  for (let i = 1; i < waiting.length; i++) if (waiting[i].split.gain > waiting[best].split.gain) best = i;
  return waiting.splice(best, 1)[0];
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
