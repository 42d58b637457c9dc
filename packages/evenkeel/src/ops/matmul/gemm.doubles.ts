import { type FunctionBuilder, f64x2, type I32, i32, type Local, type V128, v128 } from "../../wasm/index.ts";
import { advance, pointer } from "./gemm.problem.ts";

/**
 * Products of float64. Every sum adds its terms one by one in the order of the inner dimension, as
 * the reference does, for bit-equal results; lanes and accumulators hold neighbouring sums.
 */

const bytes = 8;

/**
 * C [m, n] = A [m, k] * B [k, n] (+ bias [n] in every row). All lie contiguous, A and B possibly as
 * [k, m] and [n, k].
 */
interface DoubleGemm {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: I32;
  readonly b: I32;
  readonly c: I32;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Address of the bias. */
  readonly bias?: number;
  /** Values from one line of A, B or C in memory to the next, where others lie between them. */
  readonly strides?: { readonly a?: number; readonly b?: number; readonly c?: number };
}

/**
 * Rows and columns that are summed at once: 8 accumulators of two and their operands fit the
 * registers.
 */
const tileRows = 2;
const tileColumns = 8;

export function emitDoubleGemm(f: FunctionBuilder, gemm: DoubleGemm): void {
  const { m, n, k, transposeA, transposeB, strides = {} } = gemm;
  if (m === 0 || n === 0) return;
  const lineA = (strides.a ?? (transposeA ? m : k)) * bytes;
  const lineB = (strides.b ?? (transposeB ? k : n)) * bytes;
  const lineC = (strides.c ?? n) * bytes;
  const [a, b, c] = [gemm.a, gemm.b, gemm.c].map((address) => pointer(f, address));
  const bias = gemm.bias === undefined ? undefined : pointer(f, gemm.bias);
  const stepA = { row: transposeA ? bytes : lineA, inner: transposeA ? lineA : bytes };
  const stepB = { column: transposeB ? lineB : bytes, inner: transposeB ? bytes : lineB };
  const rows = (count: number) => {
    const columns = (width: number) => {
      emitTile(f, { a, b, c, bias, rows: count, columns: width, k, lineC, stepA, stepB });
      advance(f, b, width * stepB.column);
      advance(f, c, width * bytes);
      if (bias !== undefined) advance(f, bias, width * bytes);
    };
    f.times(Math.floor(n / tileColumns), () => columns(tileColumns));
    if (n % tileColumns > 0) columns(n % tileColumns);
    advance(f, b, -n * stepB.column);
    if (bias !== undefined) advance(f, bias, -n * bytes);
    // Behind the first of the rows already.
    advance(f, c, count * lineC - n * bytes);
    advance(f, a, count * stepA.row);
  };
  f.times(Math.floor(m / tileRows), () => rows(tileRows));
  if (m % tileRows > 0) rows(m % tileRows);
}

interface Tile extends Pick<DoubleGemm, "k"> {
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
  readonly bias: Local<"i32"> | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly lineC: number;
  readonly stepA: { readonly row: number; readonly inner: number };
  readonly stepB: { readonly column: number; readonly inner: number };
}

function emitTile(f: FunctionBuilder, { a, b, c, bias, rows, columns, k, lineC, stepA, stepB }: Tile): void {
  const vectors = Math.ceil(columns / 2);
  /** Two neighbouring columns, or the last one alone. */
  const isPair = (v: number) => 2 * v + 1 < columns;
  const load = (at: Local<"i32">, v: number, step: number): V128 => {
    const offset = 2 * v * step;
    if (!isPair(v)) return v128.load64Zero(at, offset);
    return step === bytes ? v128.load(at, offset) : v128.load64Lane(at, v128.load64Zero(at, offset), 1, offset + step);
  };
  const sums = Array.from({ length: rows }, () => f.locals("v128", vectors));
  for (const row of sums) {
    for (const [v, sum] of row.entries()) f.set(sum, bias === undefined ? f64x2.const(0) : load(bias, v, bytes));
  }
  if (k > 0) {
    const factors = f.locals("v128", vectors);
    const factor = f.local("v128");
    f.times(k, () => {
      for (const [v, local] of factors.entries()) f.set(local, load(b, v, stepB.column));
      for (const [r, row] of sums.entries()) {
        f.set(factor, v128.load64Splat(a, r * stepA.row));
        for (const [v, sum] of row.entries()) f.set(sum, f64x2.add(sum, f64x2.mul(factor, factors[v])));
      }
      advance(f, a, stepA.inner);
      advance(f, b, stepB.inner);
    });
    advance(f, a, -k * stepA.inner);
    advance(f, b, -k * stepB.inner);
  }
  const to = f.let(i32.add(c, 0));
  for (const [r, row] of sums.entries()) {
    if (r > 0) advance(f, to, lineC);
    for (const [v, sum] of row.entries()) {
      if (isPair(v)) f.storeV128(to, sum, 2 * v * bytes);
      else f.storeLane64(to, sum, 0, 2 * v * bytes);
    }
  }
}
