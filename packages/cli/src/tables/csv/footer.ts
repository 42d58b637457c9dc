import { type Column, isTotalWord } from "evenkeel/tabular";
import { noteWithFlag, type ReadNote } from "../readError.ts";

/** A note where the last row looks like a total of the others. */
export function totalNote(name: string, columns: readonly Column[], rows: number, line: number): ReadNote[] {
  if (rows < 3) return [];
  for (const column of columns) {
    if (column.type !== "text") continue;
    const { codes, dictionary } = column;
    const code = codes[rows - 1];
    // A text that other rows have too is a category of theirs.
    if (code < 0 || !isTotalWord(dictionary[code]) || codes.indexOf(code) < rows - 1) continue;
    const statement = `${name}, line ${line}: ${JSON.stringify(dictionary[code])} in the last row looks like a total`;
    const note = { severity: "warning", code: "total", column: column.name, row: rows - 1 } as const;
    return [noteWithFlag(note, statement, "--skip-footer 1 leaves it out")];
  }
  return [];
}
