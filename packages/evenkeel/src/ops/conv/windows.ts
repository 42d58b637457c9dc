import type { Shape, TypedArray } from "../../core/index.ts";

/** Windows that slide over the spatial dimensions of an array, and their values as columns. */

/** One entry per spatial dimension. */
export interface WindowAttrs {
  readonly stride: readonly number[];
  /** Implicit zeros around the array. */
  readonly padding: readonly (readonly [before: number, after: number])[];
  readonly dilation: readonly number[];
}

/** The number of window positions along each dimension; below 1 if the window does not fit. */
export function windowCounts(size: Shape, kernel: Shape, { stride, padding, dilation }: WindowAttrs): number[] {
  return size.map((n, i) => {
    const [before, after] = padding[i];
    return Math.floor((n + before + after - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1;
  });
}

/** Windows over some channels, in three spatial dimensions: missing ones have size 1. */
export interface Windows {
  readonly channels: number;
  readonly size: Triple;
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  readonly before: Triple;
  /** The number of windows along each dimension. */
  readonly counts: Triple;
}

type Triple = readonly [depth: number, height: number, width: number];

export function windowsOf(channels: number, size: Shape, kernel: Shape, counts: Shape, attrs: WindowAttrs): Windows {
  const triple = (values: readonly number[], missing: number) =>
    [...new Array<number>(3 - values.length).fill(missing), ...values] as unknown as Triple;
  return {
    channels,
    size: triple(size, 1),
    kernel: triple(kernel, 1),
    stride: triple(attrs.stride, 1),
    dilation: triple(attrs.dilation, 1),
    before: triple(
      attrs.padding.map(([before]) => before),
      0,
    ),
    counts: triple(counts, 1),
  };
}

/** Values in one column: those of a window in all channels. */
export const columnLength = ({ channels, kernel: [depth, height, width] }: Windows) =>
  channels * depth * height * width;

/** The number of doubles in a block of columns, which fits the L2 cache. */
const blockLength = 1 << 15;

/** Lines of windows (along the last dimension) in a block. */
function linesPerBlock(windows: Windows): number {
  const [depth, height, width] = windows.counts;
  const line = Math.max(columnLength(windows) * width, 1);
  return Math.max(1, Math.min(depth * height, Math.floor(blockLength / line)));
}

/** Windows in a block, at most. */
export const blockWidth = (windows: Windows) => linesPerBlock(windows) * windows.counts[2];

/**
 * Splits the lines of windows into blocks: the first line, the one after the last, and the number
 * of windows.
 */
export function forEachBlock(windows: Windows, visit: (from: number, to: number, width: number) => void): void {
  const [depth, height, width] = windows.counts;
  const step = linesPerBlock(windows);
  for (let from = 0; from < depth * height; from += step) {
    const to = Math.min(from + step, depth * height);
    visit(from, to, (to - from) * width);
  }
}

/**
 * Visits the values of the windows of lines `from` to `to`, a run at a time: the values of windows
 * `first` to `last` (excluded) of one line at one kernel position. `column` is the start of the
 * line in the columns, [columnLength, windows]; `at` is the position of window 0's value in the
 * array. The run is empty if the line is outside of the array.
 */
function forEachRun(
  { channels, size, kernel, stride, dilation, before, counts }: Windows,
  from: number,
  to: number,
  visit: (column: number, first: number, last: number, at: number) => void,
): void {
  const [depth, height, width] = size;
  const [, rows, columns] = counts;
  let column = 0;
  for (let c = 0; c < channels; c++) {
    for (let kd = 0; kd < kernel[0]; kd++) {
      for (let kh = 0; kh < kernel[1]; kh++) {
        for (let kw = 0; kw < kernel[2]; kw++) {
          const shift = kw * dilation[2] - before[2];
          const first = Math.min(columns, Math.max(0, Math.ceil(-shift / stride[2])));
          const last = Math.max(first, Math.min(columns, Math.floor((width - 1 - shift) / stride[2]) + 1));
          for (let line = from; line < to; line++, column += columns) {
            const d = Math.floor(line / rows) * stride[0] + kd * dilation[0] - before[0];
            const h = (line % rows) * stride[1] + kh * dilation[1] - before[1];
            if (d < 0 || d >= depth || h < 0 || h >= height) visit(column, 0, 0, 0);
            else visit(column, first, last, ((c * depth + d) * height + h) * width + shift);
          }
        }
      }
    }
  }
}

/** Writes the values of the windows of `x`, from `start` on, into columns; zeros outside of it. */
export function gatherColumns(
  x: TypedArray,
  start: number,
  windows: Windows,
  from: number,
  to: number,
  columns: Float64Array,
): void {
  const step = windows.stride[2];
  const length = windows.counts[2];
  forEachRun(windows, from, to, (column, first, last, at) => {
    for (let i = 0; i < first; i++) columns[column + i] = 0;
    let place = start + at + first * step;
    for (let i = first; i < last; i++, place += step) columns[column + i] = x[place];
    for (let i = last; i < length; i++) columns[column + i] = 0;
  });
}

/**
 * The transpose of {@link gatherColumns}: adds the columns to `x` at the positions of the windows.
 */
export function scatterColumns(
  columns: Float64Array,
  windows: Windows,
  from: number,
  to: number,
  x: Float64Array,
  start: number,
): void {
  const step = windows.stride[2];
  forEachRun(windows, from, to, (column, first, last, at) => {
    let place = start + at + first * step;
    for (let i = first; i < last; i++, place += step) x[place] += columns[column + i];
  });
}
