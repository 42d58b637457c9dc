import { checkOptions, refuse, wrongType } from "../../core/index.ts";
import type { Split, Table } from "../../tabular/index.ts";

const parts = ["train", "validation", "test"] as const;

/**
 * A split that was given.
 * @throws TypeError or RangeError if a part is missing, has a row that the table has not, or shares
 *   one with another part
 */
export function checkedSplit(table: Table, split: Split): Split {
  checkOptions("trainTable: split", split, parts);
  const owner = new Map<number, string>();
  for (const part of parts) {
    const rows: unknown = split[part];
    if (!(rows instanceof Int32Array)) {
      throw wrongType("trainTable", { option: `split.${part}` }, rows, "an Int32Array of positions in the table");
    }
    for (const row of rows) {
      if (row < 0 || row >= table.rows) {
        throw refuse("wrong-value", "trainTable", `split.${part} has row ${row}, the table has ${table.rows} rows`);
      }
      const other = owner.get(row);
      if (other !== undefined) {
        const where = other === part ? `split.${part} twice` : `split.${other} and in split.${part}`;
        throw refuse(
          "wrong-value",
          "trainTable",
          `row ${row} is in ${where}`,
          "scores of rows that were trained on say nothing",
        );
      }
      owner.set(row, part);
    }
  }
  return split;
}
