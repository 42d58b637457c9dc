import { type FunctionBuilder, f32x4, type I32, i32, type Local, type V128, v128 } from "../../../wasm/index.ts";
import { advance, floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";
import { multiplyAdd, type Registers } from "../../matmul/gemm.tiles.ts";

/**
 * A tile of sums in registers: some rows (pixels, or places of the kernel) by a panel of channels.
 * Each step takes one float per row, spread over a vector (or vectors of the row's own), and the
 * panel's vectors.
 */
export interface Tile {
  /** The offsets of the rows, in bytes from `a`. */
  readonly rows: readonly number[];
  /** The offsets of the vectors, in bytes from `b`, and their numbers of lanes. */
  readonly vectors: readonly number[];
  readonly lanes: number;
  /**
   * In depthwise convolution, where each channel has its own value: the vectors of a row and their
   * lanes.
   */
  readonly own?: Pick<Tile, "vectors" | "lanes"> | undefined;
  readonly fast: boolean;
}

/** The sums that a tile uses: row by row, a vector each. */
export const sumsOf = ({ sums }: Registers, { rows, vectors }: Tile): readonly Local<"v128">[] =>
  sums.slice(0, rows.length * vectors.length);

/**
 * Longer sums are added up from partial sums of this many terms. Rounding errors grow with the
 * length of a sum, and PyTorch rounds half as often, by fused multiply-adds: with this length the
 * results are as exact, at no measurable cost.
 */
export const longestRun = 16;

/**
 * Clears the sums for `terms` terms. For too many terms to add one by one, returns functions that
 * flush a partial sum and read the total.
 */
export function startSums(f: FunctionBuilder, registers: Registers, tile: Tile, terms: number): Flush | undefined {
  const sums = sumsOf(registers, tile);
  const clear = () => {
    for (const sum of sums) f.set(sum, f32x4.const(0));
  };
  clear();
  if (terms <= longestRun) return undefined;
  const totals = sums.map(() => f.local("v128"));
  return {
    add: () => {
      for (const [i, sum] of sums.entries()) f.set(totals[i], f32x4.add(totals[i], sum));
      clear();
    },
    total: () => {
      for (const [i, sum] of sums.entries()) f.set(sum, totals[i]);
    },
  };
}

export interface Flush {
  readonly add: () => void;
  readonly total: () => void;
}

/**
 * Repeats `body` for `terms` terms, in pieces of about equal length that are short enough to add
 * one by one.
 */
export function inPieces(f: FunctionBuilder, terms: number, flush: Flush | undefined, piece: (terms: number) => void) {
  const pieces = flush === undefined ? 1 : Math.ceil(terms / longestRun);
  const length = Math.floor(terms / pieces);
  const flushed = (count: number) => {
    piece(count);
    flush?.add();
  };
  const longer = terms - pieces * length;
  if (longer > 0) flushed(length + longer);
  f.times(longer > 0 ? pieces - 1 : pieces, () => flushed(length));
}

/** Adds the products of one step. */
export function stepTile(
  f: FunctionBuilder,
  { sums, held, passing }: Registers,
  { rows, vectors, lanes, own, fast }: Tile,
  a: I32,
  b: I32,
): void {
  // Values that several vectors use are loaded once, as far as registers allow.
  const holds = own === undefined && rows.length <= held.length;
  const load = (row: number, v: number): V128 => {
    if (own !== undefined) return loadLanes(a, rows[row] + own.vectors[v], own.lanes);
    return holds ? held[row] : v128.load32Splat(a, rows[row]);
  };
  if (holds) for (const [row, offset] of rows.entries()) f.set(held[row], v128.load32Splat(a, offset));
  for (const [v, offset] of vectors.entries()) {
    f.set(passing, loadLanes(b, offset, lanes));
    for (const row of rows.keys()) {
      const sum = sums[row * vectors.length + v];
      f.set(sum, multiplyAdd(load(row, v), passing, sum, fast));
    }
  }
}

/** Steps through `count` contiguous floats; advances `a` and `b`. */
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

/** Only the first lanes of a vector. */
export function loadLanes(address: I32, offset: number, lanes: number): V128 {
  if (lanes === 4) return v128.load(address, offset);
  if (lanes === 1) return v128.load32Zero(address, offset);
  const two = v128.load64Zero(address, offset);
  return lanes === 2 ? two : v128.load32Lane(address, two, 2, offset + 2 * floatBytes);
}

/** Only the first lanes of a vector. */
export function storeLanes(f: FunctionBuilder, address: I32, value: Local<"v128">, offset: number, lanes: number) {
  if (lanes === 4) f.storeV128(address, value, offset);
  if (lanes === 2 || lanes === 3) f.storeLane64(address, value, 0, offset);
  if (lanes === 1) f.storeLane32(address, value, 0, offset);
  if (lanes === 3) f.storeLane32(address, value, 2, offset + 2 * floatBytes);
}
