import { type Divide, type FunctionBuilder, type FunctionRef, i32, type ModuleBuilder } from "../../../wasm/index.ts";
import { advance, floatBytes, plus } from "../../matmul/gemm.problem.ts";
import { emitImages } from "../images.ts";
import type { MovingPlace } from "../place.ts";
import { type Axis, from, type Stretch, stretchesOf } from "./axis.ts";
import { type Panel, panelBytes, panelsOf, tileRows } from "./panels.ts";
import { longestRun } from "./tile.ts";
import { type SumWindows, sumWindowsFunction, type WindowSums } from "./window.ts";

/**
 * Sums over windows of pictures, with weights in panels (weights.ts). The input is read in place:
 * no patches are copied.
 */
interface Correlation {
  readonly images: number;
  readonly groups: number;
  /** Channels of a group, in the input and in the output. */
  readonly inputs: number;
  readonly outputs: number;
  /** Each output channel has its own input channel (depthwise); `inputs` is then 1. */
  readonly depthwise: boolean;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly x: MovingPlace;
  readonly y: MovingPlace;
  readonly panels: number;
  /** Address of the bias, if there is one. */
  readonly bias?: number;
  /** Address of the table of runs; a 1 x 1 kernel has none. */
  readonly table?: number;
  readonly fast: boolean;
}

/** The contiguous floats of a window. */
interface Runs {
  readonly length: number;
  /** The starts of the runs, in bytes from the window's pixel, kernel row by kernel row. */
  readonly starts: readonly number[];
  /**
   * Whether a run is a row of the kernel, of which tiles at the edges may skip the taps on zeros.
   */
  readonly clips: boolean;
}

/**
 * Shorter runs do not justify a loop: each of their floats is an entry of the table. No longer than
 * a piece.
 */
const shortestRun = longestRun + 1;

function runsOf({ rows, columns, inputs, x }: Pick<Correlation, "rows" | "columns" | "inputs" | "x">): Runs {
  const { taps } = columns;
  const sideBySide = inputs * floatBytes === x.pixel && taps.every(({ at }, i) => at === taps[0].at + i);
  const length = sideBySide ? inputs * taps.length : inputs;
  const count = rows.taps.length * (sideBySide ? 1 : taps.length);
  const single = count > 1 && length < shortestRun;
  const starts: number[] = [];
  for (const row of rows.taps) {
    for (const column of sideBySide ? taps.slice(0, 1) : taps) {
      const start = row.at * x.row + column.at * x.pixel;
      for (let i = 0; i < (single ? length : 1); i++) starts.push(start + i * floatBytes);
    }
  }
  return { length: single ? 1 : length, starts, clips: sideBySide && !single };
}

/** A single run that starts at the pixel needs no table. */
const needsTable = ({ starts }: Runs): boolean => starts.length > 1 || starts[0] !== 0;

/** Bytes of the table of runs. */
export function tableBytes(correlation: Pick<Correlation, "rows" | "columns" | "inputs" | "x">): number {
  return runsOf(correlation).starts.length * floatBytes;
}

/** Writes the code, in parts of some images each if there is much to do. The order of every sum depends on the sizes alone. */
export function emitCorrelation(
  f: FunctionBuilder,
  module: ModuleBuilder,
  correlation: Correlation,
  divide?: Divide | undefined,
): void {
  const { images, rows, columns, table = 0 } = correlation;
  const runs = runsOf(correlation);
  if (images === 0 || rows.outputs === 0 || columns.outputs === 0 || runs.starts.length === 0) return;
  if (needsTable(runs)) for (const [i, start] of runs.starts.entries()) f.storeI32(table, start, i * floatBytes);
  const planes = panelsOf(correlation.outputs).map((panel) => {
    return { panel, sum: planeFunction(module, correlation, runs, panel) };
  });
  const { groups, inputs, outputs } = correlation;
  const products = rows.outputs * columns.outputs * rows.taps.length * columns.taps.length * groups * inputs * outputs;
  emitImages(f, divide, images, products, (body, first, count) =>
    emitPlanes(body, { ...fromImage(correlation, first), images: count }, planes),
  );
}

type SumPlane = FunctionRef<readonly ["i32", "i32", "i32", "i32"], null>;

/** The correlation of the images from `first` on. */
const fromImage = (correlation: Correlation, first: number): Correlation => {
  const { x, y } = correlation;
  const moved = (place: MovingPlace) => ({ ...place, address: plus(place.address, first * place.image) });
  return { ...correlation, x: moved(x), y: moved(y) };
};

/** Calls the function of every panel for every image and group. */
function emitPlanes(
  f: FunctionBuilder,
  { images, groups, inputs, outputs, depthwise, rows, columns, x, y, panels, bias = 0 }: Correlation,
  planes: readonly { readonly panel: Panel; readonly sum: SumPlane }[],
): void {
  const steps = rows.taps.length * columns.taps.length * inputs;
  const [image, group, panelIn, panelAt, biasAt] = f.locals("i32", 5);
  const [imageOut, groupOut, panelOut, biasGroup] = f.locals("i32", 4);
  f.set(image, x.address);
  f.set(imageOut, plus(y.address, rows.first * y.row + columns.first * y.pixel));
  f.times(images, () => {
    f.set(group, image);
    f.set(groupOut, imageOut);
    f.set(panelAt, panels);
    f.set(biasGroup, bias);
    f.times(groups, () => {
      for (const { panel, sum } of planes) {
        f.set(panelIn, i32.add(group, depthwise ? panel.start : 0));
        f.set(panelOut, i32.add(groupOut, panel.start));
        f.set(biasAt, i32.add(biasGroup, panel.start));
        f.times(panel.count, () => {
          f.call(sum, panelIn, panelAt, panelOut, biasAt);
          if (depthwise) advance(f, panelIn, panelBytes(panel));
          advance(f, panelAt, steps * panelBytes(panel));
          advance(f, panelOut, panelBytes(panel));
          advance(f, biasAt, panelBytes(panel));
        });
      }
      advance(f, group, x.group);
      advance(f, groupOut, y.group);
      advance(f, biasGroup, outputs * floatBytes);
    });
    advance(f, image, x.image);
    advance(f, imageOut, y.image);
  });
}

/** A tile's code, and the offset of its weights in a kernel row of the panel, in bytes. */
interface Seen {
  readonly sum: SumWindows;
  readonly weights: number;
}

/** (image, panel of weights, image of the output, bias): one panel of one image. */
function planeFunction(module: ModuleBuilder, correlation: Correlation, runs: Runs, panel: Panel): SumPlane {
  const { rows, columns, inputs, depthwise, x, y, bias, table = 0, fast } = correlation;
  const [down, downOut] = [rows.stride * x.row, rows.step * y.row];
  const [across, acrossOut] = [columns.stride * x.pixel, columns.step * y.pixel];
  const width = tileRows(panel);
  const rest = columns.outputs % width;
  const whole = columns.outputs - rest;

  /** Tiles of some rows and columns of pixels, which use some of the kernel's columns. */
  const tileOf = (height: number, columnCount: number, { low, high }: Stretch): Seen => {
    const grid = (row: number, column: number, start = 0) =>
      Array.from(
        { length: height * columnCount },
        (_, i) => start + Math.floor(i / columnCount) * row + (i % columnCount) * column,
      );
    const { vectors, lanes } = panel;
    const seen = runs.clips ? high - low : columns.taps.length;
    const first = runs.clips ? low * inputs : 0;
    const sums: WindowSums = {
      from: grid(down, across, first * floatBytes),
      to: grid(downOut, acrossOut),
      vectors,
      lanes,
      run: runs.clips ? seen * inputs : runs.length,
      skip: (columns.taps.length - seen) * inputs,
      runs: runs.starts.length,
      table: needsTable(runs),
      bias: bias !== undefined,
      depthwise,
      fast,
    };
    return { sum: sumWindowsFunction(module, sums), weights: first * panelBytes(panel) };
  };
  const wholeTiles = stretchesOf({ ...columns, outputs: whole }, width).map((stretch) => ({
    count: stretch.outputs / width,
    tile: tileOf(1, width, stretch),
  }));
  // The remaining columns are processed several rows at a time.
  const [last] = rest > 0 ? stretchesOf(from(columns, whole), rest) : [];
  const band = rest > 0 ? Math.min(rows.outputs, Math.floor(width / rest)) : 0;
  const bandTile = last && tileOf(band, rest, last);
  const lastRows = rest > 0 ? rows.outputs % band : 0;
  const lastTile = last && lastRows > 0 ? tileOf(lastRows, rest, last) : undefined;

  const runsPerRow = runs.starts.length / rows.taps.length;
  const rowOfWeights = columns.taps.length * inputs * panelBytes(panel);
  const entry = (tap: number) => table + tap * runsPerRow * floatBytes;
  return module.function("convolutionPlane", ["i32", "i32", "i32", "i32"], (f, image, weights, imageOut, biasAt) => {
    const [row, rowOut, pixel, pixelOut] = f.locals("i32", 4);
    const call = (tile: Seen, { low, high }: Stretch) => {
      const at = plus(weights, low * rowOfWeights + tile.weights);
      f.call(tile.sum, pixel, at, pixelOut, biasAt, entry(low), entry(high));
    };
    if (wholeTiles.length > 0) {
      f.set(row, image);
      f.set(rowOut, imageOut);
      for (const stretch of stretchesOf(rows)) {
        f.times(stretch.outputs, () => {
          f.set(pixel, row);
          f.set(pixelOut, rowOut);
          for (const { count, tile } of wholeTiles) {
            f.times(count, () => {
              call(tile, stretch);
              advance(f, pixel, width * across);
              advance(f, pixelOut, width * acrossOut);
            });
          }
          advance(f, row, down);
          advance(f, rowOut, downOut);
        });
      }
    }
    if (bandTile === undefined) return;
    f.set(pixel, i32.add(image, whole * across));
    f.set(pixelOut, i32.add(imageOut, whole * acrossOut));
    const bands = (tile: Seen, axis: Axis, height: number) => {
      for (const stretch of stretchesOf(axis, height)) {
        f.times(stretch.outputs / height, () => {
          call(tile, stretch);
          advance(f, pixel, height * down);
          advance(f, pixelOut, height * downOut);
        });
      }
    };
    bands(bandTile, rows, band);
    if (lastTile !== undefined) bands(lastTile, from(rows, rows.outputs - lastRows), lastRows);
  });
}
