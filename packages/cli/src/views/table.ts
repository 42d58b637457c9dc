import Table from "cli-table3";
import { printable } from "../shell/printed.ts";
import type { Colors } from "../shell/terminal.ts";

const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", right: "" };
const bottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };
const looks = {
  chars: { ...none, ...bottom, "left-mid": "", mid: "─", "mid-mid": "──", "right-mid": "", middle: "  " },
  style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
};

/**
 * A table with a rule below its head and no other lines; the first columns are text, the others
 * figures.
 */
export function newTable(colors: Colors, head: readonly string[], textColumns = 1) {
  return new Table({
    head: head.map((cell) => colors.bold(cell)),
    colAligns: head.map((_, index) => (index < textColumns ? "left" : "right")),
    ...looks,
  });
}

/** cli-table3 takes time that grows with the square of the rows. */
const rowsAtOnce = 100;

/** The same with columns of given widths and two spaces between them; longer cells are cut. */
export function fixedTable(
  colors: Colors,
  head: readonly string[],
  widths: readonly number[],
  rows: readonly (readonly string[])[],
  { figures = 0 }: { readonly figures?: number | undefined } = {},
): string {
  const parts: string[] = [];
  for (let start = 0; start === 0 || start < rows.length; start += rowsAtOnce) {
    const table = new Table({
      head: start > 0 ? [] : head.map((cell) => colors.bold(cell)),
      colWidths: [...widths],
      colAligns: head.map((_, index) => (index < head.length - figures ? "left" : "right")),
      wordWrap: false,
      ...looks,
    });
    table.push(...rows.slice(start, start + rowsAtOnce).map((row) => [...row]));
    parts.push(table.toString());
  }
  return parts.join("\n");
}

/** A text that is safe for a terminal, cut to this length. */
export function cut(text: string, length: number): string {
  const plain = printable(text);
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}
