import { allocate, checkDeclared, defaultOf, refuse } from "../../core/index.ts";
import { Storage, Tensor } from "../../tensor/index.ts";
import { checkColumns, checkRows, checkStructure, columnOf } from "../schema/columns.ts";
import type { Schema, Task } from "../schema/schema.ts";
import type { Table } from "../table/table.ts";
import { categoryCodes, encodeColumn } from "./encode.ts";
import { type CategoryEncoding, type Encoding, inputNames, type TargetEncoding } from "./encoding.ts";
import { fitEncoding } from "./fitEncoding.ts";
import { readPreprocessing } from "./preprocessingJson.ts";
import { preprocessingOptions } from "./preprocessingOptions.ts";
import type { PreprocessingOptions } from "./preprocessingOptions.types.ts";
import { decodeOutput, encodeTarget, fitTarget, ownUnit, type Predictions, positions } from "./target.ts";

/** What a network gets. */
export interface TableInputs {
  /** [n, features] float32 */
  readonly x: Tensor;
  /** [n, embeddings] int32; only where there are embeddings. */
  readonly codes?: Tensor;
}

/** What is saved of a preprocessing: plain JSON. */
export interface PreprocessingJson {
  readonly version: 1;
  readonly inputs: readonly Encoding[];
  readonly target: TargetEncoding;
}

/**
 * From the columns of a table to the tensors of a network, and back to the target's own unit. All that it knows comes from
 * the training rows: medians for missing values, means, scales, categories.
 *
 * @example
 * const preprocessing = Preprocessing.fit(table, schema, split.train, { scale: "robust" });
 * const { x } = preprocessing.inputs(table, split.test);
 */
export class Preprocessing {
  /** The names of the inputs in `x`, in order: "Weight", "Horsepower (missing)", "Origin = Japan", "date: hour (sin)". */
  readonly features: readonly string[];
  /** The columns of `codes`. `categories` counts code 0, which stands for unknown and missing ones. */
  readonly embeddings: readonly { readonly column: string; readonly categories: number }[];
  /** The column that is predicted, and what is predicted. */
  readonly target: string;
  readonly task: Task;
  /** The target's classes, in the order of the outputs; undefined for regression. */
  readonly classes: readonly string[] | undefined;
  /** The width of the network's output: 1 for regression and binary, else the number of classes. */
  readonly outputs: number;
  readonly #inputs: readonly Encoding[];
  readonly #target: TargetEncoding;

  private constructor(inputs: readonly Encoding[], target: TargetEncoding) {
    this.#inputs = inputs;
    this.#target = target;
    this.features = inputs.flatMap(inputNames);
    this.embeddings = inputs
      .filter(isEmbedded)
      .map(({ column, categories }) => ({ column, categories: categories.length + 1 }));
    this.target = target.column;
    this.task = target.task;
    this.classes = target.task === "regression" ? undefined : target.classes;
    this.outputs = target.task === "multiclass" ? target.classes.length : 1;
  }

  /**
   * Learns from `rows`, the training rows, and from no others.
   * @throws TypeError if an argument is of the wrong kind
   * @throws RangeError if there are no rows or no features, or a value is not of its column's kind
   */
  static fit(table: Table, schema: Schema, rows: Int32Array, options: PreprocessingOptions = {}): Preprocessing {
    checkStructure("Preprocessing.fit", table);
    checkRows("Preprocessing.fit", table, rows);
    const { scale, target, embedAbove } = checkedOptions(options);
    if (rows.length === 0) throw refuse("wrong-value", "Preprocessing.fit", "there are no training rows");
    const features = schema.columns.filter(({ use }) => use === "feature");
    if (features.length === 0) {
      throw refuse(
        "wrong-value",
        "Preprocessing.fit",
        "the schema has no features",
        "it must leave a column to predict from",
      );
    }
    const inputs = features.map((column) => fitEncoding(columnOf(table, column.name), column, rows, scale, embedAbove));
    if (inputs.every((encoding) => !isEmbedded(encoding) && inputNames(encoding).length === 0)) {
      throw refuse("wrong-value", "Preprocessing.fit", "the features have no values in the training rows");
    }
    return new Preprocessing(inputs, fitTarget(columnOf(table, schema.target), schema, rows, target));
  }

  /**
   * The inputs of the rows, of all rows by default. The table needs no target. A missing value becomes the median of the
   * training rows, a category they did not have all zeros, or code 0.
   * @throws RangeError if a column is missing, or a value is not of its column's kind, infinite, or too large for float32
   */
  inputs(table: Table, rows?: Int32Array): TableInputs {
    checkArguments("Preprocessing.inputs", table, rows);
    const n = rows?.length ?? table.rows;
    const width = this.features.length;
    const out = allocate("float32", n * width, [n, width]) as Float32Array;
    let at = 0;
    for (const encoding of this.#inputs) {
      if (isEmbedded(encoding)) continue;
      encodeColumn(encoding, columnOf(table, encoding.column), rows, { out, width, at });
      at += inputNames(encoding).length;
    }
    const x = new Tensor(new Storage(out), [n, width], "float32");
    return this.embeddings.length === 0 ? { x } : { x, codes: this.#codes(table, rows, n) };
  }

  #codes(table: Table, rows: Int32Array | undefined, n: number): Tensor {
    const embedded = this.#inputs.filter(isEmbedded);
    const width = embedded.length;
    const out = allocate("int32", n * width, [n, width]) as Int32Array;
    for (const [k, encoding] of embedded.entries()) {
      const codes = categoryCodes(encoding, columnOf(table, encoding.column), rows);
      for (let i = 0; i < n; i++) out[i * width + k] = codes[i];
    }
    return new Tensor(new Storage(out), [n, width], "int32");
  }

  /**
   * What the network should say of the rows: [n, 1] float32, transformed, for regression; [n, 1] float32 of 0 and 1 for
   * binary; [n] int32 for multiclass.
   * @throws RangeError naming the row if its target is missing, infinite, no class, or has no logarithm where one is taken
   */
  targets(table: Table, rows?: Int32Array): Tensor {
    checkArguments("Preprocessing.targets", table, rows);
    return encodeTarget(columnOf(table, this.#target.column), this.#target, rows);
  }

  /**
   * What the output of a network means. Regression [n, 1]: numbers in the target's own unit. Binary [n, 1] logits and
   * multiclass [n, classes] logits: the likeliest class, and the probabilities of all.
   * @throws TypeError or RangeError if it is no tensor of that shape
   */
  decode(output: Tensor): Predictions {
    return decodeOutput(output, this.#target);
  }

  /**
   * The target itself: numbers in its own unit, or positions of classes.
   * @throws RangeError naming the row if it is missing, infinite or no class
   */
  truth(table: Table, rows?: Int32Array): Float64Array {
    checkArguments("Preprocessing.truth", table, rows);
    const column = columnOf(table, this.#target.column);
    if (this.#target.task === "regression") return ownUnit(column, rows);
    return new Float64Array(positions(column, this.#target, rows));
  }

  toJSON(): PreprocessingJson {
    return { version: 1, inputs: this.#inputs, target: this.#target };
  }

  /**
   * A preprocessing that was saved. What is given may come from anywhere: all of it is checked.
   * @throws TypeError or RangeError saying what is wrong where
   */
  static fromJSON(json: unknown): Preprocessing {
    const { inputs, target } = readPreprocessing(json);
    return new Preprocessing(inputs, target);
  }
}

function isEmbedded(encoding: Encoding): encoding is CategoryEncoding {
  return encoding.kind === "category" && encoding.embedded;
}

function checkArguments(caller: string, table: Table, rows: Int32Array | undefined): void {
  checkColumns(caller, table);
  if (rows !== undefined) checkRows(caller, table, rows);
}

function checkedOptions(options: PreprocessingOptions) {
  checkDeclared("Preprocessing.fit", options, preprocessingOptions);
  const {
    scale = defaultOf(preprocessingOptions, "scale"),
    target = defaultOf(preprocessingOptions, "target"),
    embedAbove = defaultOf(preprocessingOptions, "embedAbove"),
  } = options;
  return { scale, target, embedAbove };
}
