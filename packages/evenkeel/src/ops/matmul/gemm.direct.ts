import type { FunctionBuilder } from "../../wasm/index.ts";
import { emitDotProducts } from "./gemm.dots.ts";
import { emitOuterProducts } from "./gemm.outer.ts";
import { columnsOf, floatBytes, type Gemm, type Operand, roundUp, transposed, vectorBytes } from "./gemm.problem.ts";
import { emitTranspose } from "./gemm.transpose.ts";
import { emitTurned } from "./gemm.turned.ts";

/**
 * Products of matrices that fit the caches, without packing. Outer products do the bulk; the last
 * columns that no vector of four covers, and matrices of few rows or columns, use dot products or
 * the transposed product.
 */

/**
 * With fewer rows or terms, a last vector that overlaps its neighbour is cheaper than treating 1 or
 * 2 columns apart.
 */
const worthSplitting = 8;

/** How many of the last columns are treated apart from the others. */
export function columnsApart({ m, n, k }: Pick<Gemm, "m" | "n" | "k">): number {
  if (n < 4) return n;
  return n % 4 < 3 && m >= worthSplitting && k >= worthSplitting ? n % 4 : 0;
}

export function emitDirect(f: FunctionBuilder, gemm: Gemm): void {
  const { m, n, k, a, b } = gemm;
  const apart = columnsApart(gemm);
  if (n >= 4 && b.columnStride !== floatBytes && dottable(a) && prefersDots(m, k)) emitDotProducts(f, gemm);
  else {
    if (apart < n) emitManyColumns(f, columnsOf(gemm, 0, n - apart));
    if (apart > 0) emitFewColumns(f, columnsOf(gemm, n - apart, apart));
  }
}

/**
 * Bytes between the rows of the transposed B. Powers of two would map them all to a few sets of the
 * L1 cache.
 */
function turnedStride(n: number): number {
  const stride = roundUp(n, 4) * floatBytes;
  return stride % 256 === 0 ? stride + vectorBytes : stride;
}

/** Bytes of scratch that {@link emitDirect} may use: transposed operands. */
export function directScratch({ n, k }: { n: number; k: number }): number {
  return Math.max(k * turnedStride(n), 6 * roundUp(k, 4) * floatBytes);
}

/**
 * Whether dot products are cheaper than transposing B: for few rows, relative to the inner
 * dimension.
 */
export const prefersDots = (m: number, k: number): boolean => m === 1 || 8 * m <= k;

/** Whether the rows of A lie contiguous, so that dot products can read them. */
const dottable = (a: Operand): boolean => a.columnStride === floatBytes;

/** 1 to 3 columns. */
function emitFewColumns(f: FunctionBuilder, gemm: Gemm): void {
  const { m, n, k, a, b, scratch } = gemm;
  if (k > 1 && !dottable(a) && m >= 4) {
    emitTurned(f, gemm);
    return;
  }
  const stride = roundUp(k, 4) * floatBytes;
  const turn = (operand: Operand, columns: number, to: number): Operand => {
    emitTranspose(f, operand, k, columns, to, stride);
    return { address: to, rowStride: stride, columnStride: floatBytes };
  };
  emitDotProducts(f, {
    ...gemm,
    a: k > 1 && !dottable(a) ? turn(transposed(a), m, scratch + n * stride) : a,
    b: k > 1 && b.rowStride !== floatBytes ? transposed(turn(b, n, scratch)) : b,
  });
}

/** 4 columns and more. */
function emitManyColumns(f: FunctionBuilder, gemm: Gemm): void {
  const { n, k, b, scratch } = gemm;
  if (b.columnStride === floatBytes) {
    emitOuterProducts(f, gemm);
    return;
  }
  const stride = turnedStride(n);
  emitTranspose(f, transposed(b), n, k, scratch, stride);
  emitOuterProducts(f, { ...gemm, b: { address: scratch, rowStride: stride, columnStride: floatBytes } });
}
