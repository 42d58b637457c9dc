import { type NdArray, refuse, wrongShape } from "../../core/index.ts";
import { exp } from "../../core/math/portableMath.ts";
import type { NumberTarget, TargetEncoding } from "./encoding.ts";

/** What a model says about rows: numbers in the target's own unit, or classes. */
export type Predictions = NumberPredictions | ClassPredictions;

export interface NumberPredictions {
  readonly values: Float64Array;
  /**
   * The positions of the values that were clamped to the range of the training rows' targets,
   * ascending; undefined where none was.
   */
  readonly clamped?: Int32Array;
  /** Of a model that has them: between which numbers the truth is, in a share of `level` of the rows. */
  readonly interval?: PredictionIntervals;
  readonly classes?: undefined;
  readonly probabilities?: undefined;
}

export interface PredictionIntervals {
  readonly level: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface ClassPredictions {
  /** The most probable class of each row, the first of equal ones; or that by `threshold`. */
  readonly classes: readonly string[];
  /**
   * [rows, classes], in the order of the schema's classes; NaN where the network's output is NaN.
   */
  readonly probabilities: Float64Array;
  /**
   * Two classes: from what probability on a row is of the second class, where that was chosen; else
   * the likelier. For each row, where several models chose their own, as in `crossValidate`.
   */
  readonly threshold?: number | Float64Array;
  readonly values?: undefined;
  readonly interval?: undefined;
  readonly clamped?: undefined;
}

/**
 * @throws TypeError if `output` is no tensor and no array with a shape
 * @throws RangeError if its shape is not that of the network's output
 */
export function decodeOutput(output: NdArray, target: TargetEncoding): Predictions {
  const { shape, data } = (output ?? {}) as Partial<NdArray>;
  if (!Array.isArray(shape) || !ArrayBuffer.isView(data)) {
    throw refuse("wrong-type", "decode", "expected a Tensor, the output of the network");
  }
  const width = target.task === "multiclass" ? target.classes.length : 1;
  const flat = width === 1 && shape.length === 1;
  if (!flat && (shape.length !== 2 || shape[1] !== width)) {
    throw wrongShape("decode", "the output", shape, `[n, ${width}]`);
  }
  if (target.task === "regression") {
    return numbers(data, shape[0], target);
  }
  const probabilities = target.task === "binary" ? sigmoids(data) : softmaxes(data, width);
  const { classes: names, threshold } = target;
  if (threshold === undefined) return { classes: likeliest(probabilities, names), probabilities };
  const classes = Array.from({ length: shape[0] }, (_, i) => names[probabilities[2 * i + 1] >= threshold ? 1 : 0]);
  return { classes, probabilities, threshold };
}

function numbers(
  outputs: ArrayLike<number>,
  rows: number,
  { log, mean, std, least, most, clamp, interval }: NumberTarget,
): NumberPredictions {
  const values = new Float64Array(rows);
  const clamped: number[] = [];
  for (let i = 0; i < rows; i++) {
    const scaled = outputs[i] * std + mean;
    const value = log ? exp(scaled) : scaled;
    values[i] = value;
    // NaN is neither, and stays.
    if (clamp && (value < least || value > most)) {
      values[i] = value < least ? least : most;
      clamped.push(i);
    }
  }
  return {
    values,
    ...(clamped.length > 0 && { clamped: Int32Array.from(clamped) }),
    ...(interval && { interval: around(values, log, interval) }),
  };
}

function around(
  values: Float64Array,
  log: boolean,
  { level, width }: { readonly level: number; readonly width: number },
): PredictionIntervals {
  const end = (by: number) => values.map((value) => (log ? value * exp(by) : value + by));
  return { level, low: end(-width), high: end(width) };
}

function sigmoids(logits: ArrayLike<number>): Float64Array {
  const probabilities = new Float64Array(2 * logits.length);
  for (let i = 0; i < logits.length; i++) {
    probabilities[2 * i] = 1 / (1 + exp(logits[i]));
    probabilities[2 * i + 1] = 1 / (1 + exp(-logits[i]));
  }
  return probabilities;
}

/** The softmax of every row of `width` logits, in double. */
export function softmaxes(logits: ArrayLike<number>, width: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += width) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < width; k++) top = Math.max(top, logits[start + k]);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      probabilities[start + k] = exp(logits[start + k] - top);
      sum += probabilities[start + k];
    }
    for (let k = 0; k < width; k++) probabilities[start + k] /= sum;
  }
  return probabilities;
}

function likeliest(probabilities: Float64Array, names: readonly string[]): string[] {
  const classes: string[] = [];
  for (let start = 0; start < probabilities.length; start += names.length) {
    let best = 0;
    for (let k = 1; k < names.length; k++) if (probabilities[start + k] > probabilities[start + best]) best = k;
    classes.push(names[best]);
  }
  return classes;
}
