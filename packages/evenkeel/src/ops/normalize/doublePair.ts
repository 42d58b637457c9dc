import { f32x4, f64x2, type V128 } from "../../wasm/index.ts";

/** Four numbers in double: 0 and 1, then 2 and 3. */
export type Pair = readonly [V128, V128];

/** A pair from a function of each half. */
export const both = (make: (half: 0 | 1) => V128): Pair => [make(0), make(1)];

/** Four floats in double. */
export function promotePair(values: V128): Pair {
  return [f64x2.promoteLow(values), f64x2.promoteLow(f32x4.shuffle(values, values, [2, 3, 2, 3]))];
}

/** Rounded to four floats. */
export function demotePair([low, high]: Pair): V128 {
  return f32x4.shuffle(f32x4.demoteZero(low), f32x4.demoteZero(high), [0, 1, 4, 5]);
}
