import { describe, type NdArray, refuse } from "../../core/index.ts";
import { decodeOutput, type Predictions } from "../encoding/decode.ts";
import type { TargetEncoding } from "../encoding/encoding.ts";
import { readTarget } from "../encoding/preprocessingJson.ts";
import { ownUnit, positions } from "../encoding/target/truth.ts";
import { checkColumns, checkRows, columnOf } from "../schema/columns.ts";
import { dateFormatAt, numberFormatAt } from "../schema/formatJson.ts";
import { listAt, namesAt, objectAt, oneOfAt, stringAt } from "../schema/json.ts";
import type { Task } from "../schema/schema.ts";
import type { Table } from "../table/table.ts";
import type { TreeFeatures } from "./growth/binning.ts";
import {
  encodeForTrees,
  mostCategories,
  type TreeDatePart,
  type TreeEncoding,
  treeCategoryCounts,
  treeDateParts,
  treeFeatureNames,
} from "./treeEncoding.ts";

/** What is saved of a preprocessing: plain JSON. */
export interface TreePreprocessingJson {
  readonly version: 1;
  /** The texts that mean that there is no value. */
  readonly nulls: readonly string[];
  readonly inputs: readonly TreeEncoding[];
  readonly target: TargetEncoding;
}

/**
 * From the columns of a table to the features of trees, and from what trees say back to the target's
 * own unit. Like `FittedPreprocessing`, it knows no tensors.
 */
export class TreePreprocessing {
  /** The names of the features, in order: "Weight", "date: year". */
  readonly features: readonly string[];
  /** Of each feature, how many categories its codes stand for; 0 for numbers. */
  readonly categories: readonly number[];
  /** The column that is predicted, and what is predicted. */
  readonly target: string;
  readonly task: Task;
  /** The target's classes, in order; undefined for regression. */
  readonly classes: readonly string[] | undefined;
  /** The outputs of a row: 1 for regression and binary, else the number of classes. */
  readonly outputs: number;
  readonly #inputs: readonly TreeEncoding[];
  readonly #target: TargetEncoding;
  readonly #nulls: readonly string[];

  constructor(inputs: readonly TreeEncoding[], target: TargetEncoding, nulls: readonly string[]) {
    this.#inputs = inputs;
    this.#target = target;
    this.#nulls = nulls;
    this.features = inputs.flatMap(treeFeatureNames);
    this.categories = inputs.flatMap(treeCategoryCounts);
    this.target = target.column;
    this.task = target.task;
    this.classes = target.task === "regression" ? undefined : target.classes;
    this.outputs = target.task === "multiclass" ? target.classes.length : 1;
  }

  /**
   * The features of the rows, of all rows by default. The table needs no target.
   * @throws RangeError if a column is missing, or a value is not of its column's kind, or infinite
   */
  encode(table: Table, rows?: Int32Array): TreeFeatures {
    checkArguments("TreePreprocessing.encode", table, rows);
    const columns = this.#inputs.flatMap((encoding) =>
      encodeForTrees(encoding, columnOf(table, encoding.column), this.#nulls, rows),
    );
    return { rows: rows?.length ?? table.rows, columns, categories: this.categories };
  }

  /**
   * What the outputs of trees mean: numbers in the target's own unit, or the likeliest class and the
   * probabilities of all.
   * @throws TypeError or RangeError if it is no array of that shape
   */
  decode(output: NdArray): Predictions {
    return decodeOutput(output, this.#target);
  }

  /**
   * The target itself: numbers in its own unit, or positions of classes.
   * @throws RangeError naming the row if it is missing, infinite or no class
   */
  truth(table: Table, rows?: Int32Array): Float64Array {
    checkArguments("TreePreprocessing.truth", table, rows);
    const column = columnOf(table, this.#target.column);
    if (this.#target.task === "regression") return ownUnit(column, { ...this.#target, nulls: this.#nulls }, rows);
    return new Float64Array(positions(column, this.#target, this.#nulls, rows));
  }

  toJSON(): TreePreprocessingJson {
    return { version: 1, nulls: this.#nulls, inputs: this.#inputs, target: this.#target };
  }

  /**
   * A preprocessing that was saved. What is given may come from anywhere: all of it is checked.
   * @throws TypeError or RangeError saying what is wrong where
   */
  static fromJSON(json: unknown): TreePreprocessing {
    const top = objectAt("preprocessing", json, ["version", "nulls", "inputs", "target"]);
    if (top.version !== 1) {
      throw refuse(
        "damaged-file",
        "",
        `preprocessing.version is ${describe(top.version)}, and this library reads version 1 of that of trees`,
        "train the model again, or update the library",
      );
    }
    const nulls = namesAt("preprocessing.nulls", top.nulls);
    const inputs = listAt("preprocessing.inputs", top.inputs).map((value, i) =>
      readEncoding(`preprocessing.inputs[${i}]`, value),
    );
    const target = readTarget("preprocessing.target", top.target);
    const columns = inputs.map(({ column }) => column);
    namesAt("the columns of preprocessing.inputs", columns, 1);
    if (columns.includes(target.column)) {
      throw refuse("damaged-file", "", "preprocessing.inputs holds the column of preprocessing.target");
    }
    return new TreePreprocessing(inputs, target, nulls);
  }
}

function readEncoding(at: string, value: unknown): TreeEncoding {
  const given = typeof value === "object" && value !== null ? (value as { readonly kind?: unknown }).kind : undefined;
  const kind = oneOfAt(`${at}.kind`, given, ["numeric", "boolean", "category", "date"]);
  switch (kind) {
    case "numeric": {
      const from = objectAt(at, value, ["kind", "column"], ["numbers"]);
      const numbers = from.numbers === undefined ? {} : { numbers: numberFormatAt(`${at}.numbers`, from.numbers) };
      return { kind, column: stringAt(`${at}.column`, from.column), ...numbers };
    }
    case "boolean": {
      const from = objectAt(at, value, ["kind", "column"]);
      return { kind, column: stringAt(`${at}.column`, from.column) };
    }
    case "category": {
      const from = objectAt(at, value, ["kind", "column", "categories"]);
      const categories = namesAt(`${at}.categories`, from.categories);
      if (categories.length > mostCategories) {
        const given = `${at}.categories has ${categories.length} items`;
        throw refuse("damaged-file", "", given, `at most ${mostCategories} are possible`);
      }
      return { kind, column: stringAt(`${at}.column`, from.column), categories };
    }
    case "date": {
      const from = objectAt(at, value, ["kind", "column", "parts"], ["dates"]);
      const parts = namesAt(`${at}.parts`, from.parts).map(
        (part, i): TreeDatePart => oneOfAt(`${at}.parts[${i}]`, part, treeDateParts),
      );
      const dates = from.dates === undefined ? {} : { dates: dateFormatAt(`${at}.dates`, from.dates) };
      return { kind, column: stringAt(`${at}.column`, from.column), ...dates, parts };
    }
    default:
      return kind satisfies never;
  }
}

function checkArguments(caller: string, table: Table, rows: Int32Array | undefined): void {
  checkColumns(caller, table);
  if (rows !== undefined) checkRows(caller, table, rows);
}
