import type { Tensor } from "evenkeel";
import {
  assertTable,
  type Finding,
  Preprocessing,
  type Schema,
  type Split,
  settleRareClasses,
  splitRows,
  type Table,
} from "evenkeel/tabular";
import type { MeaningOptions } from "../../../cli/src/tables/meaning.ts";
import type { PictureKit } from "../pictures/kit.ts";
import type { Setup } from "../state/setup.ts";

/** What a network is given of some rows, and what it should say: [n, features], or [n, channels, height, width], and the target. */
export type Rows = readonly [x: Tensor, y: Tensor];

/** A table as a network learns from it. Everything but the table's rows follows from the training rows. */
export interface PreparedRows {
  readonly table: Table;
  /** What the owner of the table says about its columns. */
  readonly meaning?: MeaningOptions;
  /** What is done in another way if the rows are pictures. */
  readonly pictures?: PictureKit;
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  readonly split: Split;
  readonly preprocessing: Preprocessing;
  readonly train: Rows;
  /** At most {@link mostHeldOut} of the validation rows: errors are drawn of them many times a second. */
  readonly heldOut: Rows;
  /** The target of the held-out rows in its own unit, or the position of the class. */
  readonly truth: Float64Array;
}

/** A table with what is found out of it before a seed splits it. */
export type SettledTable = Pick<PreparedRows, "table" | "meaning" | "schema" | "findings">;

/** What "Break it" changes of a table. */
export type TableSettings = Pick<Setup, "times" | "constant">;

/** The settings that the rows of a table depend on. */
export type RowSettings = TableSettings & Pick<Setup, "seed" | "scale">;

/** Errors over more rows would move no curve by a pixel, and hold up the training. */
export const mostHeldOut = 1024;

/** The name of the column that "a constant column" adds. */
export const constantColumn = "always 1";

/**
 * Reads a table by the rules of the command: schema, rare classes and check are those of `trainTable`.
 * @throws TableError listing what is wrong with the table
 * @throws RangeError or TypeError if the target is no column that can be predicted
 */
export function settleTable(
  given: Table,
  target: string,
  settings: TableSettings,
  meaning: MeaningOptions = {},
): SettledTable {
  const { table, schema, findings } = settleRareClasses(changed(given, settings), { target, ...meaning }, undefined);
  return { table, meaning, schema, findings: [...findings, ...assertTable(table, schema)] };
}

/**
 * Splits and encodes a table by the rules of the command. Pictures are prepared by `preparePictures`.
 * @param settled the table as {@link settleTable} found it, where it was found before
 * @throws what {@link settleTable} throws
 */
export function prepareRows(
  given: Table,
  target: string,
  settings: RowSettings,
  settled: SettledTable = settleTable(given, target, settings),
): PreparedRows {
  const { seed, scale } = settings;
  const { table, meaning, schema, findings } = settled;
  const split = splitRows(table, schema, { seed });
  // One input for each category: what is drawn of a layer's inputs then has a name.
  const preprocessing = Preprocessing.fit(table, schema, split.train, {
    scale: scale === "raw" ? "none" : "zscore",
    embedAbove: Number.MAX_SAFE_INTEGER,
  });
  const rows = (places: Int32Array): Rows => [
    preprocessing.inputs(table, places).x,
    preprocessing.targets(table, places),
  ];
  const held = split.validation.slice(0, mostHeldOut);
  return {
    ...{ table, schema, findings, split, preprocessing },
    ...(meaning && { meaning }),
    train: rows(split.train),
    heldOut: rows(held),
    truth: preprocessing.truth(table, held),
  };
}

/** The table with what "Break it" changes of it. */
export function changed(table: Table, { times, constant }: TableSettings): Table {
  const columns = table.columns.map((column) => {
    if (column.name !== times || column.type !== "number") return column;
    return { ...column, values: column.values.map((value) => value * 1e6) };
  });
  if (!constant) return { ...table, columns };
  const ones = { name: constantColumn, type: "number" as const, values: new Float64Array(table.rows).fill(1) };
  return { ...table, columns: [...columns.filter(({ name }) => name !== constantColumn), ones] };
}

/** The columns that "a column multiplied by a million" can be: numbers, but not the target. */
export function numberColumns(table: Table, target: string): string[] {
  return table.columns.filter(({ name, type }) => type === "number" && name !== target).map(({ name }) => name);
}
