import { mismatch, type OptionValue, refuse, text } from "../../../core/index.ts";
import { log as logarithm } from "../../../core/math/portableMath.ts";
import { Tensor } from "../../../tensor/index.ts";
import { Storage } from "../../../tensor/storage.ts";
import { shorten } from "../../schema/columns.ts";
import type { Reading } from "../../schema/read.ts";
import type { Schema } from "../../schema/schema.ts";
import { nullSpellings } from "../../schema/values/nulls.ts";
import type { NumberSummary } from "../../summary/columnSummary.ts";
import type { Column } from "../../table/table.ts";
import type { NumberTarget, TargetEncoding } from "../encoding.ts";
import type { preprocessingOptions } from "../preprocessingOptions.ts";
import { deviationOf, divisorOf, meanOf, quantilesOf } from "../scaling/statistics.ts";
import { ownUnit, positions } from "./truth.ts";

export type TargetTransform = OptionValue<typeof preprocessingOptions, "target">;

/**
 * @param exact what is known of all training rows, where `rows` are a sample of them
 * @throws RangeError naming the row if a target is missing, infinite, or has no logarithm
 */
export function fitTarget(
  column: Column,
  schema: Schema,
  rows: Int32Array,
  transform: TargetTransform,
  clamp: boolean,
  exact?: NumberSummary,
): TargetEncoding {
  const { kind, numbers } = schema.columns.find(({ name }) => name === schema.target) ?? {};
  const { nulls = nullSpellings } = schema;
  const format = numbers === undefined ? {} : { numbers };
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
    return { task, column: column.name, kind, ...format, classes };
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
  const own = ownUnit(column, { ...format, nulls }, rows);
  const [least, most] = exact === undefined ? quantilesOf(own, [0, 1]) : [exact.least, exact.most];
  const unscaled: NumberTarget = {
    task,
    column: column.name,
    kind,
    ...format,
    log: transform === "log",
    mean: 0,
    std: 1,
    least: least + 0,
    most: most + 0,
    clamp,
  };
  const values = transformed(column, unscaled, nulls, rows);
  if (transform === "none") return unscaled;
  const mean = exact?.mean ?? meanOf(values);
  return { ...unscaled, mean, std: divisorOf(exact?.deviation ?? deviationOf(values, mean), mean) };
}

/**
 * The numbers that a target is scaled by: themselves, or their logarithms.
 * @throws RangeError naming the row if one is missing, infinite, or has no logarithm
 */
export function unscaledTarget(column: Column, reading: Reading, log: boolean, rows?: Int32Array): Float64Array {
  return transformed(column, { ...reading, log, mean: 0, std: 1 }, reading.nulls, rows);
}

function transformed(
  column: Column,
  target: Reading & Pick<NumberTarget, "log" | "mean" | "std">,
  nulls: readonly string[] | undefined,
  rows?: Int32Array,
): Float64Array {
  const values = ownUnit(column, { ...target, nulls }, rows);
  for (let i = 0; i < values.length; i++) {
    if (target.log && values[i] <= 0) {
      throw refuse(
        "wrong-value",
        "",
        `the target ${shorten(column.name)} is ${values[i]} in row ${rows?.[i] ?? i}, and only numbers ` +
          "above 0 have a logarithm",
        text`say ${{ option: "preprocessing.target", value: "zscore" }}`,
        { column: column.name, row: rows?.[i] ?? i },
      );
    }
    values[i] = ((target.log ? logarithm(values[i]) : values[i]) - target.mean) / target.std;
  }
  return values;
}

/** [n, 1] float32, or [n] int32 for multiclass. */
export function encodeTarget(
  column: Column,
  target: TargetEncoding,
  nulls: readonly string[],
  rows?: Int32Array,
): Tensor {
  if (target.task === "multiclass") {
    const classes = positions(column, target, nulls, rows);
    return new Tensor(new Storage(classes), [classes.length], "int32");
  }
  const values =
    target.task === "regression" ? transformed(column, target, nulls, rows) : positions(column, target, nulls, rows);
  return new Tensor(new Storage(new Float32Array(values)), [values.length, 1], "float32");
}
