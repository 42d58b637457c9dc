import { Generator as RandomGenerator, randperm, type Seed } from "../../random/index.ts";
import type { Task } from "../schema/schema.ts";
import { BoostedTrees, type BoostedTreesState } from "./boostedTrees.ts";
import { type ResolvedBoosting, resolveBoosting } from "./boostingOptions.ts";
import type { BoostingOptions } from "./boostingOptions.types.ts";
import { BinnedRows } from "./growth/binnedRows.ts";
import {
  type BinnedFeatures,
  type BinThresholds,
  binFeature,
  type FeatureStream,
  rowsToLearnFrom,
  type TreeFeatures,
  thresholdsOf,
  valuesAt,
} from "./growth/binning.ts";
import { type GrownNode, TreeGrower } from "./growth/grower.ts";
import { GrowthArrays } from "./growth/growthArrays.ts";
import { type BoostingLoss, lossOf } from "./growth/losses.ts";

/** The target of rows: numbers, or positions of classes. */
export interface BoostingTarget {
  readonly task: Task;
  /** Undefined for regression. */
  readonly classes?: number | undefined;
  readonly truth: Float64Array;
}

/** What a boosting has made. */
export interface Boosting {
  readonly trees: BoostedTrees;
  /**
   * [rows, outputs]: what the trees say of the rows that they were given, those held back among
   * them: `trees.output(features)`, to the bit.
   */
  readonly fitted: Float64Array;
  /** The mean loss on the rows held back after each iteration, the start first; without early stopping, empty. */
  readonly heldBackLoss: readonly number[];
}

/** After an iteration. */
export interface BoostingStep {
  /** From 1. */
  readonly iteration: number;
  /** How many there are at most. */
  readonly iterations: number;
  /** The mean loss on the rows that early stopping holds back, if it does. */
  readonly heldBackLoss?: number | undefined;
}

/** With more rows than this, `earlyStopping: "auto"` holds rows back and stops by them. */
const rowsToHoldBack = 10_000;

/**
 * Histogram gradient boosting, scikit-learn 1.2's HistGradientBoostingRegressor and
 * HistGradientBoostingClassifier (sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py),
 * after LightGBM: trees of the loss's first and second derivatives, one after the other, over
 * features in at most 255 bins. The same features and seed give the same trees, to the bit. Without
 * early stopping and up to 200,000 rows nothing is drawn.
 */
export function boostTrees(
  features: TreeFeatures,
  target: BoostingTarget,
  options: BoostingOptions = {},
  seed: Seed = 0,
): Boosting {
  return finish(boosting(features, target, options, seed));
}

/** Runs to the end what yields on its way. */
export function finish<R>(steps: Generator<unknown, R, boolean | undefined>): R {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** {@link boostTrees}, which stops after each iteration; it ends there if it is told `true`. */
export function boosting(
  features: TreeFeatures,
  target: BoostingTarget,
  options: BoostingOptions,
  seed: Seed,
): Growing {
  return growing(prepareBoosting(features, target, options, seed));
}

/** A boosting that stops after each iteration; it ends there if it is told `true`. */
export type Growing = Generator<BoostingStep, Boosting, boolean | undefined>;

/** What trees grow from: features as bins, which need an eighth of their memory. */
interface PreparedBoosting {
  readonly settings: ResolvedBoosting;
  readonly categories: readonly number[];
  readonly binned: BinnedFeatures;
  readonly arrays: GrowthArrays;
  readonly loss: BoostingLoss;
  /** Of the rows that trees grow from. */
  readonly truth: Float64Array;
  readonly held: HeldRows | undefined;
}

/** Rows that early stopping looks at. */
interface HeldRows {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Of `validation`. */
  readonly truth: Float64Array;
  readonly binned: BinnedRows;
}

/** Holds rows back, and puts features into bins. */
export function prepareBoosting(
  features: FeatureStream,
  target: BoostingTarget,
  options: BoostingOptions,
  seed: Seed,
): PreparedBoosting {
  const settings = resolveBoosting(options);
  const { earlyStopping, validationFraction, maxBins, maxLeafNodes } = settings;
  const { categories } = features;
  const stops = earlyStopping === "auto" ? features.rows > rowsToHoldBack : earlyStopping;
  const parts = stops && features.rows > 1 ? holdBack(target, validationFraction, seed) : undefined;
  const truth = parts ? valuesAt(target.truth, parts.train) : target.truth;
  const loss = lossOf(target.task, target.classes ?? 0);
  const { outputs, constantHessian } = loss;
  const rows = truth.length;
  const arrays = new GrowthArrays({ rows, features: categories.length, outputs, constantHessian });
  const most = 2 * Math.min(maxLeafNodes, rows) - 1;
  const thresholds: Float64Array[] = categories.map(() => new Float64Array(0));
  const known = { thresholds, missingBin: maxBins };
  const held = parts && {
    ...parts,
    truth: valuesAt(target.truth, parts.validation),
    binned: new BinnedRows(parts.validation.length, known, outputs, most),
  };
  const learned = rowsToLearnFrom(features.rows, parts?.train, seed);
  const hasMissing: boolean[] = [];
  // Column by column: all of them would need eight times the memory of their bins.
  for (const column of features.columns) {
    const k = hasMissing.length;
    thresholds[k] = thresholdsOf(column, categories[k], learned, maxBins);
    hasMissing.push(binFeature(column, k, categories[k], parts?.train, known, arrays.groups));
    held?.binned.fillFeature(column, k, categories[k], held.validation);
  }
  const bins = Int32Array.from(thresholds, ({ length }, k) => categories[k] || length + 1);
  const binned = { ...known, bins, isCategory: categories.map((count) => count > 0), hasMissing };
  return { settings, categories, binned, arrays, loss, truth, held };
}

/** Grows the trees of {@link boosting}. */
export function* growing({ settings, categories, binned, arrays, loss, truth, held }: PreparedBoosting): Growing {
  const { maxIter, nIterNoChange, tol } = settings;
  const start = loss.start(truth);
  const raw = Array.from(start, (value) => new Float64Array(truth.length).fill(value));
  const maxDepth = settings.maxDepth === "none" ? Number.POSITIVE_INFINITY : settings.maxDepth;
  const grower = new TreeGrower(binned, arrays, { ...settings, maxDepth, l2: settings.l2Regularization });
  const trees: GrownNode[][] = [];
  const watch = held && new HeldBack(held, loss, start);
  for (let iteration = 0; iteration < maxIter; iteration++) {
    loss.derive(truth, raw, arrays.gradients, arrays.hessians);
    const grown = raw.map((sums, k) => {
      const nodes = grower.grow(k);
      addLeaves(sums, nodes, grower.rows);
      return nodes;
    });
    trees.push(...grown);
    watch?.add(grown, binned);
    const heldBackLoss = watch?.losses.at(-1);
    const isToEnd = yield { iteration: iteration + 1, iterations: maxIter, ...(watch && { heldBackLoss }) };
    if (isToEnd === true || watch?.hasStopped(nIterNoChange, tol)) break;
  }
  const fitted = new Float64Array((truth.length + (held?.truth.length ?? 0)) * loss.outputs);
  place(raw, held?.train, fitted);
  if (held && watch) place(watch.raw, held.validation, fitted);
  const size = { categories, outputs: loss.outputs };
  return { trees: BoostedTrees.of(size, stateOf(start, trees, binned)), fitted, heldBackLoss: watch?.losses ?? [] };
}

/** Writes raw outputs to the places of their rows, of all rows by default. */
function place(raw: readonly Float64Array[], rows: Int32Array | undefined, out: Float64Array): void {
  for (const [k, values] of raw.entries()) {
    for (let i = 0; i < values.length; i++) out[(rows?.[i] ?? i) * raw.length + k] = values[i];
  }
}

/** Adds a tree's leaves to the raw outputs of its rows. */
function addLeaves(raw: Float64Array, nodes: readonly GrownNode[], rows: Uint32Array): void {
  for (const { split, start, end, output } of nodes) {
    if (split !== undefined) continue;
    for (let i = start; i < end; i++) raw[rows[i]] += output;
  }
}

/** What the trees so far say of the rows that early stopping looks at. */
class HeldBack {
  readonly losses: number[] = [];
  /** [outputs][rows] */
  readonly raw: readonly Float64Array[];
  readonly #rows: BinnedRows;
  readonly #truth: Float64Array;
  readonly #loss: BoostingLoss;

  constructor({ binned, truth }: HeldRows, loss: BoostingLoss, start: Float64Array) {
    this.#rows = binned;
    this.#truth = truth;
    this.#loss = loss;
    this.raw = binned.raw.map((values, k) => values.fill(start[k]).subarray(0, truth.length));
    this.losses.push(loss.mean(this.#truth, this.raw));
  }

  /** Adds the trees of an iteration. */
  add(grown: readonly GrownNode[][], known: BinThresholds): void {
    for (const [k, nodes] of grown.entries()) {
      this.#rows.write(stateOf(Float64Array.of(0), [nodes], known));
      this.#rows.addTree(0, k, this.#truth.length);
    }
    this.losses.push(this.#loss.mean(this.#truth, this.raw));
  }

  /** Whether none of the last `patience` iterations was better than the one before them. */
  hasStopped(patience: number, tolerance: number): boolean {
    if (this.losses.length < patience + 1) return false;
    const [reference, ...recent] = this.losses.slice(-(patience + 1));
    return !recent.some((loss) => -loss > -reference + tolerance);
  }
}

/**
 * Draws the rows that are held back, so many of every class as its share is.
 */
function holdBack({ task, classes = 0, truth }: BoostingTarget, fraction: number, seed: Seed) {
  const order = randperm(truth.length, new RandomGenerator(seed));
  const wanted = Math.min(Math.ceil(truth.length * fraction), truth.length - 1);
  const take = new Float64Array(Math.max(1, classes));
  const stratum = (row: number) => (task === "regression" ? 0 : truth[row]);
  const counts = new Float64Array(take.length);
  for (let row = 0; row < truth.length; row++) counts[stratum(row)]++;
  const exact = counts.map((count) => (count * wanted) / truth.length);
  for (let k = 0; k < take.length; k++) take[k] = Math.floor(exact[k]);
  const left = wanted - take.reduce((a, b) => a + b, 0);
  const byRest = Array.from(take.keys()).sort((a, b) => exact[b] - take[b] - (exact[a] - take[a]) || a - b);
  for (const k of byRest.slice(0, left)) take[k]++;
  const isHeld = new Uint8Array(truth.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    if (take[stratum(row)] === 0) continue;
    take[stratum(row)]--;
    isHeld[row] = 1;
  }
  const train = new Int32Array(truth.length - wanted);
  const validation = new Int32Array(wanted);
  let [kept, held] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    if (isHeld[row] === 1) validation[held++] = row;
    else train[kept++] = row;
  }
  return { train, validation };
}

/** The nodes of all trees, one behind the other. */
function stateOf(start: Float64Array, trees: readonly GrownNode[][], known: BinThresholds): BoostedTreesState {
  const count = trees.reduce((sum, nodes) => sum + nodes.length, 0);
  const sets: Int32Array[] = [];
  const state = {
    start,
    roots: new Int32Array(trees.length),
    child: new Int32Array(count).fill(-1),
    feature: new Int32Array(count),
    threshold: new Float64Array(count),
    missingLeft: new Uint8Array(count),
    categorySet: new Int32Array(count).fill(-1),
    value: new Float64Array(count),
  };
  let at = 0;
  for (const [tree, nodes] of trees.entries()) {
    state.roots[tree] = at;
    for (const [i, { split, output }] of nodes.entries()) {
      if (split === undefined) {
        state.value[at + i] = output;
        continue;
      }
      state.child[at + i] = at + split.child;
      state.feature[at + i] = split.feature;
      state.missingLeft[at + i] = split.missingLeft ? 1 : 0;
      // Behind the last bin of numbers are the missing values alone.
      if (split.leftBins) {
        state.categorySet[at + i] = sets.push(split.leftBins) - 1;
        state.threshold[at + i] = Number.NaN;
      } else state.threshold[at + i] = known.thresholds[split.feature][split.bin] ?? Number.POSITIVE_INFINITY;
    }
    at += nodes.length;
  }
  const categories = new Int32Array(sets.length * 8);
  for (const [i, words] of sets.entries()) categories.set(words, i * 8);
  return { ...state, categories };
}
