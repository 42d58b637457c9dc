import {
  type FunctionBuilder,
  type FunctionRef,
  f32x4,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from "../../../wasm/index.ts";
import { advance, floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";
import type { GroupedPlace } from "../place.ts";
import type { Block, Planes } from "./blocks.ts";
import { emitSquare, inputGradientLines, inputLines, outputGradientLines, outputLines } from "./lines.ts";

/** The transforms between pictures and planes, a vector of channels at a time. */

/** Pictures as tiles of two by two pixels. */
export interface Tiled {
  readonly place: Pick<GroupedPlace, "image" | "row" | "pixel">;
  /** Pixels of a row of outputs. */
  readonly columns: number;
  readonly planes: Planes;
}

/** (first pixel of the block's first tile, planes, extra): processes all tiles of a block. */
export type Transform = FunctionRef<readonly ["i32", "i32", "i32"], null>;

/**
 * One tile and one vector of channels: pointers to its first pixel, to its first plane, and into
 * the extra.
 */
interface Spot {
  readonly f: FunctionBuilder;
  readonly pixel: Local<"i32">;
  readonly plane: Local<"i32">;
  readonly extra: Local<"i32">;
  /** The outputs of the tile per dimension: 2 or 1. */
  readonly height: number;
  readonly width: number;
  readonly line: readonly Local<"v128">[];
}

/**
 * A function that processes the tiles of a block. `extra` is an array with a value for each
 * channel.
 */
function overTiles(
  module: ModuleBuilder,
  name: string,
  { place, columns, planes }: Tiled,
  block: Block,
  lineLength: number,
  visit: (spot: Spot) => void,
): Transform {
  return module.function(name, ["i32", "i32", "i32"], (f, picture, planeTile, extraStart) => {
    const [row, tile, pixel, plane, extra] = f.locals("i32", 5);
    const line = f.locals("v128", lineLength);
    const oneTile = (height: number, width: number) => {
      f.set(pixel, tile);
      f.set(plane, planeTile);
      f.set(extra, extraStart);
      f.times(planes.channels / 4, () => {
        visit({ f, pixel, plane, extra, height, width, line });
        for (const at of [pixel, plane, extra]) advance(f, at, vectorBytes);
      });
      advance(f, tile, 2 * place.pixel);
      advance(f, planeTile, planes.channels * floatBytes);
    };
    const oneRow = (height: number) => {
      f.set(tile, row);
      f.times(Math.floor(columns / 2), () => oneTile(height, 2));
      if (columns % 2 > 0) oneTile(height, 1);
    };
    f.times(block.images, () => {
      f.set(row, picture);
      f.times(block.rows, () => {
        oneRow(2);
        advance(f, row, 2 * place.row);
      });
      if (block.halfRow) oneRow(1);
      advance(f, picture, place.image);
    });
  });
}

/** The offsets of a tile's values from its first pixel, and from its first plane. */
const offsets = ({ place, planes }: Tiled) => ({
  pixelAt: (row: number, column: number) => row * place.row + column * place.pixel,
  planeAt: (row: number, column: number) => (row * 4 + column) * planes.distance,
});

/** B' x B: planes of factors from the input, whose tiles begin at the padding. */
export function inputTransform(module: ModuleBuilder, tiled: Tiled, block: Block): Transform {
  const { pixelAt, planeAt } = offsets(tiled);
  return overTiles(module, "winogradInput", tiled, block, 4, ({ f, pixel, plane, height, width, line }) => {
    // Half a tile does not depend on its last row or column: the one before is read instead, which
    // exists.
    const load = (row: number, column: number) =>
      v128.load(pixel, pixelAt(Math.min(row, height + 1), Math.min(column, width + 1)));
    emitSquare(f, inputLines, line, load, (row, column, value) => f.storeV128(plane, value, planeAt(row, column)));
  });
}

/** A' m A: outputs from planes of products, plus the bias, which is the extra. */
export function outputTransform(module: ModuleBuilder, tiled: Tiled, block: Block): Transform {
  const { pixelAt, planeAt } = offsets(tiled);
  return overTiles(module, "winogradOutput", tiled, block, 4, ({ f, pixel, plane, extra, height, width, line }) => {
    const load = (row: number, column: number) => v128.load(plane, planeAt(row, column));
    emitSquare(f, outputLines, line, load, (row, column, value) => {
      if (row < height && column < width) f.storeV128(pixel, f32x4.add(value, v128.load(extra)), pixelAt(row, column));
    });
  });
}

/** A dy A': planes of gradients of the products. The missing half of a tile is zero. */
export function outputGradientTransform(module: ModuleBuilder, tiled: Tiled, block: Block): Transform {
  const { pixelAt, planeAt } = offsets(tiled);
  return overTiles(module, "winogradDy", tiled, block, 2, ({ f, pixel, plane, height, width, line }) => {
    const load = (row: number, column: number): V128 =>
      row < height && column < width ? v128.load(pixel, pixelAt(row, column)) : f32x4.const(0);
    emitSquare(f, outputGradientLines, line, load, (row, column, value) =>
      f.storeV128(plane, value, planeAt(row, column)),
    );
  });
}

/** B dv B': accumulates the gradients of the input, whose tiles begin at the padding. */
export function inputGradientTransform(module: ModuleBuilder, tiled: Tiled, block: Block): Transform {
  const { pixelAt, planeAt } = offsets(tiled);
  return overTiles(module, "winogradDx", tiled, block, 4, ({ f, pixel, plane, height, width, line }) => {
    const load = (row: number, column: number) => v128.load(plane, planeAt(row, column));
    emitSquare(f, inputGradientLines, line, load, (row, column, value) => {
      if (row > height + 1 || column > width + 1) return;
      const offset = pixelAt(row, column);
      f.storeV128(pixel, f32x4.add(v128.load(pixel, offset), value), offset);
    });
  });
}
