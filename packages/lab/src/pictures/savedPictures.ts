import type { PreparedRows } from "../training/rows.ts";
import { digitOf, levelsOf } from "./digits.ts";

/** The file that both programs read where the rows are pictures. */
export interface SavedPictures {
  /** For each picture its pixels, row by row, as hexadecimal digits: 0 is paper, f is ink. */
  readonly pictures: readonly string[];
  /** Which digit each shows. */
  readonly digits: readonly number[];
  /** The pictures that the networks are trained on, and those whose error is drawn. */
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

export function savedPictures({ table, split }: Pick<PreparedRows, "table" | "split">): SavedPictures {
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  return {
    pictures: rows.map((row) => Array.from(levelsOf(table, row), (level) => level.toString(16)).join("")),
    digits: rows.map((row) => Number(digitOf(table, row))),
    ...{ train: [...split.train], heldOut: [...split.validation] },
  };
}
