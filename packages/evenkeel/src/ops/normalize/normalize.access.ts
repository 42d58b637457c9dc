import { type FunctionBuilder, f64x2, type I32, i32, type Placed, type V128, v128 } from "../../wasm/index.ts";
import { both, type Pair, promotePair } from "./doublePair.ts";
import type { Kept, Matrix } from "./normalize.columns.ts";

/**
 * Reads and writes of elements and of values per channel, right for fewer than four columns too.
 */

/** Elements of a row. Fewer than four are read one by one: the array may end after the last row. */
export function loadElements({ columns }: Matrix, at: I32, address: number): V128 {
  if (columns >= 4) return v128.load(at, address);
  if (columns === 1) return v128.load32Zero(at, address);
  const two = v128.load64Zero(at, address);
  return columns === 2 ? two : v128.load32Lane(at, two, 2, address + 8);
}

/** The same in double: engines load and convert in one instruction. */
export function loadWide({ columns }: Matrix, at: I32, address: number): Pair {
  const load = (left: number, from: number) =>
    left <= 0 ? f64x2.const(0) : f64x2.promoteLow((left === 1 ? v128.load32Zero : v128.load64Zero)(at, from));
  return [load(columns, address), load(columns - 2, address + 8)];
}

export function storeElements(f: FunctionBuilder, { columns }: Matrix, at: I32, value: V128, address: number): void {
  if (columns >= 4) {
    f.storeV128(at, value, address);
    return;
  }
  const values = f.let(value);
  if (columns === 1) f.storeLane32(at, values, 0, address);
  else f.storeLane64(at, values, 0, address);
  if (columns === 3) f.storeLane32(at, values, 2, address + 8);
}

/** Values per channel, in double. `column` counts bytes of float32. */
export function loadChannels({ columns }: Matrix, { address, dtype }: Placed, column: I32): Pair {
  if (dtype === "float32") return promotePair(v128.load(column, address));
  const at = doubled(column);
  return [v128.load(at, address), columns > 2 ? v128.load(at, address + 16) : f64x2.const(0)];
}

/** Writes values per channel into a float64 array. */
export function storeChannels(f: FunctionBuilder, { columns }: Matrix, address: number, column: I32, pair: Pair): void {
  const at = doubled(column);
  f.storeV128(at, pair[0], address);
  if (columns > 2) f.storeV128(at, pair[1], address + 16);
}

/** The position in a float64 array of what is at `column` in a float32 array, in bytes. */
export const doubled = (column: I32): I32 => (typeof column === "number" ? 2 * column : i32.shl(column, 1));

/** The n-th pair that one pass stores for another. */
export function loadKept({ at, offset }: Kept, n: number): Pair {
  return both((half) => v128.load(at, offset + 32 * n + 16 * half));
}

export function storeKept(f: FunctionBuilder, { at, offset }: Kept, n: number, pair: Pair): void {
  for (const half of [0, 1] as const) f.storeV128(at, pair[half], offset + 32 * n + 16 * half);
}
