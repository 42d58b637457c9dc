import { encodeForTrees } from "../boosting/treeEncoding.ts";
import type { TreePreprocessing } from "../boosting/treePreprocessing.ts";
import { columnOf } from "../schema/columns.ts";
import { datesOf, textsOf } from "../schema/read.ts";
import type { Table } from "../table/table.ts";
import type { Unfamiliar } from "./unfamiliar.ts";

const mostExamples = 5;

/**
 * The columns in which rows have no value, or a category that the trees do not know, which they take
 * for a missing one. Numbers beyond those of the training rows are in the outermost bins: a tree
 * predicts nothing there that it was not taught.
 *
 * @throws RangeError if a column is missing, or a value is not of its column's kind
 */
export function unfamiliarToTrees(preprocessing: TreePreprocessing, table: Table): Unfamiliar[] {
  const { inputs, nulls } = preprocessing.toJSON();
  return inputs
    .map((encoding): Unfamiliar => {
      const column = columnOf(table, encoding.column);
      const of = { column: encoding.column, unknown: 0, examples: [] };
      if (encoding.kind === "date") return { ...of, missing: countMissing(datesOf(column, { ...encoding, nulls })) };
      if (encoding.kind !== "category") {
        return { ...of, missing: countMissing(encodeForTrees(encoding, column, nulls, undefined)[0]) };
      }
      const { codes, dictionary } = textsOf(column, { nulls, notNull: encoding.categories });
      const known = new Set(encoding.categories);
      const examples = new Set<string>();
      let missing = 0;
      let unknown = 0;
      for (const code of codes) {
        if (code < 0) missing++;
        else if (!known.has(dictionary[code])) {
          unknown++;
          if (examples.size < mostExamples) examples.add(dictionary[code]);
        }
      }
      return { ...of, missing, unknown, examples: [...examples] };
    })
    .filter(({ missing, unknown }) => missing + unknown > 0);
}

function countMissing(values: Float64Array): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) missing++;
  return missing;
}
