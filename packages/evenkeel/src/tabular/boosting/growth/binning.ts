import { Generator, randperm, type Seed } from "../../../random/index.ts";
import { presentOf } from "../../encoding/scaling/statistics.ts";

/**
 * Features as small whole numbers: the first step of histogram gradient boosting. The rules are
 * those of scikit-learn 1.2 (sklearn/ensemble/_hist_gradient_boosting/binning.py and _binning.pyx).
 */

/** What boosted trees are fitted on and predict from, a column for each feature. */
export interface TreeFeatures {
  readonly rows: number;
  /** [features][rows]: numbers, or codes from 0 of categories; NaN where the value is missing. */
  readonly columns: readonly Float64Array[];
  /** Of each feature, how many categories its codes stand for; 0 for numbers. */
  readonly categories: readonly number[];
}

/** How numbers become bins: bin b holds those above threshold b - 1 and up to threshold b. */
export interface BinThresholds {
  /** Ascending, of each feature; empty for categories, whose codes are their bins. */
  readonly thresholds: readonly Float64Array[];
  /** How many bins each feature has, without that of missing values. */
  readonly bins: Int32Array;
  /** The bin of missing values, the same for all features: behind all others. */
  readonly missingBin: number;
}

/** Features as bins. */
export interface BinnedFeatures extends BinThresholds {
  readonly rows: number;
  /** [features][rows] */
  readonly columns: readonly Uint8Array[];
  readonly isCategory: readonly boolean[];
  /** Whether a feature has missing values among these rows. */
  readonly hasMissing: readonly boolean[];
}

/** Quantiles are those of so many random rows, where there are more. */
const subsample = 200_000;

/** Thresholds are no more than this: Infinity is the threshold between missing and present. */
const almostInfinity = 1e300;

/**
 * Learns the bins of features.
 * @param rows which rows to learn from; all by default
 * @param maxBins how many bins a feature has at most, without that of missing values; 2 to 255
 */
export function findBins(
  features: TreeFeatures,
  rows: Int32Array | undefined,
  maxBins: number,
  seed: Seed,
): BinThresholds {
  const count = rows?.length ?? features.rows;
  const drawn = count > subsample ? randperm(count, new Generator(seed)).subarray(0, subsample) : undefined;
  const chosen = rows !== undefined && drawn !== undefined ? drawn.map((i) => rows[i]) : (drawn ?? rows);
  const thresholds = features.columns.map((column, k) =>
    features.categories[k] > 0
      ? new Float64Array(0)
      : findThresholds(chosen ? valuesAt(column, chosen) : column, maxBins),
  );
  const bins = Int32Array.from(thresholds, ({ length }, k) => features.categories[k] || length + 1);
  return { thresholds, bins, missingBin: maxBins };
}

/**
 * The thresholds of a column of numbers: the middles between its different values where they are
 * `maxBins` at most, else its quantiles, of which each is the middle between two values that occur.
 */
export function findThresholds(column: Float64Array, maxBins: number): Float64Array {
  const sorted = presentOf(column).sort();
  const middles: number[] = [];
  for (let i = 1; i < sorted.length && middles.length < maxBins; i++) {
    if (sorted[i] !== sorted[i - 1]) middles.push((sorted[i - 1] + sorted[i]) * 0.5);
  }
  const thresholds = middles.length < maxBins ? Float64Array.from(middles) : quantiles(sorted, maxBins);
  return thresholds.map((value) => Math.min(value, almostInfinity));
}

/** The values at some rows. */
export function valuesAt(values: Float64Array, rows: Int32Array): Float64Array {
  const taken = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
  return taken;
}

/** numpy's percentiles 100 k / maxBins by the method "midpoint", rounded as numpy rounds. */
function quantiles(sorted: Float64Array, maxBins: number): Float64Array {
  const step = 100 / maxBins;
  return Float64Array.from({ length: maxBins - 1 }, (_, k) => {
    const place = (sorted.length - 1) * (((k + 1) * step) / 100);
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return high - (high - low) * 0.5;
  });
}

/** The bins of some rows, of all by default. */
export function binFeatures(
  features: TreeFeatures,
  rows: Int32Array | undefined,
  known: BinThresholds,
): BinnedFeatures {
  const columns = features.columns.map((all, k) => {
    const column = rows === undefined ? all : valuesAt(all, rows);
    if (features.categories[k] > 0) return binCodes(column, known.missingBin);
    return binColumn(column, known.thresholds[k], known.missingBin);
  });
  return {
    ...known,
    rows: rows?.length ?? features.rows,
    columns,
    isCategory: features.categories.map((count) => count > 0),
    hasMissing: columns.map((column) => column.includes(known.missingBin)),
  };
}

function binCodes(column: Float64Array, missingBin: number): Uint8Array {
  const bins = new Uint8Array(column.length);
  for (let i = 0; i < column.length; i++) bins[i] = Number.isNaN(column[i]) ? missingBin : column[i];
  return bins;
}

function binColumn(column: Float64Array, thresholds: Float64Array, missingBin: number): Uint8Array {
  const bins = new Uint8Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (Number.isNaN(value)) {
      bins[i] = missingBin;
      continue;
    }
    let from = 0;
    let to = thresholds.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (value <= thresholds[middle]) to = middle;
      else from = middle + 1;
    }
    bins[i] = from;
  }
  return bins;
}
