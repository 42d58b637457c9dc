import type { TextColumn } from "evenkeel/tabular";

/** Drops texts that no row has, and numbers the rest by first appearance again. */
export function compacted(column: TextColumn): TextColumn {
  const renumbered = new Int32Array(column.dictionary.length).fill(-1);
  const dictionary: string[] = [];
  const codes = column.codes.map((code) => {
    if (code < 0) return -1;
    if (renumbered[code] < 0) renumbered[code] = dictionary.push(column.dictionary[code]) - 1;
    return renumbered[code];
  });
  return { ...column, codes, dictionary };
}
