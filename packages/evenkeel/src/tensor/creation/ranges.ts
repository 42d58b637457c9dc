import type { DType, TypedArray } from "../../core/index.ts";
import { fma, fmaf } from "../../core/math/fma.ts";

/**
 * Evenly spaced values, bit-equal to PyTorch's: its loops take two vectors of 32 bytes at a time,
 * compute the first value from the ends and the others from the first, and the remaining values one
 * by one. Its compiler fuses a product with the following sum. (Above 32768 values PyTorch's bits
 * depend on the number of threads; ours are those of one thread.)
 */

const vectorBytes = 32;

/** Calls `value` for each position with the first position of its vector. */
function fillByVectors(data: TypedArray, value: (first: number, behind: number) => number): void {
  const width = vectorBytes / data.BYTES_PER_ELEMENT;
  const blocks = data.length - (data.length % (2 * width));
  for (let i = 0; i < blocks; i++) data[i] = value(i - (i % width), i % width);
  for (let i = blocks; i < data.length; i++) data[i] = value(i, 0);
}

/** From start to end, both included; the second half is computed from the end. */
export function fillLinspace(data: TypedArray, dtype: DType, start: number, end: number): void {
  const last = data.length - 1;
  const [round, fused] = dtype === "float32" ? [Math.fround, fmaf] : [(x: number) => x, fma];
  const [from, to] = [round(start), round(end)];
  const step = last > 0 ? round(round(to - from) / round(last)) : 0;
  const half = Math.floor(data.length / 2);
  const at = (i: number) => (i < half || last === 0 ? fused(step, i, from) : fused(-step, last - i, to));
  fillByVectors(data, (first, behind) => (behind === 0 ? at(first) : at(first) + round(step * behind)));
}

/** start, start + step, ..., computed in float64. */
export function fillArange(data: TypedArray, start: number, step: number): void {
  if (Number.isInteger(start) && Number.isInteger(step)) {
    for (let i = 0; i < data.length; i++) data[i] = start + i * step;
    return;
  }
  const round = data instanceof Float32Array ? Math.fround : (x: number) => x;
  fillByVectors(data, (first, behind) => fma(step, behind, round(fma(step, first, start))));
}
