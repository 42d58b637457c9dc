import { type NdArray, refuse } from "../../core/index.ts";
import { encodeFile, rawArray } from "../../io/file.ts";
import type { Predictions } from "../encoding/decode.ts";
import { completeRows } from "../model/kinds/completeRows.ts";
import { type ModelRecord, plainRecord } from "../model/kinds/modelRecord.ts";
import type { Schema } from "../schema/schema.ts";
import type { Table } from "../table/table.ts";
import type { BoostedTrees } from "./boostedTrees.ts";
import { describeTreeModel, readTreeModel } from "./treeModelFile.ts";
import type { TreePreprocessing } from "./treePreprocessing.ts";

export interface TreeModelParts {
  readonly schema: Schema;
  readonly preprocessing: TreePreprocessing;
  readonly trees: BoostedTrees;
  readonly record?: ModelRecord;
}

/**
 * Boosted trees together with what they need to read a table, as a `TableModel` is a network with
 * it. One file holds all of it.
 *
 * @example
 * const { model } = trainTrees(table, { target: "Miles_per_Gallon" });
 * TreeModel.load(model.save()).predictRows([{ Horsepower: 130, Weight_in_lbs: 3504 }]).values;
 */
export class TreeModel {
  readonly schema: Schema;
  readonly preprocessing: TreePreprocessing;
  readonly trees: BoostedTrees;
  readonly record: ModelRecord;

  /** @throws RangeError if the trees are not of the features and outputs of the preprocessing */
  constructor({ schema, preprocessing, trees, record = {} }: TreeModelParts) {
    const { categories, outputs } = trees.size;
    const known = preprocessing.categories;
    if (
      outputs !== preprocessing.outputs ||
      known.length !== categories.length ||
      known.some((n, i) => n !== categories[i])
    ) {
      throw refuse("wrong-value", "TreeModel", "the trees are not of the features and outputs of the preprocessing");
    }
    this.schema = schema;
    this.preprocessing = preprocessing;
    this.trees = trees;
    this.record = plainRecord("TreeModel", record);
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
    return this.predict(completeRows(rows, this.schema));
  }

  /** What the trees say before decoding, [rows, outputs]. */
  output(table: Table, rows?: Int32Array): NdArray & { readonly data: Float64Array } {
    return outputOf(this.preprocessing, this.trees, table, rows);
  }

  /**
   * The model as the bytes of a safetensors file. Its tensors are the nodes of the trees; its
   * metadata holds schema, preprocessing and record. The same model gives the same bytes.
   */
  save(): Uint8Array {
    const tensors = Object.entries(this.trees.stateDict()).map(([name, array]) => rawArray(name, array));
    return encodeFile(tensors, describeTreeModel(this));
  }

  /**
   * Reads what {@link save} wrote. Runs no code from the file and trusts nothing in it.
   * @throws RangeError or TypeError saying what is wrong with the file
   */
  static load(bytes: Uint8Array): TreeModel {
    return new TreeModel(readTreeModel(bytes));
  }
}

/** [rows, outputs]: what trees say of the rows of a table. */
export function outputOf(
  preprocessing: TreePreprocessing,
  trees: BoostedTrees,
  table: Table,
  rows?: Int32Array,
): NdArray & { readonly data: Float64Array } {
  const features = preprocessing.encode(table, rows);
  return { shape: [features.rows, preprocessing.outputs], dtype: "float64", data: trees.output(features) };
}
