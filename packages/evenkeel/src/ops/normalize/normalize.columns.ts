import type { Spec } from "../../core/index.ts";
import { type FunctionBuilder, f64x2, type I32, i32, type Local, type V128, v128 } from "../../wasm/index.ts";
import { both, type Pair } from "./doublePair.ts";

/**
 * The traversal of a float32 matrix [rows, columns] by the batch norm kernels: over groups of
 * neighbouring columns, and in each group down the rows, computing in double. Values per column are
 * in planes of scratch memory, one vector of four columns after the other. If the columns are not a
 * multiple of four, the last vector overlaps the one before it (it has its own slot in a plane, and
 * both compute the same bits); fewer than four columns are one vector whose last lanes are
 * unspecified.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** The only columns to process, if they are divided (normalize.parts.ts). */
  readonly part?: Part | undefined;
}

/** Some vectors of columns, and the number of the part, which has values of its own to keep. */
interface Part {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Sizes that keep the arithmetic units busy without running out of registers: measured, not
 * derived.
 */
export interface GroupSize {
  readonly vectors: number;
  /** Rows per turn of a loop. */
  readonly atOnce: number;
}

/** Some neighbouring vectors of columns. */
interface Group extends GroupSize {
  /** Bytes from the start of a plane. */
  readonly slot: I32;
  /** Bytes from the start of a row. */
  readonly column: I32;
}

/**
 * A matrix of more rows than two blocks is processed block by block, because groups of columns read
 * parts of cache lines.
 */
const blockRows = 32;

/** The input of a batch norm, [N, C]. */
export const matrixOf = ({ shape }: Spec): Matrix => ({ rows: shape[0], columns: shape[1] });

export const vectorsOf = ({ columns }: Matrix): number => Math.ceil(columns / 4);

/** The vectors to process. */
const rangeOf = (matrix: Matrix) => matrix.part ?? { index: 0, from: 0, to: vectorsOf(matrix) };

/**
 * Bytes of one plane: two doubles for every four columns. Two planes hold a pair for each vector.
 */
export const planeBytes = (matrix: Matrix): number => 16 * vectorsOf(matrix);

/** Whether there are several blocks, so that planes hold the sums between them. */
export const inBlocks = ({ rows }: Matrix): boolean => rows > 2 * blockRows;

/**
 * Bytes of scratch for {@link Kept}: `values` pairs for every vector that a group has in a row. Not
 * where there are blocks.
 */
export const keptBytes = (matrix: Matrix, { vectors }: GroupSize, values: number): number =>
  inBlocks(matrix) ? 0 : matrix.rows * vectors * values * pairBytes;

const pairBytes = 32;

/** For the vectors that do not fill a wider group. */
export const single: GroupSize = { vectors: 1, atOnce: 2 };

/** Visits all columns in groups of the given size, and the rest in single vectors. */
export function forEachGroup(f: FunctionBuilder, matrix: Matrix, size: GroupSize, visit: (group: Group) => void): void {
  const { columns } = matrix;
  const vectors = vectorsOf(matrix);
  const { from, to } = rangeOf(matrix);
  const grouped = size.vectors === 1 ? 0 : Math.floor(Math.floor(columns / 4) / size.vectors) * size.vectors;
  const wide = Math.min(grouped, to);
  if (wide > from) {
    const slot = f.let(i32.const(16 * from));
    f.loop(slot, 16 * wide, 16 * size.vectors, () => visit({ ...size, slot, column: slot }));
  }
  const lastSlot = 16 * (vectors - 1);
  const lastColumn = Math.max(0, 4 * (columns - 4));
  const rest = Math.max(wide, from);
  if (vectors - rest === 1) visit({ ...single, slot: lastSlot, column: lastColumn });
  if (vectors - rest <= 1 || rest >= to) return;
  const slot = f.let(i32.const(16 * rest));
  f.loop(slot, 16 * to, 16, () => {
    if (columns % 4 === 0 || to < vectors) visit({ ...single, slot, column: slot });
    else {
      const isLast = i32.gtU(slot, lastColumn);
      visit({ ...single, slot, column: f.let(i32.sub(slot, i32.mul(isLast, lastSlot - lastColumn))) });
    }
  });
}

/** Visits all rows in blocks; `start` is the byte offset of a block's first row. */
function forEachBlock(f: FunctionBuilder, matrix: Matrix, visit: (start: I32, rows: number) => void): void {
  const { rows, columns } = matrix;
  if (!inBlocks(matrix)) {
    visit(0, rows);
    return;
  }
  const bytes = blockRows * 4 * columns;
  const blocks = Math.floor(rows / blockRows);
  const start = f.let(i32.const(0));
  f.loop(start, blocks * bytes, bytes, () => visit(start, blockRows));
  if (rows % blockRows > 0) visit(blocks * bytes, rows % blockRows);
}

/**
 * Down `rows` rows of a group, some rows per turn of a loop: `turn` gets their offsets from `at`.
 */
function downRows(
  f: FunctionBuilder,
  matrix: Matrix,
  group: Group,
  start: I32,
  rows: number,
  kept: Keep | undefined,
  turn: (at: Local<"i32">, offsets: readonly number[], keptOf: (row: number, q: number) => Kept | undefined) => void,
): void {
  const { atOnce, vectors } = group;
  const offsets = (from: number, count: number) =>
    Array.from({ length: count }, (_, row) => (from + row) * 4 * matrix.columns);
  const at = f.let(typeof start === "number" ? i32.add(group.column, start) : i32.add(start, group.column));
  const keptAt = kept && f.let(i32.const(kept.address));
  const vectorKept = (kept?.values ?? 0) * pairBytes;
  const keptFrom = (first: number) => (row: number, q: number) =>
    keptAt && { at: keptAt, offset: ((first + row) * vectors + q) * vectorKept };
  const turns = Math.floor(rows / atOnce);
  if (turns > 1) {
    const bytes = atOnce * 4 * matrix.columns;
    const end = f.let(i32.add(at, turns * bytes));
    f.loop(at, end, bytes, () => {
      turn(at, offsets(0, atOnce), keptFrom(0));
      if (keptAt !== undefined) f.set(keptAt, i32.add(keptAt, atOnce * vectors * vectorKept));
    });
  } else if (turns === 1) turn(at, offsets(0, atOnce), keptFrom(0));
  const done = turns === 1 ? atOnce : 0;
  if (rows % atOnce > 0) turn(at, offsets(done, rows % atOnce), keptFrom(done));
}

/** The values in double that the passes of a group share, which saves conversions. */
interface Keep {
  readonly address: number;
  readonly values: number;
}

/** The offset of one vector among them: one pair per value. */
export interface Kept {
  readonly at: Local<"i32">;
  readonly offset: number;
}

/**
 * Processes the elements of vector `q` of a group: `at` and `offset` locate them from an array's
 * address. If the passes go group by group, `kept` locates the values that an earlier pass stored.
 */
type AtElements<T> = (q: number, at: Local<"i32">, offset: number, kept: Kept | undefined) => T;

/** A pass over every element. */
export interface ElementPass {
  /** Loads the values of the columns into locals. */
  readonly begin: (group: Group) => AtElements<void>;
}

/** Sums down the columns, always in the same order. */
export interface SumPass {
  /** As many terms per element as there are sums. */
  readonly begin: (group: Group) => AtElements<readonly Pair[]>;
  readonly sums: number;
  /** Called once for every vector, with its sums. */
  readonly finish: (sums: readonly Pair[], slot: I32, column: I32) => void;
}

type Pass = ElementPass | SumPass;

/** Bytes of scratch for a pass with `sums` sums. */
export const sumsBytes = (matrix: Matrix, count: number): number =>
  inBlocks(matrix) ? 2 * count * planeBytes(matrix) : 0;

/**
 * Processes the matrix in several passes: group by group if there are few rows, else one pass after
 * the other. `scratch`: address of {@link sumsBytes} and, for each part, {@link keptBytes} bytes.
 */
export function emitPasses(
  f: FunctionBuilder,
  matrix: Matrix,
  {
    size,
    scratch,
    keeps = 0,
    passes,
  }: { readonly size: GroupSize; readonly scratch: number; readonly keeps?: number; readonly passes: readonly Pass[] },
): void {
  if (!inBlocks(matrix)) {
    const own = scratch + rangeOf(matrix).index * keptBytes(matrix, size, keeps);
    const kept = keeps > 0 ? { address: own, values: keeps } : undefined;
    forEachGroup(f, matrix, size, (group) => {
      for (const pass of passes) {
        if (!("sums" in pass)) visitRows(f, matrix, group, 0, matrix.rows, pass, kept);
        else {
          sumRows(f, matrix, group, 0, matrix.rows, pass, kept).forEach((totals, q) => {
            pass.finish(totals, plus(group.slot, 16 * q), plus(group.column, 16 * q));
          });
        }
      }
    });
    return;
  }
  for (const pass of passes) {
    if ("sums" in pass) sumBlocks(f, matrix, size, scratch, pass);
    else {
      forEachBlock(f, matrix, (start, rows) =>
        forEachGroup(f, matrix, size, (group) => visitRows(f, matrix, group, start, rows, pass)),
      );
    }
  }
}

function visitRows(
  f: FunctionBuilder,
  matrix: Matrix,
  group: Group,
  start: I32,
  rows: number,
  pass: ElementPass,
  kept?: Keep,
): void {
  const visit = pass.begin(group);
  downRows(f, matrix, group, start, rows, kept, (at, offsets, keptOf) => {
    for (const [row, offset] of offsets.entries()) {
      for (let q = 0; q < group.vectors; q++) visit(q, at, offset + 16 * q, keptOf(row, q));
    }
  });
}

/** The sums of each vector of a group over some rows. */
function sumRows(
  f: FunctionBuilder,
  matrix: Matrix,
  group: Group,
  start: I32,
  rows: number,
  pass: SumPass,
  kept?: Keep,
): Pair[][] {
  const local = () => both(() => f.let(f64x2.const(0))) as readonly [Local<"v128">, Local<"v128">];
  const terms = pass.begin(group);
  const totals = Array.from({ length: group.vectors }, () => Array.from({ length: pass.sums }, local));
  downRows(f, matrix, group, start, rows, kept, (at, offsets, keptOf) => {
    for (const [q, sums] of totals.entries()) {
      const ofRows = offsets.map((offset, row) => terms(q, at, offset + 16 * q, keptOf(row, q)));
      // Rows are added to each other first, because additions to a total depend on the previous
      // one.
      for (const [k, sum] of sums.entries()) {
        for (const half of [0, 1]) f.set(sum[half], f64x2.add(sum[half], addAll(ofRows.map((row) => row[k][half]))));
      }
    }
  });
  return totals;
}

function sumBlocks(f: FunctionBuilder, matrix: Matrix, size: GroupSize, scratch: number, pass: SumPass): void {
  const plane = planeBytes(matrix);
  const { from, to } = rangeOf(matrix);
  if (matrix.part === undefined) f.fill(scratch, 0, sumsBytes(matrix, pass.sums));
  else for (let i = 0; i < 2 * pass.sums; i++) f.fill(scratch + i * plane + 16 * from, 0, 16 * (to - from));
  forEachBlock(f, matrix, (start, rows) =>
    forEachGroup(f, matrix, size, (group) => {
      sumRows(f, matrix, group, start, rows, pass).forEach((totals, q) => {
        totals.flat().forEach((half, i) => {
          const at = scratch + i * plane + 16 * q;
          f.storeV128(group.slot, f64x2.add(v128.load(group.slot, at), half), at);
        });
      });
    }),
  );
  forEachGroup(f, matrix, single, ({ slot, column }) => {
    const half = (i: number) => f.let(v128.load(slot, scratch + i * plane));
    const totals = Array.from({ length: pass.sums }, (_, k) => [half(2 * k), half(2 * k + 1)] as const);
    pass.finish(totals, slot, column);
  });
}

const plus = (position: I32, bytes: number): I32 =>
  typeof position === "number" ? position + bytes : bytes === 0 ? position : i32.add(position, bytes);

/** Neighbours first, so that the sum is a tree. */
function addAll(parts: readonly V128[]): V128 {
  if (parts.length === 1) return parts[0];
  const half = Math.ceil(parts.length / 2);
  return f64x2.add(addAll(parts.slice(0, half)), addAll(parts.slice(half)));
}
