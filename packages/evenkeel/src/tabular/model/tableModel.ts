import { check, checkOptions, flag, type NdArray, wrongType, wrongValue } from "../../core/index.ts";
import { encodeFile, rawArray } from "../../io/file.ts";
import type { Predictions } from "../encoding/decode.ts";
import { checkArguments, type FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "../table/table.ts";
import { tableFromRows } from "../table/tableFrom.ts";
import { FrozenNetwork, type NetworkSource } from "./frozenNetwork.ts";
import { describeModel, type ModelRecord, readModel } from "./modelFile.ts";

/**
 * So many rows are encoded at a time: the inputs of a large table, a hundred and more for each row,
 * need many times the memory of the table itself.
 */
const encodedRows = 16_384;

export interface TableModelParts {
  readonly schema: Schema;
  readonly preprocessing: FittedPreprocessing;
  /** Copied as it is now, running statistics too: what it learns later is not the model's. */
  readonly network: NetworkSource;
  readonly record?: ModelRecord;
}

export interface LoadModelOptions {
  /**
   * Whether predictions run as WebAssembly. Default true. Without it they are JavaScript, for pages
   * whose security policy forbids WebAssembly: slower, and the last bits of a prediction may be
   * other ones.
   */
  readonly compile?: boolean | undefined;
}

/**
 * A network together with what it needs to read a table: schema and preprocessing. One file holds
 * all of it.
 *
 * @example
 * const model = TableModel.load(bytes);
 * model.predict(tableFromRows([{ Horsepower: 130, Weight_in_lbs: 3504, … }])).values; // Float64Array [ 17.3… ]
 */
export class TableModel {
  readonly schema: Schema;
  readonly preprocessing: FittedPreprocessing;
  /** Widths and weights. `networkOf(model)` makes a module of them. */
  readonly network: FrozenNetwork;
  readonly record: ModelRecord;

  /** @throws RangeError if the members of the network are combined for another task */
  constructor({ schema, preprocessing, network, record = {} }: TableModelParts) {
    this.schema = schema;
    this.preprocessing = preprocessing;
    this.network = FrozenNetwork.of(network);
    checkTask(this);
    this.record = plainRecord(record);
  }

  /**
   * Compiles the network in the background, as a page should on its main thread. Without it the
   * first prediction compiles, at once. Predictions are the same, to the bit.
   */
  prepare(): Promise<void> {
    return this.network.prepare();
  }

  /**
   * Predicts rows of a table: the target in its own unit, or classes with their probabilities. The
   * table needs the columns that the model was trained on, by name and in any order, and no target.
   * A row gets the same prediction, to the bit, whatever rows are predicted with it.
   *
   * @param rows positions in the table; all by default
   * @throws RangeError naming a column that is missing or of another kind
   */
  predict(table: Table, rows?: Int32Array): Predictions {
    return this.preprocessing.decode(this.output(table, rows));
  }

  /**
   * {@link predict} for rows as objects: `{ Horsepower: 130, Origin: "USA" }`. What is left out
   * counts as missing.
   */
  predictRows(rows: readonly Readonly<Record<string, unknown>>[]): Predictions {
    return this.predict(this.#complete(tableFromRows(rows)));
  }

  /** What the network says before decoding, [rows, outputs]. */
  output(table: Table, rows?: Int32Array): NdArray & { readonly data: Float32Array } {
    checkArguments("Preprocessing.encode", table, rows);
    const { outputs } = this.preprocessing;
    const count = rows?.length ?? table.rows;
    const data = new Float32Array(count * outputs);
    // Once without rows too, as the table is checked all the same.
    for (let start = 0; start === 0 || start < count; start += encodedRows) {
      const part = Math.min(encodedRows, count - start);
      const places = rows?.subarray(start, start + part) ?? Int32Array.from({ length: part }, (_, i) => start + i);
      data.set(this.network.output(this.preprocessing.encode(table, places), part), start * outputs);
    }
    return { shape: [count, outputs], dtype: "float32", data };
  }

  /**
   * The model as the bytes of a safetensors file. Its tensors are the network's state dict,
   * readable from any language; its metadata holds schema, preprocessing, architecture and record.
   * The same model gives the same bytes.
   */
  save(): Uint8Array {
    const tensors = Object.entries(this.network.stateDict()).map(([name, array]) => rawArray(name, array));
    return encodeFile(tensors, describeModel(this));
  }

  /**
   * Reads what {@link save} wrote. Runs no code from the file and trusts nothing in it.
   * @throws RangeError or TypeError saying what is wrong with the file, or with an option
   */
  static load(bytes: Uint8Array, options: LoadModelOptions = {}): TableModel {
    checkOptions("TableModel.load", options, ["compile"]);
    const { compile = true } = options;
    check("TableModel.load", { option: "compile" }, compile, flag());
    return new TableModel(readModel(bytes, compile));
  }

  /** With a column of nothing for each feature that the rows do not have. */
  #complete(table: Table): Table {
    const names = new Set(table.columns.map(({ name }) => name));
    const missing = this.schema.columns
      .filter(({ name, use }) => use === "feature" && !names.has(name))
      .map(({ name }) => ({ name, type: "text", codes: new Int32Array(table.rows).fill(-1), dictionary: [] }) as const);
    return { rows: table.rows, columns: [...table.columns, ...missing] };
  }
}

/**
 * The members of a network are combined by what is predicted, which a file has from the
 * preprocessing.
 */
function checkTask({ network, preprocessing }: TableModel): void {
  const { task } = network.size;
  if (network.options.members === 1 || task === preprocessing.task) return;
  throw wrongValue("TableModel", "network.size.task", task, `"${preprocessing.task}", the task of the preprocessing`);
}

/** A copy as a file would give it back: what is no number is null. */
function plainRecord(record: ModelRecord): ModelRecord {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw wrongType("TableModel", "record", record, "an object of plain JSON");
  }
  return JSON.parse(JSON.stringify(record));
}
