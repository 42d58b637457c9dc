import { refuse } from "../../core/index.ts";
import { log } from "../../core/math/portableMath.ts";
import type { Seed } from "../../random/index.ts";
import type { TargetEncoding } from "../encoding/encoding.ts";
import { sortedTexts } from "../encoding/target/targetClasses.ts";
import { columnOf, shorten } from "../schema/columns.ts";
import { datesOf, type Reading, textsOf } from "../schema/read.ts";
import type { ColumnSchema } from "../schema/schema.ts";
import type { Column, Table } from "../table/table.ts";
import { type Boosting, type BoostingStep, finish, growing, prepareBoosting } from "./boosting.ts";
import { resolveBoosting } from "./boostingOptions.ts";
import type { BoostingOptions } from "./boostingOptions.types.ts";
import { datePart, encodeForTrees, type TreeEncoding, treeDateParts } from "./treeEncoding.ts";
import { TreePreprocessing } from "./treePreprocessing.ts";

/** A column that trees may ask for: what it is, and how its texts are read. */
export type TreeColumn = Pick<ColumnSchema, "name" | "kind" | "numbers" | "dates" | "notNull">;

/** Trees, and what they need to read a table. */
export interface FittedTrees extends Boosting {
  readonly preprocessing: TreePreprocessing;
}

/**
 * Boosts trees on rows of a table. A column of more categories than bins keeps the commonest ones of
 * these rows; the others count as missing.
 *
 * @param target what is predicted; of a regression, `log` says that its logarithm is
 * @throws RangeError if a value is not of its column's kind, or infinite
 */
export function fitTrees(...given: Parameters<typeof fittingTrees>): FittedTrees {
  return finish(fittingTrees(...given));
}

/** {@link fitTrees}, which stops after each iteration; it ends there if it is told `true`. */
export function* fittingTrees(
  table: Table,
  columns: readonly TreeColumn[],
  target: TargetEncoding,
  nulls: readonly string[],
  rows: Int32Array,
  options: BoostingOptions,
  seed: Seed,
): Generator<BoostingStep, FittedTrees, boolean | undefined> {
  const { maxBins } = resolveBoosting(options);
  const inputs = columns.map((column) => fitTreeEncoding(columnOf(table, column.name), column, nulls, rows, maxBins));
  // Trees are fitted in the target's own unit, and need no limits: leaves are means of it.
  const unscaled = target.task === "regression" ? { ...target, mean: 0, std: 1, clamp: false } : target;
  const preprocessing = new TreePreprocessing(inputs, unscaled, nulls);
  const { task, classes } = preprocessing;
  // One at a time, of a date too: all of them would need much memory.
  function* columnByColumn() {
    for (const input of inputs) {
      const features = input.kind === "date" ? input.parts.map((part) => ({ ...input, parts: [part] })) : [input];
      for (const one of features) yield* encodeForTrees(one, columnOf(table, input.column), nulls, rows);
    }
  }
  // In a function of its own, so that the features are let go once they are bins.
  const prepared = () => {
    const own = preprocessing.truth(table, rows);
    const truth = target.task === "regression" && target.log ? own.map(log) : own;
    const features = { rows: rows.length, columns: columnByColumn(), categories: preprocessing.categories };
    return prepareBoosting(features, { task, classes: classes?.length, truth }, options, seed);
  };
  return { preprocessing, ...(yield* growing(prepared())) };
}

/** Of a date only the parts that vary among the rows. */
function fitTreeEncoding(
  column: Column,
  { name, kind, numbers, dates, notNull }: TreeColumn,
  nulls: readonly string[],
  rows: Int32Array,
  maxBins: number,
): TreeEncoding {
  switch (kind) {
    case "numeric":
      return { kind, column: name, ...(numbers && { numbers }) };
    case "boolean":
      return { kind, column: name };
    case "category":
      return { kind, column: name, categories: commonest(column, { nulls, notNull }, rows, maxBins) };
    case "date": {
      const times = datesOf(column, { nulls, dates }, rows).filter((time) => !Number.isNaN(time));
      const parts = treeDateParts.filter((part) => {
        const first = datePart(part, times[0] ?? Number.NaN);
        return times.some((time) => datePart(part, time) !== first);
      });
      return { kind, column: name, ...(dates !== undefined && { dates }), parts };
    }
    case "text":
      throw refuse("wrong-value", "", `column ${shorten(name)} is text, which is no feature`, undefined, {
        column: name,
      });
    default:
      return kind satisfies never;
  }
}

/** The commonest texts of the rows, sorted by code point; of those as common, the first. */
function commonest(column: Column, reading: Reading, rows: Int32Array, most: number): readonly string[] {
  const texts = sortedTexts(column, reading, rows);
  if (texts.length <= most) return texts;
  const { codes, dictionary } = textsOf(column, reading, rows);
  const counts = new Map<string, number>();
  for (const code of codes) if (code >= 0) counts.set(dictionary[code], (counts.get(dictionary[code]) ?? 0) + 1);
  const byCount = texts.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  const kept = new Set(byCount.slice(0, most));
  return texts.filter((text) => kept.has(text));
}
