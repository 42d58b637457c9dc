import { refuse, resolveOptions } from "../../core/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { Storage } from "../../tensor/storage.ts";
import { checkRows, checkStructure, columnOf } from "../schema/columns.ts";
import type { Schema } from "../schema/schema.ts";
import { nullSpellings } from "../schema/values/nulls.ts";
import { numbersIn, type TableSummary } from "../summary/columnSummary.ts";
import type { Table } from "../table/table.ts";
import type { Encoding } from "./encoding.ts";
import { fitEncodings } from "./fitEncoding.ts";
import { checkArguments, FittedPreprocessing, isEmbedded } from "./fittedPreprocessing.ts";
import { inputNames } from "./inputNames.ts";
import { readPreprocessing } from "./preprocessingJson.ts";
import { preprocessingOptions, type ResolvedPreprocessing } from "./preprocessingOptions.ts";
import type { PreprocessingOptions } from "./preprocessingOptions.types.ts";
import { encodeTarget, fitTarget } from "./target/target.ts";

/** What a network gets. */
export interface TableInputs {
  /** [n, features] float32 */
  readonly x: Tensor;
  /** [n, embeddings] int32; only where there are embeddings. */
  readonly codes?: Tensor;
}

/**
 * From the columns of a table to the tensors of a network, and back to the target's own unit. All
 * that it knows comes from the training rows: medians for missing values, means, scales,
 * categories.
 *
 * @example
 * const preprocessing = Preprocessing.fit(table, schema, split.train, { scale: "robust" });
 * const { x } = preprocessing.inputs(table, split.test);
 */
export class Preprocessing extends FittedPreprocessing {
  /**
   * Learns from `rows`, the training rows, and from no others.
   * @param exact what is known of all training rows, where `rows` are a sample: all but quantiles
   *   comes from it
   * @throws TypeError if an argument is of the wrong kind
   * @throws RangeError if there are no rows or no features, or a value is not of its column's kind
   */
  static fit(
    table: Table,
    schema: Schema,
    rows: Int32Array,
    options: PreprocessingOptions = {},
    exact?: TableSummary,
  ): Preprocessing {
    checkStructure("Preprocessing.fit", table);
    checkRows("Preprocessing.fit", table, rows);
    const how: ResolvedPreprocessing = resolveOptions("Preprocessing.fit", options, preprocessingOptions);
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
    const { nulls = nullSpellings } = schema;
    const columns = features.map((reading) => ({
      column: columnOf(table, reading.name),
      reading: { ...reading, nulls },
    }));
    const fitted = fitEncodings(columns, rows, how, exact);
    // Where nothing would be left to predict from, what is constant or rare is kept.
    const inputs = hasNoInputs(fitted)
      ? fitEncodings(columns, rows, { ...how, dropConstant: false, rareBelow: 1 }, exact)
      : fitted;
    if (hasNoInputs(inputs)) {
      throw refuse("wrong-value", "Preprocessing.fit", "the features have no values in the training rows");
    }
    const target = columnOf(table, schema.target);
    const ofTarget = numbersIn(exact?.get(schema.target));
    const encoded = fitTarget(target, schema, rows, how.target, how.clampPredictions, ofTarget);
    return new Preprocessing(inputs, encoded, nulls);
  }

  /** {@link encode} as tensors. @throws what it throws */
  inputs(table: Table, rows?: Int32Array): TableInputs {
    const encoded = this.encodeFor("Preprocessing.inputs", table, rows);
    const n = rows?.length ?? table.rows;
    const x = new Tensor(new Storage(encoded.x), [n, this.features.length], "float32");
    if (encoded.codes === undefined) return { x };
    return { x, codes: new Tensor(new Storage(encoded.codes), [n, this.embeddings.length], "int32") };
  }

  /**
   * What the network should say of the rows: [n, 1] float32, transformed, for regression; [n, 1]
   * float32 of 0 and 1 for binary; [n] int32 for multiclass.
   * @throws RangeError naming the row if its target is missing, infinite, no class, or has no
   *   logarithm where one is taken
   */
  targets(table: Table, rows?: Int32Array): Tensor {
    checkArguments("Preprocessing.targets", table, rows);
    const { target, nulls } = this.toJSON();
    return encodeTarget(columnOf(table, target.column), target, nulls, rows);
  }

  /**
   * A preprocessing that was saved: `Preprocessing.fromJSON(model.preprocessing.toJSON())`. What is
   * given may come from anywhere: all of it is checked.
   * @throws TypeError or RangeError saying what is wrong where
   */
  static override fromJSON(json: unknown): Preprocessing {
    const { inputs, target, nulls } = readPreprocessing(json);
    return new Preprocessing(inputs, target, nulls);
  }
}

function hasNoInputs(inputs: readonly Encoding[]): boolean {
  return inputs.every((encoding) => !isEmbedded(encoding) && inputNames(encoding).length === 0);
}
