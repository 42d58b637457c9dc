import type { Expr, Local, V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import { f32, f32x4, f64, f64x2, i32, v128 } from "./instructions.ts";

/**
 * Folds of float32 arrays viewed as [outer, length, inner] over the middle: rows if inner is 1,
 * else columns. The order of the additions depends on these three numbers alone.
 */

interface Folded {
  readonly from: number;
  readonly to: number;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  /** Address of `foldScratch` bytes. */
  readonly scratch: number;
}

export interface Fold {
  readonly start: number;
  readonly combine: (a: V128, b: V128) => V128;
  /**
   * For sums: after `partialTerms` additions in float32 a partial sum goes into a double, and so
   * does the result, through `finish`. Folds without it (maxima) do not round.
   */
  readonly finish?: (total: V128) => V128;
}

const partialTerms = 16;

/** A tile of columns is up to 4 vectors wide, each with a total of 4 doubles. */
const tileVectors = 4;
export const foldScratch = tileVectors * 32;

const low = (floats: V128): V128 => f64x2.promoteLow(floats);
const high = (floats: V128): V128 => f64x2.promoteLow(f32x4.shuffle(floats, floats, [2, 3, 2, 3]));
const addAll = (terms: readonly V128[]): V128 => terms.reduce((a, b) => f64x2.add(a, b));

/** Whether {@link foldColumns} can run without writing beyond a row of the result. */
export const columnsFit = (outer: number, inner: number): boolean => outer === 1 || inner >= 4;

/**
 * Each column of each [length, inner] block becomes one number. Reads to the end of the last vector
 * of a row; the vector at the right edge overlaps its neighbour.
 */
export function foldColumns(f: FunctionBuilder, fold: Fold, folded: Folded): void {
  const { outer, length, inner } = folded;
  const [column, to] = f.locals("i32", 2);
  f.set(column, 0);
  f.set(to, 0);
  const tiles = Math.floor(inner / 16);
  const rest = inner % 16;
  // The start of the rest: one vector early if there is one, so that offsets are not negative.
  const back = tiles > 0 ? 16 : 0;
  const offsets = Array.from({ length: Math.floor(rest / 4) }, (_, k) => back + 16 * k);
  if (rest % 4 !== 0) offsets.push(inner < 4 ? 0 : back + 4 * rest - 16);
  const move = (by: number) => {
    f.set(column, i32.add(column, by));
    f.set(to, i32.add(to, by));
  };
  f.times(outer, () => {
    f.times(tiles, () => {
      foldTile(f, fold, folded, column, to, [0, 16, 32, 48]);
      move(64);
    });
    if (offsets.length > 0) {
      if (back > 0) move(-back);
      foldTile(f, fold, folded, column, to, offsets);
      if (back > 0) move(back);
    }
    f.set(to, i32.add(to, 4 * rest));
    f.set(column, i32.add(column, 4 * (rest + (length - 1) * inner)));
  });
}

/** The vectors of one tile over all rows: wide tiles take 2 rows at a time, narrow ones 4. */
function foldTile(
  f: FunctionBuilder,
  { start, combine, finish }: Fold,
  { from, to, length, inner, scratch }: Folded,
  column: Local<"i32">,
  target: Local<"i32">,
  offsets: readonly number[],
): void {
  const rows = offsets.length > 2 ? 2 : 4;
  const partial = offsets.map(() => f.locals("v128", rows));
  const at = f.let(column);
  const clear = () => {
    for (const accumulator of partial.flat()) f.set(accumulator, f32x4.const(start));
  };
  const takeRows = (count: number) => {
    for (let row = 0; row < count; row++) {
      for (const [k, offset] of offsets.entries()) {
        const value = v128.load(at, from + offset + 4 * row * inner);
        f.set(partial[k][row], combine(partial[k][row], value));
      }
    }
  };
  const take = (steps: number) =>
    f.times(steps, () => {
      takeRows(rows);
      f.set(at, i32.add(at, 4 * rows * inner));
    });
  const steps = Math.floor(length / rows);
  const blocks = finish === undefined || steps <= partialTerms ? 0 : Math.floor(steps / partialTerms);
  if (blocks > 0) f.times(2 * offsets.length, storeZeros(f, scratch));
  f.times(blocks, () => {
    clear();
    take(partialTerms);
    for (const [k, sums] of partial.entries()) {
      for (const [half, promote] of [low, high].entries()) {
        const total = scratch + 32 * k + 16 * half;
        f.storeV128(0, addAll([v128.load(0, total), ...sums.map(promote)]), total);
      }
    }
  });
  clear();
  take(steps - blocks * partialTerms);
  takeRows(length % rows);
  for (const [k, offset] of offsets.entries()) {
    const total = (half: number, promote: (floats: V128) => V128) => {
      const before = blocks > 0 ? [v128.load(0, scratch + 32 * k + 16 * half)] : [];
      return f64x2.add(f64x2.const(0), addAll([...before, ...partial[k].map(promote)]));
    };
    const value =
      finish === undefined
        ? partial[k].reduce<V128>((a, b) => combine(a, b), partial[k][0])
        : f32x4.shuffle(
            f32x4.demoteZero(finish(total(0, low))),
            f32x4.demoteZero(finish(total(1, high))),
            [0, 1, 4, 5],
          );
    f.storeV128(target, value, to + offset);
  }
}

function storeZeros(f: FunctionBuilder, address: number): () => void {
  const at = f.let(i32.const(0));
  return () => {
    f.storeV128(at, f64x2.const(0), address);
    f.set(at, i32.add(at, 16));
  };
}

/** Each row of `length` becomes one number. */
export function foldRows(f: FunctionBuilder, fold: Fold, { from, to, outer, length }: Folded): void {
  const [at, target] = f.locals("i32", 2);
  f.set(at, 0);
  f.set(target, 0);
  f.times(outer, () => {
    const value =
      fold.finish === undefined ? largestOfRow(f, fold, at, from, length) : sumOfRow(f, fold, at, from, length);
    f.storeF32(target, value, to);
    f.set(target, i32.add(target, 4));
  });
}

/** Four partial results over the whole vectors of one row; advances `at` past them. */
function partialsOfRow(
  f: FunctionBuilder,
  { start, combine }: Fold,
  at: Local<"i32">,
  from: number,
  length: number,
): { partial: Local<"v128">[]; take: (steps: number) => void; takeRest: () => void; clear: () => void } {
  const vectors = Math.floor(length / 4);
  const partial = f.locals("v128", Math.min(4, Math.max(1, vectors)));
  const takeVectors = (count: number) => {
    for (let k = 0; k < count; k++) f.set(partial[k], combine(partial[k], v128.load(at, from + 16 * k)));
    f.set(at, i32.add(at, 16 * count));
  };
  return {
    partial,
    take: (steps) => f.times(steps, () => takeVectors(partial.length)),
    takeRest: () => takeVectors(vectors % partial.length),
    clear: () => {
      for (const accumulator of partial) f.set(accumulator, f32x4.const(start));
    },
  };
}

function sumOfRow(f: FunctionBuilder, fold: Fold, at: Local<"i32">, from: number, length: number): Expr<"f32"> {
  const { partial, take, takeRest, clear } = partialsOfRow(f, fold, at, from, length);
  const total = f.let(f64x2.const(0));
  const flush = () => f.set(total, f64x2.add(total, addAll(partial.flatMap((sums) => [low(sums), high(sums)]))));
  const steps = Math.floor(Math.floor(length / 4) / partial.length);
  const blocks = Math.floor(steps / partialTerms);
  f.times(blocks, () => {
    clear();
    take(partialTerms);
    flush();
  });
  clear();
  take(steps % partialTerms);
  takeRest();
  flush();
  const sum = f.let(f64.add(f64x2.extract(total, 0), f64x2.extract(total, 1)));
  for (let k = 0; k < length % 4; k++) f.set(sum, f64.add(sum, f64.promote(f32.load(at, from + 4 * k))));
  f.set(at, i32.add(at, 4 * (length % 4)));
  const finished = (fold.finish as NonNullable<Fold["finish"]>)(f64x2.splat(sum));
  return f32x4.extract(f32x4.demoteZero(finished), 0);
}

/**
 * The sum of `map` over a row in doubles, four partial sums of two: for squares, which float32
 * might not hold.
 */
export function sumInDoubles(
  f: FunctionBuilder,
  start: Expr<"i32">,
  from: number,
  length: number,
  map: (value: Local<"v128">) => V128,
): Expr<"f64"> {
  const at = f.let(start);
  const totals = f.locals("v128", 4);
  const value = f.local("v128");
  for (const total of totals) f.set(total, f64x2.const(0));
  const take = (k: number) => {
    f.set(value, f64x2.promoteLow(v128.load64Zero(at, from + 8 * k)));
    f.set(totals[k], f64x2.add(totals[k], map(value)));
  };
  f.times(Math.floor(length / 8), () => {
    for (let k = 0; k < 4; k++) take(k);
    f.set(at, i32.add(at, 32));
  });
  for (let k = 0; k < Math.floor((length % 8) / 2); k++) take(k);
  if (length % 2 === 1) {
    f.set(value, f64x2.promoteLow(v128.load32Zero(at, from + 4 * ((length % 8) - 1))));
    f.set(totals[3], f64x2.add(totals[3], map(value)));
  }
  const sum = f.let(addAll(totals));
  return f64.add(f64x2.extract(sum, 0), f64x2.extract(sum, 1));
}

/**
 * The fold of a row with at least 4 elements; elements that its last two vectors share count twice.
 */
function largestOfRow(f: FunctionBuilder, fold: Fold, at: Local<"i32">, from: number, length: number): Expr<"f32"> {
  const { partial, take, takeRest, clear } = partialsOfRow(f, fold, at, from, length);
  clear();
  take(Math.floor(Math.floor(length / 4) / partial.length));
  takeRest();
  if (length % 4 !== 0) {
    f.set(at, i32.add(at, 4 * (length % 4) - 16));
    f.set(partial[0], fold.combine(partial[0], v128.load(at, from)));
    f.set(at, i32.add(at, 16));
  }
  const best = f.let(partial.reduce<V128>((a, b) => fold.combine(a, b), partial[0]));
  f.set(best, fold.combine(best, f32x4.shuffle(best, best, [2, 3, 0, 1])));
  f.set(best, fold.combine(best, f32x4.shuffle(best, best, [1, 0, 3, 2])));
  return f32x4.extract(best, 0);
}
