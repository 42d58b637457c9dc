import type { Colours } from "./colours.ts";
import { opacityOf } from "./shade.ts";

/** A cell of a grid: its text, and how strong it is shaded. */
export interface Cell {
  readonly text: string;
  /** From 0 to 1. */
  readonly share: number;
  readonly isCrossed?: boolean;
}

/** A grid of shaded cells, such as a strip of learning rates or a confusion matrix. */
export interface CellGrid {
  /** What the columns are. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly Cell[] }[];
}

const [cellWidth, cellHeight, columnLine] = [64, 40, 22];
const font = "12px system-ui, sans-serif";

/** The grid as a drawing; on the page it is made of elements. */
export function drawCells({ label, columns, rows }: CellGrid, colours: Colours, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.font = font;
  const labelWidth = 12 + Math.max(0, ...rows.map(({ label }) => context.measureText(label).width));
  canvas.width = Math.ceil(ratio * (labelWidth + cellWidth * columns.length + 1));
  canvas.height = Math.ceil(ratio * (cellHeight * rows.length + 2 * columnLine));
  context.scale(ratio, ratio);
  context.font = font;
  context.textBaseline = "middle";
  context.strokeStyle = colours.line;
  for (const [i, row] of rows.entries()) {
    const top = i * cellHeight;
    context.textAlign = "left";
    context.fillStyle = colours.text;
    context.fillText(row.label, 0, top + cellHeight / 2);
    for (const [j, cell] of row.cells.entries()) drawCell(context, cell, colours, labelWidth + j * cellWidth, top);
  }
  context.textAlign = "center";
  context.fillStyle = colours.quiet;
  const below = cellHeight * rows.length + columnLine / 2;
  for (const [j, column] of columns.entries()) {
    context.fillText(column, labelWidth + (j + 0.5) * cellWidth, below, cellWidth - 4);
  }
  context.fillText(label, labelWidth + (columns.length * cellWidth) / 2, below + columnLine);
  return canvas;
}

function drawCell(
  context: CanvasRenderingContext2D,
  { text, share, isCrossed }: Cell,
  colours: Colours,
  left: number,
  top: number,
): void {
  context.globalAlpha = opacityOf(share);
  context.fillStyle = colours.good;
  context.fillRect(left, top, cellWidth, cellHeight);
  context.globalAlpha = 1;
  context.strokeStyle = colours.line;
  context.strokeRect(left + 0.5, top + 0.5, cellWidth - 1, cellHeight - 1);
  context.textAlign = "center";
  context.fillStyle = isCrossed ? colours.error : colours.text;
  context.fillText(isCrossed ? "×" : text, left + cellWidth / 2, top + cellHeight / 2, cellWidth - 6);
}
