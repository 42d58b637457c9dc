import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  type I32,
  i32,
  type Local,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { type Columns, quad } from "./gemm.epilogue.ts";
import { advance, floatBytes, pointer, vectorBytes } from "./gemm.problem.ts";

/**
 * A tile of C in registers: some rows by some vectors of four columns. Each step of k takes one
 * element of A per row, spread over a vector, and some vectors of a row of B, and adds their
 * products to the sums.
 */

/**
 * More sums than this, and Node 20 and 22 keep them on the stack instead of in the 16 vector
 * registers.
 */
export const maximumSums = 8;

/** The variables of tiles, used by all tiles of a function. */
export interface Registers {
  readonly sums: readonly Local<"v128">[];
  /** The operands that a step reuses, and those that it uses once. */
  readonly held: readonly Local<"v128">[];
  readonly passing: Local<"v128">;
}

export function registers(f: FunctionBuilder, sums = maximumSums): Registers {
  return { sums: f.locals("v128", sums), held: f.locals("v128", 4), passing: f.local("v128") };
}

export interface Tile {
  readonly rows: number;
  /** The offsets of the vectors of columns, in bytes from `b`. They may overlap. */
  readonly vectors: readonly number[];
  /** Pointers to the tile's first element of A and of B at k = 0; both advance. */
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  /** Between rows of A, and from one k to the next in A and in B, in bytes. */
  readonly rowStride: number;
  readonly aStep: number;
  readonly bStep: number;
  readonly fast: boolean;
}

/** sum + x * y. */
export function multiplyAdd(x: V128, y: V128, sum: V128, fast: boolean): V128 {
  return fast ? f32x4.relaxedMadd(x, y, sum) : f32x4.add(sum, f32x4.mul(x, y));
}

/** The sums that a tile uses: row by row, a vector each. */
const sumsOf = ({ sums }: Registers, { rows, vectors }: Tile) => sums.slice(0, rows * vectors.length);

/** The length of a partial sum: the error of a sum grows with its length. */
export const longestRun = 128;

/**
 * Sets the sums of a tile to the products of k steps: in runs of equal length, of which the first
 * takes the rest too.
 */
export function sumTile(f: FunctionBuilder, registers: Registers, tile: Tile, k: number): void {
  if (k === 1) {
    clearSums(f, registers, tile);
    stepTile(f, registers, tile);
    return;
  }
  const runs = Math.ceil(k / longestRun);
  const length = Math.floor(k / runs);
  const end = pointer(f, i32.add(tile.b, (k - (runs - 1) * length) * tile.bStep));
  sumRun(f, registers, tile, end);
  if (runs === 1) return;
  const sums = sumsOf(registers, tile);
  const totals = sums.map((sum) => f.let(sum));
  f.times(runs - 1, () => {
    advance(f, end, length * tile.bStep);
    sumRun(f, registers, tile, end);
    for (const [s, total] of totals.entries()) f.set(total, f32x4.add(total, sums[s]));
  });
  for (const [s, total] of totals.entries()) f.set(sums[s], total);
}

/** Sets the sums of a tile to the products of all k until `b` comes to `end`, at least one. */
export function sumRun(f: FunctionBuilder, registers: Registers, tile: Tile, end: I32): void {
  clearSums(f, registers, tile);
  f.repeat(() => {
    stepTile(f, registers, tile);
    advance(f, tile.a, tile.aStep);
    advance(f, tile.b, tile.bStep);
    return i32.ne(tile.b, end);
  });
}

function clearSums(f: FunctionBuilder, registers: Registers, tile: Tile): void {
  for (const sum of sumsOf(registers, tile)) f.set(sum, f32x4.const(0));
}

/**
 * Adds the products of one k. Loading the elements of A first is a tenth faster than row by row.
 */
function stepTile(f: FunctionBuilder, { sums, held, passing }: Registers, tile: Tile): void {
  const { rows, vectors, a, b, fast } = tile;
  for (let row = 0; row < rows; row++) f.set(held[row], v128.load32Splat(a, row * tile.rowStride));
  for (const [v, offset] of vectors.entries()) {
    f.set(passing, v128.load(b, offset));
    for (let row = 0; row < rows; row++) {
      const sum = sums[row * vectors.length + v];
      f.set(sum, multiplyAdd(held[row], passing, sum, fast));
    }
  }
}

/** Writes what becomes of the sums to C, whose rows are `stride` bytes apart. */
export function storeTile(
  f: FunctionBuilder,
  { sums }: Registers,
  { rows, vectors }: Tile,
  c: Expr<"i32">,
  stride: number,
  columns: Columns,
): void {
  const finisher = (offset: number) => columns.finisher(f, quad(offset / floatBytes));
  const store = (row: number, v: number, finish: ReturnType<typeof finisher>) =>
    f.storeV128(c, finish(sums[row * vectors.length + v]), row * stride + vectors[v]);
  if (rows === 1 || columns.areScaled) {
    // What a vector's columns have leaves the registers before the next vector.
    for (const [v, offset] of vectors.entries()) {
      const finish = finisher(offset);
      for (let row = 0; row < rows; row++) store(row, v, finish);
    }
    return;
  }
  // Row by row: V8 makes one store of 256 bits of two that follow each other.
  const finishers = vectors.map(finisher);
  for (let row = 0; row < rows; row++) for (const [v, finish] of finishers.entries()) store(row, v, finish);
}

/**
 * The offsets in bytes of the vectors that cover n columns, n >= 4: the last one overlaps its
 * neighbour if n % 4 > 0.
 */
export function coverColumns(n: number): number[] {
  const offsets = Array.from({ length: Math.floor(n / 4) }, (_, i) => i * vectorBytes);
  return n % 4 === 0 ? offsets : [...offsets, (n - 4) * floatBytes];
}
