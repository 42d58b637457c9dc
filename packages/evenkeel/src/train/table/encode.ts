import type { Preprocessing, Table } from "../../tabular/index.ts";
import type { Rows } from "./trainer.ts";

/** Rows as inputs and target of a network. */
export function encode(preprocessing: Preprocessing, table: Table, rows: Int32Array): Rows {
  const { x, codes } = preprocessing.inputs(table, rows);
  const y = preprocessing.targets(table, rows);
  return codes === undefined ? [x, y] : [x, codes, y];
}
