import { Generator, randperm } from "../../random/index.ts";
import { Preprocessing, splitRows } from "../../tabular/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { inputScale } from "../arms/examine.ts";
import type { StudyData } from "../plan/plan.ts";
import { constantErrors } from "./errors.ts";
import { rescaleTable } from "./rescale.ts";
import type { TrialResult } from "./trialResult.ts";
import type { TrialSpec } from "./trialSpec.ts";

/** Rows as a network takes them. */
export interface Rows {
  readonly inputs: readonly Tensor[];
  readonly target: Tensor;
  /** In the target's own unit, or positions of classes. */
  readonly truth: Float64Array;
}

/** The data of a trial. */
export interface Prepared {
  readonly preprocessing: Preprocessing;
  readonly train: Rows;
  readonly validation: Rows;
  readonly test: Rows;
  readonly constant: TrialResult["constant"];
  /** Training rows before a part of them was taken. */
  readonly allTrain: number;
}

/** What `prepare` reads of a spec: equal keys get equal data. */
export function preparationKey({ arm, seed, rows, rescale, target, validation, test }: TrialSpec): string {
  return JSON.stringify([arm.scale, seed, rows, rescale, target, validation, test]);
}

/** Splits, takes a part of the training rows, and fits the preprocessing on it. */
export function prepare({ table, schema }: StudyData, spec: TrialSpec): Prepared {
  const { arm, seed, validation, test, target } = spec;
  const split = splitRows(table, schema, { validation, test, seed });
  const trainRows = partOf(split.train, spec.rows, seed);
  const data = spec.rescale === null ? table : rescaleTable(table, schema, spec.rescale);
  const preprocessing = Preprocessing.fit(data, schema, trainRows, { scale: inputScale(arm.scale), target });
  const rowsOf = (rows: Int32Array): Rows => {
    const { x, codes } = preprocessing.inputs(data, rows);
    return {
      inputs: codes === undefined ? [x] : [x, codes],
      target: preprocessing.targets(data, rows),
      truth: preprocessing.truth(data, rows),
    };
  };
  const parts = { train: rowsOf(trainRows), validation: rowsOf(split.validation), test: rowsOf(split.test) };
  const constantOn = (part: keyof typeof parts) => constantErrors(schema, parts.train.truth, parts[part].truth);
  const constant = { train: constantOn("train"), validation: constantOn("validation"), test: constantOn("test") };
  return { preprocessing, ...parts, constant, allTrain: split.train.length };
}

/** The smaller part of a seed's rows is always a part of the larger one. In the order of the table. */
function partOf(rows: Int32Array, part: number, seed: number): Int32Array {
  if (part === 1) return rows;
  const order = randperm(rows.length, new Generator(seed));
  const kept = order.slice(0, Math.max(2, Math.round(part * rows.length))).sort();
  return kept.map((position) => rows[position]);
}
