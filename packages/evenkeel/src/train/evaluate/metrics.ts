import { formatShape, isFloat, mismatch, refuse, sameShape, sizeOf } from "../../core/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { sumsOf } from "./sums.ts";

/**
 * A number computed batch by batch. A metric object serves one pass at a time: `fit` and `evaluate`
 * reset it at the start of a pass.
 */
export interface Metric {
  /**
   * Adds the outputs of a model and the targets of the same rows. A batch that is refused changes
   * nothing.
   */
  update(output: Tensor, target: Tensor): void;
  /**
   * The metric over all rows since the last reset; NaN if it is not defined, as it is without rows.
   */
  value(): number;
  reset(): void;
  /**
   * What it has computed since the last reset, as numbers: how a rank tells the others. Only needed
   * where several ranks train.
   */
  state?(): Float64Array;
  /** Replaces what it has computed by that of the rows of all ranks, by the `state()` of each. */
  merge?(states: readonly Float64Array[]): void;
  /** Which direction is an improvement, for early stopping. Default false. */
  readonly higherIsBetter?: boolean;
}

function checkTensors(name: string, output: unknown, target: unknown): void {
  if (output instanceof Tensor && target instanceof Tensor) return;
  const kind = (value: unknown) => (value instanceof Tensor ? "a Tensor" : value === null ? "null" : typeof value);
  throw refuse("wrong-type", name, `expected two tensors, (output, target), got ${kind(output)} and ${kind(target)}`);
}

function checkSameShape(name: string, output: Tensor, target: Tensor): void {
  checkTensors(name, output, target);
  if (sameShape(output.shape, target.shape)) return;
  const oneWide = sizeOf(output.shape) === sizeOf(target.shape) ? "; squeeze(1) or unsqueeze(1) one of them" : "";
  throw refuse(
    "wrong-shape",
    name,
    `output has shape ${formatShape(output.shape)}, target ${formatShape(target.shape)}`,
    `they must be equal${oneWide}`,
  );
}

/** The mean, over all values, of a function of the error. */
class MeanError implements Metric {
  readonly #name: string;
  readonly #term: (error: number) => number;
  readonly #finish: (mean: number) => number;
  #sum = 0;
  #count = 0;

  constructor(name: string, term: (error: number) => number, finish = (mean: number) => mean) {
    this.#name = name;
    this.#term = term;
    this.#finish = finish;
  }

  update(output: Tensor, target: Tensor): void {
    checkSameShape(this.#name, output, target);
    const [a, b] = [output.data, target.data];
    for (let i = 0; i < a.length; i++) this.#sum += this.#term(a[i] - b[i]);
    this.#count += a.length;
  }

  value(): number {
    return this.#finish(this.#sum / this.#count);
  }

  state(): Float64Array {
    return Float64Array.of(this.#sum, this.#count);
  }

  merge(states: readonly Float64Array[]): void {
    [this.#sum, this.#count] = sumsOf(states);
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }
}

/**
 * 1 - (sum of squared errors) / (sum of squared deviations of the target), averaged over the
 * columns.
 */
class R2 implements Metric {
  readonly higherIsBetter = true;
  #rows = 0;
  // Per column: the target's mean and squared deviations from it (Welford), and the squared errors.
  #mean: number[] = [];
  #deviations: number[] = [];
  #errors: number[] = [];

  update(output: Tensor, target: Tensor): void {
    checkSameShape("r2", output, target);
    const rows = target.shape[0] ?? 1;
    if (rows === 0) return;
    const columns = target.data.length / rows;
    if (this.#rows === 0) this.#start(columns);
    else if (columns !== this.#mean.length) {
      throw refuse(
        "wrong-shape",
        "r2",
        `got ${columns} columns after batches of ${this.#mean.length}`,
        "reset() before other data",
      );
    }
    for (let i = 0; i < target.data.length; i++) {
      const column = i % columns;
      if (column === 0) this.#rows++;
      const value = target.data[i];
      const delta = value - this.#mean[column];
      this.#mean[column] += delta / this.#rows;
      this.#deviations[column] += delta * (value - this.#mean[column]);
      this.#errors[column] += (output.data[i] - value) ** 2;
    }
  }

  value(): number {
    // 0 / 0 or x / 0 if a target never varies: there is no variance to explain, so R2 is not
    // defined.
    const scores = this.#errors.map((error, i) =>
      this.#deviations[i] === 0 ? Number.NaN : 1 - error / this.#deviations[i],
    );
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }

  state(): Float64Array {
    return Float64Array.of(this.#rows, ...this.#mean, ...this.#deviations, ...this.#errors);
  }

  /** Chan et al. 1979, "Updating formulae and a pairwise algorithm for computing sample variances". */
  merge(states: readonly Float64Array[]): void {
    this.reset();
    for (const [rows, ...sums] of states) {
      if (rows === 0) continue;
      const columns = sums.length / 3;
      if (this.#rows === 0) this.#start(columns);
      const all = this.#rows + rows;
      for (let c = 0; c < columns; c++) {
        const delta = sums[c] - this.#mean[c];
        this.#mean[c] += (delta * rows) / all;
        this.#deviations[c] += sums[columns + c] + (delta * delta * this.#rows * rows) / all;
        this.#errors[c] += sums[2 * columns + c];
      }
      this.#rows = all;
    }
  }

  reset(): void {
    this.#rows = 0;
    this.#start(0);
  }

  #start(columns: number): void {
    this.#mean = new Array<number>(columns).fill(0);
    this.#deviations = new Array<number>(columns).fill(0);
    this.#errors = new Array<number>(columns).fill(0);
  }
}

class Accuracy implements Metric {
  readonly higherIsBetter = true;
  #right = 0;
  #count = 0;

  update(output: Tensor, target: Tensor): void {
    checkTensors("accuracy", output, target);
    if (!isFloat(output.dtype)) {
      throw refuse(
        "wrong-dtype",
        "accuracy",
        `output has dtype ${output.dtype}`,
        "pass the logits (float), not predicted classes",
      );
    }
    this.#right += sameShape(output.shape, target.shape) ? rightSigns(output, target) : rightClasses(output, target);
    this.#count += target.data.length;
  }

  value(): number {
    return this.#right / this.#count;
  }

  state(): Float64Array {
    return Float64Array.of(this.#right, this.#count);
  }

  merge(states: readonly Float64Array[]): void {
    [this.#right, this.#count] = sumsOf(states);
  }

  reset(): void {
    this.#right = 0;
    this.#count = 0;
  }
}

/** Binary: a logit above 0, a probability above one half, predicts 1. */
function rightSigns(output: Tensor, target: Tensor): number {
  let right = 0;
  for (let i = 0; i < target.data.length; i++) {
    const label = target.data[i];
    if (label !== 0 && label !== 1) {
      throw refuse(
        "wrong-shape",
        "accuracy",
        `output and target both have shape ${formatShape(target.shape)}, so targets must be 0 or 1, got ${label}`,
        "for several classes pass logits [N, C] and targets [N]",
      );
    }
    const logit = output.data[i];
    if (label === 1 ? logit > 0 : logit <= 0) right++; // NaN is wrong either way
  }
  return right;
}

/**
 * Several classes: output [N, C, ...], target [N, ...]; the first of the largest logits is the
 * prediction.
 */
function rightClasses(output: Tensor, target: Tensor): number {
  const [n, classes, ...inner] = output.shape;
  if (classes === undefined || classes < 2 || !sameShape([n, ...inner], target.shape)) {
    throw mismatch(
      "wrong-shape",
      "accuracy",
      `output has shape ${formatShape(output.shape)}, target ${formatShape(target.shape)}`,
      "logits [N, C] and classes [N], or equal shapes for binary logits",
    );
  }
  if (isFloat(target.dtype)) {
    throw refuse("wrong-dtype", "accuracy", `target has dtype ${target.dtype}`, "classes are int32, use target.int()");
  }
  const stride = sizeOf(inner);
  let right = 0;
  for (let i = 0; i < target.data.length; i++) {
    const label = target.data[i];
    if (label < 0 || label >= classes) {
      throw refuse(
        "wrong-value",
        "accuracy",
        `target holds class ${label}, but the output has classes 0 to ${classes - 1}`,
      );
    }
    const start = Math.floor(i / stride) * classes * stride + (i % stride);
    const logit = output.data[start + label * stride];
    let first = true; // NaN fails every comparison, so it is wrong
    for (let c = 0; c < classes && first; c++) {
      const other = output.data[start + c * stride];
      first = c < label ? logit > other : logit >= other;
    }
    if (first) right++;
  }
  return right;
}

/** Mean squared error over all values; output and target of equal shape. */
export function mse(): Metric {
  return new MeanError("mse", (error) => error * error);
}

/** Root of the mean squared error, in the target's unit; output and target of equal shape. */
export function rmse(): Metric {
  return new MeanError("rmse", (error) => error * error, Math.sqrt);
}

/** Mean absolute error, in the target's unit; output and target of equal shape. */
export function mae(): Metric {
  return new MeanError("mae", Math.abs);
}

/**
 * Coefficient of determination: 1 is perfect, 0 is as good as the mean of these targets, and there
 * is no lower bound. Output and target of equal shape; averaged over several columns. NaN if a
 * target never varies.
 */
export function r2(): Metric {
  return new R2();
}

/**
 * The share of rows that are predicted correctly. Logits [N, C] against int32 classes [N] (or [N,
 * C, ...] against [N, ...]), or binary logits against targets 0 and 1 of the same shape.
 */
export function accuracy(): Metric {
  return new Accuracy();
}

function once(metric: Metric, output: Tensor, target: Tensor): number {
  metric.update(output, target);
  return metric.value();
}

/** {@link mse} of one pair of tensors. */
export function meanSquaredError(output: Tensor, target: Tensor): number {
  return once(mse(), output, target);
}

/** {@link rmse} of one pair of tensors. */
export function rootMeanSquaredError(output: Tensor, target: Tensor): number {
  return once(rmse(), output, target);
}

/** {@link mae} of one pair of tensors. */
export function meanAbsoluteError(output: Tensor, target: Tensor): number {
  return once(mae(), output, target);
}

/** {@link r2} of one pair of tensors. */
export function r2Score(output: Tensor, target: Tensor): number {
  return once(r2(), output, target);
}

/** {@link accuracy} of one pair of tensors. */
export function accuracyScore(output: Tensor, target: Tensor): number {
  return once(accuracy(), output, target);
}
