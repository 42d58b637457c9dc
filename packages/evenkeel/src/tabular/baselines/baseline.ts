import { BoostedTrees, type BoostedTreesState, type TreesSize } from "../boosting/boostedTrees.ts";
import { outputInBins } from "../boosting/outputInBins.ts";
import { TreePreprocessing, type TreePreprocessingJson } from "../boosting/treePreprocessing.ts";
import type { Predictions } from "../encoding/decode.ts";
import type { Preprocessing } from "../encoding/preprocessing.ts";
import { scoresOf, type TableScores } from "../scores/scores.ts";
import { trainingPlaces, trainingRowsToScore } from "../scores/trainingRows.ts";
import type { Split } from "../table/split.ts";
import type { Table } from "../table/table.ts";
import { LinearInputs } from "./linearInputs.ts";

/** A model that a network must beat to be worth its trouble. */
export interface Baseline {
  readonly name: "mean" | "median" | "ridge" | "commonest class" | "logistic" | "trees";
  /** On each part of the split that has rows; of more than 262,144 training rows on so many of them. */
  readonly scores: { readonly train: TableScores; readonly validation?: TableScores; readonly test?: TableScores };
  /** What it predicts for rows of the table: after a refit, that of the refit. */
  readonly predict: (rows: Int32Array) => Predictions;
  /** How many rows it was fitted on. */
  readonly rows: number;
  /** The strength of the penalty, chosen on the validation rows. */
  readonly lambda?: number;
  /** What there is to know about it, in words for a person. */
  readonly note?: string;
}

/** After a step of the fit of a baseline: a penalty was tried, or a round of trees was grown. */
export interface BaselineStep {
  readonly name: Baseline["name"];
  /** From 1. */
  readonly step: number;
  /** How many there are at most. */
  readonly steps: number;
}

/** A fit that stops after each step; once it is told `true`, it leaves the boosted trees out. */
export type Fitting<R> = Generator<BaselineStep, R, boolean | undefined>;

/** What a baseline predicts with, as data. */
export type Predictor =
  /** The same number for every row. */
  | { readonly kind: "number"; readonly value: number }
  /** The same class for every row, the one with the largest share. */
  | { readonly kind: "shares"; readonly shares: Float64Array }
  /** Of inputs that are standardised over these rows; weights are [outputs, width + 1], intercepts last. */
  | { readonly kind: "linear"; readonly weights: Float64Array; readonly rows: Int32Array }
  | {
      readonly kind: "trees";
      readonly preprocessing: TreePreprocessingJson;
      readonly size: TreesSize;
      readonly state: BoostedTreesState;
    };

/** A baseline as data: a thread can hand it to another. */
export interface FittedBaseline extends Omit<Baseline, "predict"> {
  readonly predictor: Predictor;
  /** What it says of the test rows, [rows, outputs], where rows differ: intervals ask for it again. */
  readonly tested?: Float64Array | undefined;
}

/** What a baseline says of rows, [rows, outputs], and what that means. */
interface Outputs {
  readonly of: (rows: Int32Array) => Float64Array;
  readonly decode: (output: Float64Array) => Predictions;
}

/** A baseline with the function that predicts, which makes at the first call what it needs. */
export function baselineOf(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  { predictor, tested, ...facts }: FittedBaseline,
): Baseline {
  let outputs: Outputs | undefined;
  const predict = (rows: Int32Array): Predictions => {
    outputs ??= outputsBy(table, preprocessing, predictor);
    // Decoding makes new arrays: what a caller does with them changes no other call's.
    return outputs.decode(tested !== undefined && rows === split.test ? tested : outputs.of(rows));
  };
  return { ...facts, predict };
}

/**
 * The scores of a baseline on each part of the split that has rows, those of `trainingRowsToScore` of
 * the training rows, and what it says of the test rows.
 * @param fitted what it says of the training rows, where that is known
 */
export function scored(
  table: Table,
  preprocessing: Preprocessing,
  split: Split,
  { of, decode }: Outputs,
  fitted?: Float64Array,
): Pick<FittedBaseline, "scores" | "tested"> {
  const on = (rows: Int32Array, output = of(rows)) =>
    scoresOf(preprocessing.task, decode(output), preprocessing.truth(table, rows));
  const tested = split.test.length > 0 ? of(split.test) : undefined;
  const places = trainingPlaces(split);
  const known = fitted && (places === undefined ? fitted : rowsAt(fitted, places, preprocessing.outputs));
  const scores = {
    train: on(trainingRowsToScore(split), known),
    ...(split.validation.length > 0 ? { validation: on(split.validation) } : {}),
    ...(tested && { test: on(split.test, tested) }),
  };
  return { scores, tested };
}

function rowsAt(outputs: Float64Array, places: Int32Array, width: number): Float64Array {
  const taken = new Float64Array(places.length * width);
  for (let i = 0; i < places.length; i++) {
    for (let k = 0; k < width; k++) taken[i * width + k] = outputs[places[i] * width + k];
  }
  return taken;
}

function outputsBy(table: Table, preprocessing: Preprocessing, predictor: Predictor): Outputs {
  switch (predictor.kind) {
    case "number":
    case "shares":
      return constantOutputs(preprocessing, predictor);
    case "linear": {
      const inputs = new LinearInputs(table, preprocessing, predictor.rows);
      return linearOutputs(table, inputs, predictor.weights, preprocessing.outputs);
    }
    case "trees": {
      const trees = BoostedTrees.of(predictor.size, predictor.state);
      return treeOutputs(table, TreePreprocessing.fromJSON(predictor.preprocessing), trees);
    }
    default:
      return predictor satisfies never;
  }
}

/** The outputs of a baseline that says the same of all rows are of no use, and so none. */
export function constantOutputs(
  { classes = [] }: Preprocessing,
  predictor: Extract<Predictor, { readonly kind: "number" | "shares" }>,
): Outputs {
  if (predictor.kind === "number") {
    return { of: (rows) => new Float64Array(rows.length).fill(predictor.value), decode: (values) => ({ values }) };
  }
  const { shares } = predictor;
  const commonest = classes[shares.indexOf(Math.max(...shares))];
  return {
    of(rows) {
      const probabilities = new Float64Array(rows.length * shares.length);
      for (let i = 0; i < rows.length; i++) probabilities.set(shares, i * shares.length);
      return probabilities;
    },
    decode: (probabilities) => ({
      classes: new Array<string>(probabilities.length / shares.length).fill(commonest),
      probabilities,
    }),
  };
}

/** Rows are encoded in parts, so that millions of them need little memory. */
const [linearRowsAtOnce, treeRowsAtOnce] = [50_000, 200_000];

function inParts(
  rows: Int32Array,
  most: number,
  outputs: number,
  of: (part: Int32Array) => Float64Array,
): Float64Array {
  if (rows.length <= most) return of(rows);
  const out = new Float64Array(rows.length * outputs);
  for (let from = 0; from < rows.length; from += most) out.set(of(rows.subarray(from, from + most)), from * outputs);
  return out;
}

/** @param weights [outputs, width + 1], intercepts last */
export function linearOutputs(table: Table, inputs: LinearInputs, weights: Float64Array, outputs: number): Outputs {
  return {
    of: (rows) => inParts(rows, linearRowsAtOnce, outputs, (part) => inputs.outputs(table, part, weights, outputs)),
    decode: (data) => inputs.preprocessing.decode({ shape: [data.length / outputs, outputs], dtype: "float64", data }),
  };
}

export function treeOutputs(table: Table, preprocessing: TreePreprocessing, trees: BoostedTrees): Outputs {
  const { outputs } = preprocessing;
  return {
    of: (rows) =>
      inParts(rows, treeRowsAtOnce, outputs, (part) => outputInBins(trees, preprocessing.encode(table, part))),
    decode: (data) => preprocessing.decode({ shape: [data.length / outputs, outputs], dtype: "float64", data }),
  };
}
