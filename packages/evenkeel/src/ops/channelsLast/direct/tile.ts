import { type FunctionBuilder, f32x4, type I32, i32, type Local, type V128, v128 } from "../../../wasm/index.ts";
import { advance, floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";
import { multiplyAdd, type Registers } from "../../matmul/gemm.tiles.ts";

/**
 * A tile of sums in registers: some rows (pixels, or places of the kernel) by a panel of channels. Each step takes one float
 * per row, spread over a vector, and the panel's vectors.
 */
export interface Tile {
  /** Where the rows stand, in bytes from `a`. */
  readonly rows: readonly number[];
  /** Where the vectors stand, in bytes from `b`, and how many lanes of them there are. */
  readonly vectors: readonly number[];
  readonly lanes: number;
  readonly fast: boolean;
}

/** The sums that a tile uses: row by row, a vector each. */
export const sumsOf = ({ sums }: Registers, { rows, vectors }: Tile): readonly Local<"v128">[] =>
  sums.slice(0, rows.length * vectors.length);

export function clearSums(f: FunctionBuilder, registers: Registers, tile: Tile): void {
  for (const sum of sumsOf(registers, tile)) f.set(sum, f32x4.const(0));
}

/** Adds the products of one step. */
export function stepTile(
  f: FunctionBuilder,
  { sums, held, passing }: Registers,
  { rows, vectors, lanes, fast }: Tile,
  a: I32,
  b: I32,
): void {
  const add = (row: number, v: number, x: V128) => {
    const sum = sums[row * vectors.length + v];
    f.set(sum, multiplyAdd(x, passing, sum, fast));
  };
  const tall = rows.length > held.length;
  if (!tall) for (const [row, offset] of rows.entries()) f.set(held[row], v128.load32Splat(a, offset));
  for (const [v, offset] of vectors.entries()) {
    f.set(passing, loadLanes(b, offset, lanes));
    for (const [row, place] of rows.entries()) add(row, v, tall ? v128.load32Splat(a, place) : held[row]);
  }
}

/** Steps through `count` floats that lie side by side; moves `a` and `b`. */
export function runTile(
  f: FunctionBuilder,
  registers: Registers,
  tile: Tile,
  a: Local<"i32">,
  b: Local<"i32">,
  count: number,
): void {
  const end = f.let(i32.add(a, count * floatBytes));
  f.repeat(() => {
    stepTile(f, registers, tile, a, b);
    advance(f, a, floatBytes);
    advance(f, b, tile.vectors.length * vectorBytes);
    return i32.ne(a, end);
  });
}

/** The first lanes of a vector, and nothing behind them. */
export function loadLanes(address: I32, offset: number, lanes: number): V128 {
  if (lanes === 4) return v128.load(address, offset);
  if (lanes === 1) return v128.load32Zero(address, offset);
  const two = v128.load64Zero(address, offset);
  return lanes === 2 ? two : v128.load32Lane(address, two, 2, offset + 2 * floatBytes);
}

/** The first lanes of a vector, and nothing behind them. */
export function storeLanes(f: FunctionBuilder, address: I32, value: Local<"v128">, offset: number, lanes: number) {
  if (lanes === 4) f.storeV128(address, value, offset);
  if (lanes === 2 || lanes === 3) f.storeLane64(address, value, 0, offset);
  if (lanes === 1) f.storeLane32(address, value, 0, offset);
  if (lanes === 3) f.storeLane32(address, value, 2, offset + 2 * floatBytes);
}
