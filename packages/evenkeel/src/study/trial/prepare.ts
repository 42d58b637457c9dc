import { withoutUndefined } from "../../core/index.ts";
import { Generator, randperm } from "../../random/index.ts";
import { Preprocessing, splitRows } from "../../tabular/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { encode } from "../../train/table/encode.ts";
import type { Rows } from "../../train/table/trainer.ts";
import { trialOptions } from "../arms/trainingOptions.ts";
import type { StudyData } from "../plan/plan.ts";
import { constantErrors } from "./errors.ts";
import { rescaleTable } from "./rescale.ts";
import { studied } from "./studied.ts";
import type { TrialResult } from "./trialResult.ts";
import type { TrialSpec } from "./trialSpec.ts";

/** A part of the rows as inputs of a network. */
export interface Part {
  readonly rows: Rows;
  readonly inputs: readonly Tensor[];
  /** In the target's own unit, or class indices. */
  readonly truth: Float64Array;
}

/** The data of a trial. */
export interface Prepared {
  readonly preprocessing: Preprocessing;
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
  readonly constant: TrialResult["constant"];
  /** The number of training rows before a fraction of them was taken. */
  readonly allTrain: number;
}

/** A key of the fields of a spec that `prepare` reads: equal keys get equal data. */
export function preparationKey(spec: TrialSpec): string {
  const { seed, rows, rescale, validation, test, group, time } = spec;
  return JSON.stringify([trialOptions(spec).preprocessing, seed, rows, rescale, validation, test, group, time]);
}

/** Splits the rows, takes a fraction of the training rows, and fits the preprocessing on it. */
export function prepare(given: StudyData, spec: TrialSpec): Prepared {
  const { table, schema } = studied(given, spec);
  const { seed, validation, test, group, time } = spec;
  const split = splitRows(table, schema, { validation, test, seed, ...withoutUndefined({ group, time }) });
  const trainRows = sampleOf(split.train, spec.rows, seed);
  const data = spec.rescale === null ? table : rescaleTable(table, schema, spec.rescale);
  const preprocessing = Preprocessing.fit(data, schema, trainRows, trialOptions(spec).preprocessing);
  const partOf = (rows: Int32Array): Part => {
    const encoded = encode(preprocessing, data, rows);
    return { rows: encoded, inputs: encoded.slice(0, -1), truth: preprocessing.truth(data, rows) };
  };
  const parts = { train: partOf(trainRows), validation: partOf(split.validation), test: partOf(split.test) };
  const constantOn = (part: keyof typeof parts) => constantErrors(schema, parts.train.truth, parts[part].truth);
  const constant = { train: constantOn("train"), validation: constantOn("validation"), test: constantOn("test") };
  return { preprocessing, ...parts, constant, allTrain: split.train.length };
}

/** For one seed, a smaller sample is always a subset of a larger one. In the order of the table. */
function sampleOf(rows: Int32Array, part: number, seed: number): Int32Array {
  if (part === 1) return rows;
  const order = randperm(rows.length, new Generator(seed));
  const kept = order.slice(0, Math.max(2, Math.round(part * rows.length))).sort();
  return kept.map((position) => rows[position]);
}
