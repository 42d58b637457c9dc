import asciichart from "asciichart";
import { scoreText } from "../shell/figures.ts";
import type { Colors } from "../shell/terminal.ts";

export interface Curve {
  readonly label: string;
  /** One value per epoch; all curves have the same length, at least 2. */
  readonly values: readonly number[];
  readonly color: "cyan" | "yellow" | "green" | "magenta" | "red";
}

interface ChartOptions {
  readonly colors: Colors;
  /** Larger values are drawn at the top edge. */
  readonly top: number;
  /** The lowest value on the axis, above 0; smaller values are drawn there. */
  readonly bottom: number;
}

const columns = 70;
const rows = 14;
const labelWidth = 6;
/** The width of a drawing. */
export const drawnWidth = labelWidth + columns + 3;
const reset = "\x1b[0m";

/**
 * Draws curves over epochs on a logarithmic scale, with axis labels and a legend, within 80
 * columns. Without colours every curve is drawn with its own letter.
 */
export function drawCurves(curves: readonly Curve[], { colors, top, bottom }: ChartOptions): string {
  const epochs = curves[0].values.length;
  const logs = curves.map(({ values }) =>
    resample(values, columns).map((value) => Math.log(Math.max(bottom, Math.min(value, top)))),
  );
  // asciichart puts each cell between a colour and a reset. A number in place of the colour
  // identifies the curve of the cell.
  const plot = asciichart.plot(logs, {
    height: rows,
    offset: 2,
    min: Math.log(bottom),
    max: Math.log(top),
    colors: curves.map((_, index) => `<${index}>`),
    format: (value) => scoreText(Math.exp(value)).padStart(labelWidth),
  });
  const drawing = plot.replaceAll(reset, "").replace(/<(\d+)>(.)/gu, (_, index: string, cell: string) => {
    const { color } = curves[Number(index)];
    return colors.isColorSupported ? colors[color](cell) : letterOf(Number(index));
  });
  const legend = curves.map(({ label, color }, index) =>
    colors.isColorSupported ? `${colors[color]("──")} ${label}` : `${letterOf(index)} ${label}`,
  );
  const indent = " ".repeat(labelWidth + 2);
  return [drawing, axis(epochs), ...legend.map((line) => indent + line)].join("\n");
}

function letterOf(index: number): string {
  return String.fromCharCode("a".charCodeAt(0) + index);
}

/** Interpolates linearly to `count` values, one per column. */
function resample(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const position = (i * (values.length - 1)) / (count - 1);
    const before = Math.floor(position);
    const after = Math.min(before + 1, values.length - 1);
    return values[before] + (position - before) * (values[after] - values[before]);
  });
}

/** The epochs below the drawing: the first, the last and some between. */
function axis(epochs: number): string {
  const ticks = Math.min(5, epochs);
  const line = Array.from({ length: columns }, () => "─");
  const text = Array.from({ length: columns + 3 }, () => " ");
  for (let tick = 0; tick < ticks; tick++) {
    const epoch = Math.round(1 + (tick * (epochs - 1)) / (ticks - 1));
    const column = Math.round(((epoch - 1) * (columns - 1)) / (epochs - 1));
    line[column] = "┬";
    const label = String(epoch);
    const start = Math.max(0, column - Math.floor(label.length / 2));
    for (let i = 0; i < label.length; i++) text[start + i] = label[i];
  }
  const indent = " ".repeat(labelWidth);
  return `${indent}${line.join("")}\n${indent}${text.join("").trimEnd()}\n${indent}epoch`;
}
