import {
  type FunctionBuilder,
  type FunctionRef,
  f32x4,
  f64x2,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, promotePair } from "../normalize/doublePair.ts";
import { columnsApart, prefersDots } from "./gemm.direct.ts";
import { reluEpilogue } from "./gemm.epilogue.ts";
import { advance, doubleBytes, floatBytes, type Gemm, pointer, vectorBytes } from "./gemm.problem.ts";
import { multiplyAdd, registers, sumTile, type Tile } from "./gemm.tiles.ts";
import { type GemmSize, packs } from "./gemm.ts";

/**
 * Linear layers on a block of rows that stays in the L1 cache from the first layer to the last. A
 * block lies by columns: the values of its rows stand side by side and fill vectors whatever the
 * widths of the layers, and a weight serves a whole vector. Every element is summed in the order in
 * which the product of all rows would sum it.
 */

/** Rows of a block: as many as a tile has with vectors of 256 bits. */
export const blockRows = 16;
const lineBytes = blockRows * floatBytes;
/** Where the vectors of a column are. */
const vectors = [0, vectorBytes, 2 * vectorBytes, 3 * vectorBytes];

/** Two blocks of this many columns fit an L1 cache of 32 KiB. */
const mostColumns = 256;

/** Columns of a tile. */
const tileColumns = 4;

/** Bytes of a block of so many columns. */
export const rowBlockBytes = (columns: number): number => columns * lineBytes;

/** The reason why a product of this size is not computed by blocks of rows; undefined if it can be. */
export function declinesRowBlocks(size: GemmSize): string | undefined {
  const { m, n, k } = size;
  if (m < blockRows) return `fewer than ${blockRows} rows`;
  if (Math.min(n, k) === 0 || Math.max(n, k) > mostColumns) return `not 1 to ${mostColumns} columns`;
  return packs(size) || prefersDots(m, k) ? "large enough to be computed by itself" : undefined;
}

/** y = relu(scale * (x * the transpose of weight [n, k] + bias) + shift), apart from what is absent. */
export interface BlockLayer extends Pick<Gemm, "m" | "n" | "k" | "fast"> {
  /** Addresses: weight and bias, and of the scales and shifts, in double. */
  readonly weight: number;
  readonly bias?: number | undefined;
  readonly affine?: { readonly scale: number; readonly shift: number } | undefined;
  readonly relu: boolean;
}

/** (block of inputs, block of outputs): applies the layer. */
export function blockLayerFunction(
  module: ModuleBuilder,
  layer: BlockLayer,
): FunctionRef<readonly ["i32", "i32"], null> {
  const { n, k, weight, bias, affine } = layer;
  const apart = columnsApart(layer);
  const [full, rest] = [Math.floor((n - apart) / tileColumns), (n - apart) % tileColumns];
  const tileOf = (columns: number) => tileFunction(module, layer, columns);
  const tiles = full > 0 ? tileOf(tileColumns) : undefined;
  const lastTile = rest > 0 ? tileOf(rest) : undefined;
  const dots = apart > 0 ? dotsFunction(module, layer) : undefined;
  const finish = affine && finishFunction(module, layer.relu);
  return module.function(`block_${k}_${n}`, ["i32", "i32"], (f, from, to) => {
    const at = { weight: pointer(f, weight), bias: pointer(f, bias ?? 0), y: pointer(f, to) };
    const emitTile = (tile: TileFunction | undefined, columns: number) => {
      if (tile === undefined) return;
      f.call(tile, at.weight, from, at.y, at.bias);
      advance(f, at.weight, columns * k * floatBytes);
      advance(f, at.y, columns * lineBytes);
      if (bias !== undefined) advance(f, at.bias, columns * floatBytes);
    };
    f.times(full, () => emitTile(tiles, tileColumns));
    emitTile(lastTile, rest);
    f.times(apart, () => emitTile(dots, 1));
    if (affine && finish) f.call(finish, to, affine.scale, affine.shift, n);
  });
}

/** (first row of weights, inputs, outputs, bias). */
type TileFunction = FunctionRef<readonly ["i32", "i32", "i32", "i32"], null>;

/** Some columns of all rows: V8 pairs what is in a function of its own, see gemm.wideTile.ts. */
function tileFunction(module: ModuleBuilder, layer: BlockLayer, columns: number): TileFunction {
  const { k, fast } = layer;
  return module.function(`blockTile${columns}`, ["i32", "i32", "i32", "i32"], (f, weight, x, y, bias) => {
    const shared = registers(f, columns * vectors.length);
    const tile: Tile = {
      ...{ rows: columns, vectors, a: weight, b: x, fast },
      ...{ rowStride: k * floatBytes, aStep: floatBytes, bStep: lineBytes },
    };
    sumTile(f, shared, tile, k);
    for (let column = 0; column < columns; column++) {
      storeColumn(
        f,
        module,
        layer,
        shared.sums.slice(column * vectors.length, (column + 1) * vectors.length),
        y,
        bias,
        column,
      );
    }
  });
}

/** One column, summed as {@link emitDotProducts} does: four partial sums, of every fourth term. */
function dotsFunction(module: ModuleBuilder, layer: BlockLayer): TileFunction {
  const { k, fast } = layer;
  return module.function("blockDots", ["i32", "i32", "i32", "i32"], (f, weight, x, y, bias) => {
    const sums = vectors.map(() => f.locals("v128", 4));
    const factor = f.local("v128");
    for (const sum of sums.flat()) f.set(sum, f32x4.const(0));
    const terms = (count: number) => {
      for (let term = 0; term < count; term++) {
        f.set(factor, v128.load32Splat(weight, term * floatBytes));
        for (const [v, offset] of vectors.entries()) {
          const value = v128.load(x, term * lineBytes + offset);
          f.set(sums[v][term], multiplyAdd(value, factor, sums[v][term], fast));
        }
      }
    };
    f.times(Math.floor(k / 4), () => {
      terms(4);
      advance(f, weight, 4 * floatBytes);
      advance(f, x, 4 * lineBytes);
    });
    terms(k % 4);
    const totals = sums.map(([s0, s1, s2, s3]) => f.let(f32x4.add(f32x4.add(s0, s2), f32x4.add(s1, s3))));
    storeColumn(f, module, layer, totals, y, bias, 0);
  });
}

/** Stores sums with their bias, and rectified unless they are to be scaled first. */
function storeColumn(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { bias, affine, relu }: BlockLayer,
  sums: readonly V128[],
  y: Local<"i32">,
  biases: Local<"i32">,
  column: number,
): void {
  const added = bias === undefined ? undefined : f.let(v128.load32Splat(biases, column * floatBytes));
  const activation = relu && affine === undefined ? reluEpilogue(f, module) : undefined;
  for (const [v, sum] of sums.entries()) {
    const value = added === undefined ? sum : f32x4.add(sum, added);
    f.storeV128(y, activation === undefined ? value : activation(f.let(value)), column * lineBytes + vectors[v]);
  }
}

/**
 * (block, scales, shifts, columns): scales the columns of a block in place. V8 does not pair
 * conversions from and to double, nor what leads to them, so sums are stored first.
 */
function finishFunction(
  module: ModuleBuilder,
  relu: boolean,
): FunctionRef<readonly ["i32", "i32", "i32", "i32"], null> {
  const name = relu ? "blockFinishRelu" : "blockFinish";
  return module.shared(name, () =>
    module.function(name, ["i32", "i32", "i32", "i32"], (f, at, scales, shifts, columns) => {
      const activation = relu ? reluEpilogue(f, module) : undefined;
      f.repeat(() => {
        const [scale, shift] = [f.let(v128.load64Splat(scales)), f.let(v128.load64Splat(shifts))];
        for (const offset of vectors) {
          const wide = promotePair(f.let(v128.load(at, offset)));
          const value = f.let(demotePair(both((half) => f64x2.add(f64x2.mul(wide[half], scale), shift))));
          f.storeV128(at, activation === undefined ? value : (activation(value) as V128), offset);
        }
        advance(f, at, lineBytes);
        advance(f, scales, doubleBytes);
        advance(f, shifts, doubleBytes);
        f.set(columns, i32.sub(columns, 1));
        return columns;
      });
    }),
  );
}
