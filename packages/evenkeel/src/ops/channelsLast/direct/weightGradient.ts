import {
  type Divide,
  type FunctionBuilder,
  type FunctionRef,
  f32x4,
  type I32,
  i32,
  type ModuleBuilder,
  sharesOf,
  v128,
} from "../../../wasm/index.ts";
import { advance, floatBytes, vectorBytes, worthParts } from "../../matmul/gemm.problem.ts";
import { registers } from "../../matmul/gemm.tiles.ts";
import type { MovingPlace } from "../place.ts";
import type { Axis } from "./axis.ts";
import { panelBytes, panelsOf, tileRows } from "./panels.ts";
import { inPieces, startSums, stepTile, sumsOf, type Tile } from "./tile.ts";

/** For each kernel position and input channel, sums of input times dy over pixels, into panels. */
interface WeightGradient {
  readonly images: number;
  readonly groups: number;
  /** Channels of a group, in the input and in dy. */
  readonly inputs: number;
  readonly outputs: number;
  /** Each channel of dy has its own input channel (depthwise); `inputs` is then 1. */
  readonly depthwise: boolean;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly x: MovingPlace;
  readonly dy: MovingPlace;
  /** Address of the panels, which hold zeros (weights.ts). */
  readonly panels: I32;
  readonly fast: boolean;
}

/**
 * This many pixels are summed before the sum is added to the panel: rounding errors grow with the
 * length of a sum. Rows of few pixels are not summed separately: that takes a tenth longer, and
 * torch's error is no smaller (test/conv.large.golden.test.ts).
 */
const pixelsPerSum = 160;

/** Taps of a part are a multiple of this: whole tiles of any panel. */
const tapsTogether = 8;

/** Writes the code, if there is much to do in parts of some taps each: no sum is divided. */
export function emitWeightGradient(
  f: FunctionBuilder,
  module: ModuleBuilder,
  gradient: WeightGradient,
  divide?: Divide | undefined,
): void {
  const { images, groups, inputs, outputs, rows, columns } = gradient;
  if (images === 0) return;
  const taps = rows.taps.length * columns.taps.length * inputs;
  const products = images * rows.outputs * columns.outputs * groups * outputs * taps;
  const shares = sharesOf(taps, tapsTogether);
  if (divide === undefined || products < worthParts || shares.length < 2) {
    emitTaps(f, module, gradient, { from: 0, to: taps });
    return;
  }
  const parts = shares.map(({ start, count }) => (body: FunctionBuilder) => {
    emitTaps(body, module, gradient, { from: start, to: start + count });
  });
  divide(parts)(f);
}

/** Some of the taps: positions of the kernel and input channels. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function emitTaps(f: FunctionBuilder, module: ModuleBuilder, gradient: WeightGradient, range: Range): void {
  const { images, rows, columns, x, dy, panels } = gradient;
  const height = Math.min(rows.outputs, Math.max(1, Math.floor(pixelsPerSum / columns.outputs)));
  const sumRows = rowsFunction(module, gradient, range);
  const [image, imageDy, row, rowDy] = f.locals("i32", 4);
  f.set(image, x.address);
  f.set(imageDy, dy.address);
  f.times(images, () => {
    f.set(row, image);
    f.set(rowDy, imageDy);
    f.times(Math.floor(rows.outputs / height), () => {
      f.call(sumRows, row, rowDy, height, panels);
      advance(f, row, height * rows.stride * x.row);
      advance(f, rowDy, height * dy.row);
    });
    if (rows.outputs % height > 0) f.call(sumRows, row, rowDy, rows.outputs % height, panels);
    advance(f, image, x.image);
    advance(f, imageDy, dy.image);
  });
}

/**
 * (row of the input, row of dy, count, panels): adds the contribution of some rows to some taps of all
 * panels.
 */
function rowsFunction(
  module: ModuleBuilder,
  gradient: WeightGradient,
  { from, to }: Range,
): FunctionRef<readonly ["i32", "i32", "i32", "i32"], null> {
  const { groups, inputs, outputs, depthwise, rows, columns, x, dy, fast } = gradient;
  const taps = rows.taps.flatMap((row) =>
    columns.taps.flatMap((column) =>
      Array.from({ length: inputs }, (_, c) => row.at * x.row + column.at * x.pixel + c * floatBytes),
    ),
  );
  const pixels: Pixels = {
    columns: columns.outputs,
    x: columns.stride * x.pixel,
    dy: dy.pixel,
    row: rows.stride * x.row,
    rowDy: dy.row,
  };
  const blocks = panelsOf(outputs).map((panel) => {
    const { vectors, lanes } = panel;
    const columnsOf = { vectors, lanes, own: depthwise ? { vectors, lanes } : undefined, fast };
    const strips = stripsOf(taps.slice(from, to), tileRows(panel)).map((strip) => ({
      ...strip,
      sum: sumPixelsFunction(module, { rows: strip.rows, ...columnsOf }, pixels),
    }));
    return { panel, strips };
  });
  return module.function("weightGradientRows", ["i32", "i32", "i32", "i32"], (f, row, rowDy, count, target) => {
    const [at, atRow, atDy] = f.locals("i32", 3);
    f.times(groups, () => {
      for (const { panel, strips } of blocks) {
        f.set(atRow, i32.add(row, depthwise ? panel.start : 0));
        f.set(atDy, i32.add(rowDy, panel.start));
        f.times(panel.count, () => {
          advance(f, target, from * panelBytes(panel));
          for (const strip of strips) {
            f.set(at, i32.add(atRow, strip.start));
            f.times(strip.count, () => {
              f.call(strip.sum, at, atDy, target, count);
              advance(f, at, strip.distance);
              advance(f, target, strip.rows.length * panelBytes(panel));
            });
          }
          advance(f, target, (taps.length - to) * panelBytes(panel));
          if (depthwise) advance(f, atRow, panelBytes(panel));
          advance(f, atDy, panelBytes(panel));
        });
      }
      advance(f, row, x.group);
      advance(f, rowDy, dy.group);
    });
  });
}

/** Equal tiles of taps at equal distances. */
interface Strip {
  /** The first tap, in bytes from the pixel, and the taps of a tile from there. */
  readonly start: number;
  readonly rows: readonly number[];
  readonly distance: number;
  readonly count: number;
}

function stripsOf(taps: readonly number[], rows: number): Strip[] {
  const strips: Strip[] = [];
  for (let i = 0; i < taps.length; i += rows) {
    const start = taps[i];
    const tile = taps.slice(i, i + rows).map((tap) => tap - start);
    const last = strips.at(-1);
    const alike =
      last !== undefined && last.rows.length === tile.length && last.rows.every((row, j) => row === tile[j]);
    const distance = alike ? (start - last.start) / last.count : 0;
    if (alike && (last.count === 1 || distance === last.distance)) {
      strips[strips.length - 1] = { ...last, distance, count: last.count + 1 };
    } else strips.push({ start, rows: tile, distance: 0, count: 1 });
  }
  return strips;
}

/** Pixels to sum over: distances in bytes from one to the next, and from row to row. */
interface Pixels {
  readonly columns: number;
  readonly x: number;
  readonly dy: number;
  readonly row: number;
  readonly rowDy: number;
}

/**
 * (first pixel of the input, of dy, tile of the panel, rows): adds the sums over some rows of
 * pixels to the tile.
 */
function sumPixelsFunction(
  module: ModuleBuilder,
  tile: Tile,
  pixels: Pixels,
): FunctionRef<readonly ["i32", "i32", "i32", "i32"], null> {
  return module.shared(`sumPixels ${JSON.stringify({ tile, pixels })}`, () =>
    module.function("sumPixels", ["i32", "i32", "i32", "i32"], (f, x, dy, target, count) => {
      const held = registers(f);
      const end = f.local("i32");
      const flush = startSums(f, held, tile, pixels.columns);
      f.repeat(() => {
        inPieces(f, pixels.columns, flush, (terms) => {
          f.set(end, i32.add(dy, terms * pixels.dy));
          f.repeat(() => {
            stepTile(f, held, tile, x, dy);
            advance(f, x, pixels.x);
            advance(f, dy, pixels.dy);
            return i32.ne(dy, end);
          });
        });
        advance(f, x, pixels.row - pixels.columns * pixels.x);
        advance(f, dy, pixels.rowDy - pixels.columns * pixels.dy);
        f.set(count, i32.sub(count, 1));
        return count;
      });
      flush?.total();
      const sums = sumsOf(held, tile);
      for (const [i, sum] of sums.entries()) f.set(sum, f32x4.add(v128.load(target, i * vectorBytes), sum));
      for (const [i, sum] of sums.entries()) f.storeV128(target, sum, i * vectorBytes);
    }),
  );
}
