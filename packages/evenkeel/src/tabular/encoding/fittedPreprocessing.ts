import { allocate, type NdArray } from "../../core/index.ts";
import { checkColumns, checkRows, columnOf } from "../schema/columns.ts";
import type { Task } from "../schema/schema.ts";
import type { Table } from "../table/table.ts";
import { decodeOutput, type Predictions } from "./decode.ts";
import { categoryCodes, encodeColumn } from "./encode.ts";
import type { CategoryEncoding, Encoding, TargetEncoding } from "./encoding.ts";
import { inputGroups, inputNames } from "./inputNames.ts";
import { readPreprocessing } from "./preprocessingJson.ts";
import { ownUnit, positions } from "./target/truth.ts";

/** What a network gets, as plain arrays. */
export interface EncodedRows {
  /** [n, features] */
  readonly x: Float32Array;
  /** [n, embeddings]; only where there are embeddings. */
  readonly codes?: Int32Array;
}

/** What is saved of a preprocessing: plain JSON. */
export interface PreprocessingJson {
  readonly version: 4;
  /** The texts that mean that there is no value. */
  readonly nulls: readonly string[];
  readonly inputs: readonly Encoding[];
  readonly target: TargetEncoding;
}

/**
 * What a preprocessing has learnt, and all that predicting needs of it: from the columns of a table
 * to the numbers of a network, and back to the target's own unit. It knows no tensors, so that a
 * page that only predicts does not ship them; {@link Preprocessing} adds what training needs.
 */
export class FittedPreprocessing {
  /**
   * The names of the inputs in `x`, in order: "Weight", "Weight: bin 3", "Horsepower (missing)",
   * "Origin = Japan", "date: hour (sin)".
   */
  readonly features: readonly string[];
  /**
   * The columns of `codes`. `categories` counts code 0, which stands for unknown and missing ones.
   */
  readonly embeddings: readonly { readonly column: string; readonly categories: number }[];
  /**
   * Which inputs say one thing about a column, as numbers from 0: for each of `features`, and for
   * each of `embeddings`. A number's value and its bins share a number, and so do the 0-or-1 inputs
   * of a category, and the sine and cosine of a part of a date; whether a value is missing is a
   * thing of its own.
   */
  readonly sources: { readonly features: readonly number[]; readonly embeddings: readonly number[] };
  /** The column that is predicted, and what is predicted. */
  readonly target: string;
  readonly task: Task;
  /** The target's classes, in the order of the outputs; undefined for regression. */
  readonly classes: readonly string[] | undefined;
  /** The width of the network's output: 1 for regression and binary, else the number of classes. */
  readonly outputs: number;
  readonly #inputs: readonly Encoding[];
  readonly #target: TargetEncoding;
  readonly #nulls: readonly string[];

  protected constructor(inputs: readonly Encoding[], target: TargetEncoding, nulls: readonly string[]) {
    this.#inputs = inputs;
    this.#target = target;
    this.#nulls = nulls;
    this.features = inputs.flatMap(inputNames);
    this.embeddings = inputs
      .filter(isEmbedded)
      .map(({ column, categories }) => ({ column, categories: categories.length + 1 }));
    this.sources = sourcesOf(inputs);
    this.target = target.column;
    this.task = target.task;
    this.classes = target.task === "regression" ? undefined : target.classes;
    this.outputs = target.task === "multiclass" ? target.classes.length : 1;
  }

  /**
   * The inputs of the rows, of all rows by default. The table needs no target. A missing value
   * becomes the median of the training rows, a category they did not have all zeros, or code 0.
   * @throws RangeError if a column is missing, or a value is not of its column's kind, infinite, or
   *   too large for float32
   */
  encode(table: Table, rows?: Int32Array): EncodedRows {
    return this.encodeFor("Preprocessing.encode", table, rows);
  }

  /** {@link encode}, whose errors name this caller. */
  protected encodeFor(caller: string, table: Table, rows: Int32Array | undefined): EncodedRows {
    checkArguments(caller, table, rows);
    const n = rows?.length ?? table.rows;
    const width = this.features.length;
    const x = allocate("float32", n * width, [n, width]) as Float32Array;
    let at = 0;
    for (const encoding of this.#inputs) {
      if (isEmbedded(encoding)) continue;
      encodeColumn(encoding, columnOf(table, encoding.column), this.#nulls, rows, { out: x, width, at });
      at += inputNames(encoding).length;
    }
    return this.embeddings.length === 0 ? { x } : { x, codes: this.#codes(table, rows, n) };
  }

  #codes(table: Table, rows: Int32Array | undefined, n: number): Int32Array {
    const embedded = this.#inputs.filter(isEmbedded);
    const width = embedded.length;
    const out = allocate("int32", n * width, [n, width]) as Int32Array;
    for (const [k, encoding] of embedded.entries()) {
      const codes = categoryCodes(encoding, columnOf(table, encoding.column), this.#nulls, rows);
      for (let i = 0; i < n; i++) out[i * width + k] = codes[i];
    }
    return out;
  }

  /**
   * What the output of a network means. Regression [n, 1]: numbers in the target's own unit. Binary
   * [n, 1] logits and multiclass [n, classes] logits: the likeliest class, and the probabilities of
   * all.
   * @throws TypeError or RangeError if it is no tensor of that shape
   */
  decode(output: NdArray): Predictions {
    return decodeOutput(output, this.#target);
  }

  /**
   * The target itself: numbers in its own unit, or positions of classes.
   * @throws RangeError naming the row if it is missing, infinite or no class
   */
  truth(table: Table, rows?: Int32Array): Float64Array {
    checkArguments("Preprocessing.truth", table, rows);
    const column = columnOf(table, this.#target.column);
    const nulls = this.#nulls;
    if (this.#target.task === "regression") return ownUnit(column, { ...this.#target, nulls }, rows);
    return new Float64Array(positions(column, this.#target, nulls, rows));
  }

  toJSON(): PreprocessingJson {
    return { version: 4, nulls: this.#nulls, inputs: this.#inputs, target: this.#target };
  }

  /**
   * A preprocessing that was saved. What is given may come from anywhere: all of it is checked.
   * @throws TypeError or RangeError saying what is wrong where
   */
  static fromJSON(json: unknown): FittedPreprocessing {
    const { inputs, target, nulls } = readPreprocessing(json);
    return new FittedPreprocessing(inputs, target, nulls);
  }
}

export function isEmbedded(encoding: Encoding): encoding is CategoryEncoding {
  return encoding.kind === "category" && encoding.coding === "embedding";
}

function sourcesOf(inputs: readonly Encoding[]): FittedPreprocessing["sources"] {
  const features: number[] = [];
  const embeddings: number[] = [];
  let source = 0;
  for (const encoding of inputs) {
    if (isEmbedded(encoding)) embeddings.push(source++);
    for (const group of inputGroups(encoding)) {
      for (const _ of group) features.push(source);
      source++;
    }
  }
  return { features, embeddings };
}

export function checkArguments(caller: string, table: Table, rows: Int32Array | undefined): void {
  checkColumns(caller, table);
  if (rows !== undefined) checkRows(caller, table, rows);
}
