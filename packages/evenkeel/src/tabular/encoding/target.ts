import { mismatch, refuse, wrongShape } from "../../core/index.ts";
import { exp, log as logarithm } from "../../core/math/portableMath.ts";
import { Storage, Tensor } from "../../tensor/index.ts";
import { shorten } from "../schema/columns.ts";
import { largestFloat32, numbersOf } from "../schema/read.ts";
import type { Schema } from "../schema/schema.ts";
import type { Column } from "../table/table.ts";
import type { NumberTarget, TargetEncoding } from "./encoding.ts";
import { deviationOf, divisorOf, meanOf } from "./statistics.ts";
import { classPositions } from "./targetClasses.ts";

export type TargetTransform = "zscore" | "log" | "none";

/** What a model says about rows: numbers in the target's own unit, or classes. */
export type Predictions = NumberPredictions | ClassPredictions;

export interface NumberPredictions {
  readonly values: Float64Array;
  readonly classes?: undefined;
  readonly probabilities?: undefined;
}

export interface ClassPredictions {
  /** The most probable class of each row, the first of equal ones. */
  readonly classes: readonly string[];
  /** [rows, classes], in the order of the schema's classes; NaN where the network's output is NaN. */
  readonly probabilities: Float64Array;
  readonly values?: undefined;
}

/** @throws RangeError naming the row if a target is missing, infinite, or has no logarithm */
export function fitTarget(
  column: Column,
  schema: Schema,
  rows: Int32Array,
  transform: TargetTransform,
): TargetEncoding {
  const kind = schema.columns.find(({ name }) => name === schema.target)?.kind;
  if (kind !== "numeric" && kind !== "boolean" && kind !== "category") {
    throw mismatch(
      "wrong-value",
      "",
      `the target ${shorten(schema.target)} is ${kind}`,
      "numeric, boolean or category",
      undefined,
      { column: schema.target },
    );
  }
  const { task, classes } = schema;
  if (task !== "regression") {
    if (classes === undefined || transform === "log") {
      throw refuse(
        "wrong-value",
        "",
        `the target ${shorten(schema.target)} is ${task}: ` +
          `${classes ? "classes have no logarithm" : "the schema lacks its classes"}`,
        undefined,
        { column: schema.target },
      );
    }
    if (classes.length < 2) {
      throw mismatch(
        "wrong-value",
        "",
        `the target ${shorten(schema.target)} has ${classes.length} classes`,
        "at least 2",
        undefined,
        { column: schema.target },
      );
    }
    return { task, column: column.name, kind, classes };
  }
  if (kind === "category") {
    throw refuse(
      "wrong-value",
      "",
      `the target ${shorten(schema.target)} is a category, and regression predicts numbers`,
      undefined,
      { column: schema.target },
    );
  }
  const unscaled: NumberTarget = { task, column: column.name, kind, log: transform === "log", mean: 0, std: 1 };
  const values = transformed(column, unscaled, rows);
  if (transform === "none") return unscaled;
  const mean = meanOf(values);
  return { ...unscaled, mean, std: divisorOf(deviationOf(values, mean), mean) };
}

/** The target in its own unit. @throws RangeError naming the first row where it is missing, infinite or beyond float32 */
export function ownUnit(column: Column, rows?: Int32Array): Float64Array {
  const values = new Float64Array(numbersOf(column, rows));
  const wrong = values.findIndex((value) => !(Math.abs(value) <= largestFloat32));
  if (wrong < 0) return values;
  const what = Number.isNaN(values[wrong]) ? "has no value" : `is ${values[wrong]}, more than float32 can hold,`;
  throw refuse(
    "wrong-value",
    "",
    `the target ${shorten(column.name)} ${what} in row ${rows?.[wrong] ?? wrong}`,
    "leave that row out",
    { column: column.name, row: rows?.[wrong] ?? wrong },
  );
}

function transformed(column: Column, target: NumberTarget, rows?: Int32Array): Float64Array {
  const values = ownUnit(column, rows);
  for (let i = 0; i < values.length; i++) {
    if (target.log && values[i] <= 0) {
      throw refuse(
        "wrong-value",
        "",
        `the target ${shorten(column.name)} is ${values[i]} in row ${rows?.[i] ?? i}, and only numbers ` +
          "above 0 have a logarithm",
        'say target: "zscore"',
        { column: column.name, row: rows?.[i] ?? i },
      );
    }
    values[i] = ((target.log ? logarithm(values[i]) : values[i]) - target.mean) / target.std;
  }
  return values;
}

/** Positions of classes. @throws RangeError naming the first row where the class is missing or unknown */
export function positions(column: Column, target: TargetEncoding, rows?: Int32Array): Int32Array {
  if (target.task === "regression") throw refuse("wrong-value", "", "a number has no classes");
  const classes = classPositions(column, target.kind, target.classes, rows);
  const missing = classes.indexOf(-1);
  if (missing < 0) return classes;
  throw refuse(
    "wrong-value",
    "",
    `the target ${shorten(column.name)} has no value in row ${rows?.[missing] ?? missing}`,
    "leave that row out",
    { column: column.name, row: rows?.[missing] ?? missing },
  );
}

/** [n, 1] float32, or [n] int32 for multiclass. */
export function encodeTarget(column: Column, target: TargetEncoding, rows?: Int32Array): Tensor {
  if (target.task === "multiclass") {
    const classes = positions(column, target, rows);
    return new Tensor(new Storage(classes), [classes.length], "int32");
  }
  const values = target.task === "regression" ? transformed(column, target, rows) : positions(column, target, rows);
  return new Tensor(new Storage(new Float32Array(values)), [values.length, 1], "float32");
}

/** @throws TypeError if `output` is no tensor @throws RangeError if its shape is not that of the network's output */
export function decodeOutput(output: Tensor, target: TargetEncoding): Predictions {
  if (!(output instanceof Tensor)) throw refuse("wrong-type", "decode", "expected a Tensor, the output of the network");
  const { shape, data } = output;
  const width = target.task === "multiclass" ? target.classes.length : 1;
  const flat = width === 1 && shape.length === 1;
  if (!flat && (shape.length !== 2 || shape[1] !== width)) {
    throw wrongShape("decode", "the output", shape, `[n, ${width}]`);
  }
  if (target.task === "regression") {
    const { log, mean, std } = target;
    const values = new Float64Array(shape[0]);
    for (let i = 0; i < values.length; i++) {
      const value = data[i] * std + mean;
      values[i] = log ? exp(value) : value;
    }
    return { values };
  }
  const probabilities = target.task === "binary" ? sigmoids(data) : softmaxes(data, width);
  return { classes: likeliest(probabilities, target.classes), probabilities };
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
