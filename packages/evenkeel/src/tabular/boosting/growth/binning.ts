import { Generator, randperm, type Seed } from "../../../random/index.ts";
import { presentOf } from "../../encoding/scaling/statistics.ts";
import { groupWidth } from "./growthLoops.ts";

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

/** {@link TreeFeatures} of which no more than one column has to be there at a time. */
export interface FeatureStream extends Omit<TreeFeatures, "columns"> {
  readonly columns: Iterable<Float64Array>;
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

/** What there is to know about features in bins, besides the bins. */
export interface BinnedFeatures extends BinThresholds {
  readonly isCategory: readonly boolean[];
  /** Whether a feature has missing values among these rows. */
  readonly hasMissing: readonly boolean[];
}

/** Quantiles are those of so many random rows, where there are more. */
const subsample = 200_000;

/** Thresholds are no more than this: Infinity is the threshold between missing and present. */
const almostInfinity = 1e300;

/**
 * The rows that thresholds are learned from; undefined for all.
 * @param rows those that there are; all by default
 */
export function rowsToLearnFrom(all: number, rows: Int32Array | undefined, seed: Seed): Int32Array | undefined {
  const count = rows?.length ?? all;
  const drawn = count > subsample ? randperm(count, new Generator(seed)).subarray(0, subsample) : undefined;
  return rows !== undefined && drawn !== undefined ? drawn.map((i) => rows[i]) : (drawn ?? rows);
}

/**
 * Learns the thresholds of a feature; of categories there are none.
 * @param rows which rows to learn from; all by default
 * @param maxBins how many bins a feature has at most, without that of missing values; 2 to 255
 */
export function thresholdsOf(
  column: Float64Array,
  categories: number,
  rows: Int32Array | undefined,
  maxBins: number,
): Float64Array {
  if (categories > 0) return new Float64Array(0);
  return findThresholds(rows ? valuesAt(column, rows) : column, maxBins);
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

/**
 * Writes the bins of a feature's rows, of all by default.
 * @param k which feature it is
 * @param groups [groups][rows, 8]
 * @returns whether a value was missing
 */
export function binFeature(
  column: Float64Array,
  k: number,
  categories: number,
  rows: Int32Array | undefined,
  { thresholds, missingBin }: Pick<BinThresholds, "thresholds" | "missingBin">,
  groups: readonly Uint8Array[],
): boolean {
  const to = { out: groups[Math.floor(k / groupWidth)], place: k % groupWidth, missingBin };
  return categories > 0 ? binCodes(column, rows, to) : binNumbers(column, rows, thresholds[k], to);
}

/** Where the bins of a feature are written. */
interface Bins {
  readonly out: Uint8Array;
  readonly place: number;
  readonly missingBin: number;
}

function binCodes(column: Float64Array, rows: Int32Array | undefined, { out, place, missingBin }: Bins): boolean {
  const count = rows?.length ?? column.length;
  let hasMissing = false;
  for (let i = 0, at = place; i < count; i++, at += groupWidth) {
    const code = column[rows === undefined ? i : rows[i]];
    const isMissing = Number.isNaN(code);
    out[at] = isMissing ? missingBin : code;
    hasMissing ||= isMissing;
  }
  return hasMissing;
}

/** The bin of a number is the first one up to whose threshold it is. */
function binNumbers(
  column: Float64Array,
  rows: Int32Array | undefined,
  thresholds: Float64Array,
  { out, place, missingBin }: Bins,
): boolean {
  const count = rows?.length ?? column.length;
  let hasMissing = false;
  for (let i = 0, at = place; i < count; i++, at += groupWidth) {
    const value = column[rows === undefined ? i : rows[i]];
    if (Number.isNaN(value)) {
      out[at] = missingBin;
      hasMissing = true;
      continue;
    }
    let from = 0;
    let to = thresholds.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (value <= thresholds[middle]) to = middle;
      else from = middle + 1;
    }
    out[at] = from;
  }
  return hasMissing;
}
