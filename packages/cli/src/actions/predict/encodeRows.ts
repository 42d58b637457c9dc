import Papa from "papaparse";
import { plainJson } from "../../shell/printed.ts";
import type { Cell, OutputColumn } from "./outputColumns.ts";
import type { PredictedBlock } from "./predictBlocks.ts";
import type { RowMark } from "./rowMarks.ts";

export const textFormats = ["csv", "json", "ndjson"] as const;
export type TextFormat = (typeof textFormats)[number];

interface EncodeOptions {
  /** What objects say besides, which CSV does not. */
  readonly marks?: readonly RowMark[];
  /** Whether CSV is written so that spreadsheets take no text for a formula. */
  readonly safe?: boolean;
}

/** The text of all blocks, a piece for each: CSV, one JSON list of objects, or an object a line. */
export async function* encodeRows(
  format: TextFormat,
  columns: readonly OutputColumn[],
  blocks: AsyncIterable<PredictedBlock>,
  { marks = [], safe = false }: EncodeOptions = {},
): AsyncGenerator<string> {
  const csv = (rows: readonly (readonly Cell[])[]) => csvText(rows, safe);
  // Given with the first rows: nothing is written if they cannot be predicted.
  let before = format === "csv" ? csv([columns.map(({ name }) => name)]) : format === "json" ? "[" : "";
  const keys = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  let some = false;
  for await (const block of blocks) {
    const rows = Array.from({ length: block.rows.length }, (_, i) => columns.map((column) => column.cell(block, i)));
    if (format === "csv") yield before + csv(rows.map((cells) => cells.map(visible)));
    else {
      const objects = rows.map((cells, i) => {
        const fields = cells.map((cell, k) => keys[k] + JSON.stringify(cell));
        for (const { name, mark } of marks) {
          const said = mark(block, i);
          if (said !== undefined) fields.push(`${JSON.stringify(name)}:${JSON.stringify(said)}`);
        }
        return `{${fields.join(",")}}`;
      });
      yield plainJson(format === "ndjson" ? `${objects.join("\n")}\n` : `${before}\n${objects.join(",\n")}`);
    }
    before = format === "json" ? "," : "";
    some = true;
  }
  if (!some) yield before;
  if (format === "json") yield some ? "\n]\n" : "]\n";
}

/** A line of one empty field would be taken for no row at all; other missing values are empty. */
function visible(cell: Cell): Cell {
  return typeof cell === "number" && Number.isNaN(cell) ? "NaN" : cell;
}

/** Texts that begin like a formula and are no number. */
const formula = /^(?![-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$)[=+\-@\t\r]/i;

function csvText(rows: readonly (readonly Cell[])[], safe: boolean): string {
  return `${Papa.unparse(rows as Cell[][], { newline: "\n", escapeFormulae: safe && formula })}\n`;
}
