import {
  type FunctionBuilder,
  f32x4,
  f64x2,
  type I32,
  i32,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { both, demotePair, type Pair, promotePair } from "../normalize/doublePair.ts";
import {
  forEachSlot,
  type Grid,
  type Group,
  loadPixel,
  planeBytes,
  type Slot,
  storeDoubles,
  traverse,
  type VisitedPlace,
  vectorsOf,
} from "./norm.traversal.ts";

/**
 * Mean and biased variance of every channel. Sums of x - x0 and of its square run in float32
 * through a block and in double from block to block, x0 being the mean of a few pixels, so that
 * squares cancel nowhere. Where x0 turns out to be far from the mean, or a sum has overflowed
 * float32, two passes in double start over.
 */

/** Two doubles for each channel of a vector: the sums between blocks. */
export const sumsBytes = (channels: number, sums: number): number => 2 * sums * planeBytes(channels);

/** Adds float32 sums of a group to those in double, and resets them. */
export function flush(
  f: FunctionBuilder,
  channels: number,
  { slot, vectors }: Group,
  sums: number,
  totals: readonly (readonly Local<"v128">[])[],
): void {
  const at = f.let(typeof slot === "number" ? i32.const(2 * slot) : i32.shl(slot, 1));
  for (const [k, ofVectors] of totals.entries()) {
    for (const [q, total] of ofVectors.entries()) {
      const offset = sums + 2 * k * planeBytes(channels) + 2 * vectors[q].slot;
      for (const [half, value] of promotePair(total).entries()) {
        f.storeV128(at, f64x2.add(v128.load(at, offset + 16 * half), value), offset + 16 * half);
      }
      f.set(total, f32x4.const(0));
    }
  }
}

/** The sums of a slot, in double. */
export function sumOf(f: FunctionBuilder, channels: number, { slot }: Slot, sums: number, k: number): Pair {
  const at = typeof slot === "number" ? i32.const(2 * slot) : i32.shl(slot, 1);
  const offset = sums + 2 * k * planeBytes(channels);
  return both((half) => f.let(v128.load(at, offset + 16 * half)));
}

interface Batch {
  readonly place: VisitedPlace;
  readonly grid: Grid;
  readonly channels: number;
}

export const countOf = ({ images, rows, columns }: Grid): number => images * rows * columns;

/**
 * This few values cost little in double, and would have too few blocks for rounding errors to
 * average out.
 */
export const few = 1024;

/** Bytes of scratch for {@link emitStatistics}. */
export const statisticsBytes = (channels: number): number => planeBytes(channels) + sumsBytes(channels, 2);

/** Fills `mean` and `variance`, float64 [C]. */
export function emitStatistics(
  f: FunctionBuilder,
  batch: Batch,
  mean: Placed,
  variance: Placed,
  eps: number,
  scratch: number,
): void {
  const { channels, grid } = batch;
  const origins = scratch;
  const sums = scratch + planeBytes(channels);
  if (countOf(grid) <= few) {
    emitDoubles(f, batch, mean, variance, sums);
    return;
  }
  emitOrigins(f, batch, origins);
  f.fill(sums, 0, sumsBytes(channels, 2));
  emitSums(f, batch, origins, sums);
  const share = f64x2.const(1 / countOf(grid));
  const poor = f.let(f32x4.const(0));
  forEachSlot(f, channels, (slot) => {
    const origin = promotePair(f.let(v128.load(slot.slot, origins)));
    const offset = both((half) => f.let(f64x2.mul(sumOf(f, channels, slot, sums, 0)[half], share)));
    const square = sumOf(f, channels, slot, sums, 1);
    const squares = both((half) => f.let(f64x2.mul(offset[half], offset[half])));
    const variances = both((half) =>
      f.let(f64x2.pmax(f64x2.sub(f64x2.mul(square[half], share), squares[half]), f64x2.const(0))),
    );
    storeDoubles(
      f,
      mean,
      slot,
      both((half) => f64x2.add(origin[half], offset[half])),
    );
    storeDoubles(f, variance, slot, variances);
    for (const half of [0, 1]) {
      let good: V128 = v128.and(
        f64x2.le(squares[half], f64x2.mul(variances[half], f64x2.const(4))),
        f64x2.lt(variances[half], f64x2.const(Number.POSITIVE_INFINITY)),
      );
      // Squares below float32's range matter if eps does not hide them.
      if (eps < 1e-12) good = v128.and(good, f64x2.ge(variances[half], f64x2.const(1e-24)));
      f.set(poor, v128.or(poor, v128.not(good)));
    }
  });
  f.if(v128.anyTrue(poor), () => emitDoubles(f, batch, mean, variance, sums));
}

/** The mean of some pixels spread over the batch, for every channel. */
function emitOrigins(f: FunctionBuilder, { place, grid, channels }: Batch, origins: number): void {
  const { images, rows, columns } = grid;
  const taken = Math.min(images, 16);
  const step = Math.floor(images / taken) * place.image;
  const eighths = [
    [1, 5],
    [3, 1],
    [5, 7],
    [7, 3],
  ];
  const offsets = eighths.map(
    ([y, x]) => Math.floor((rows * y) / 8) * place.row + Math.floor((columns * x) / 8) * place.pixel,
  );
  forEachSlot(f, channels, ({ slot, channel, lanes }) => {
    const total = both(() => f.let(f64x2.const(0))) as readonly [Local<"v128">, Local<"v128">];
    const at = f.let(i32.add(channel, place.address));
    f.times(taken, () => {
      for (const offset of offsets) {
        const wide = promotePair(f.let(loadPixel(at, offset, lanes)));
        for (const half of [0, 1]) f.set(total[half], f64x2.add(total[half], wide[half]));
      }
      f.set(at, i32.add(at, step));
    });
    const mean = f.let(demotePair(both((half) => f64x2.mul(total[half], f64x2.const(1 / (taken * offsets.length))))));
    // An infinity or NaN would make all differences NaN.
    const finite = f32x4.eq(f32x4.sub(mean, mean), f32x4.const(0));
    f.storeV128(slot, v128.and(mean, finite), origins);
  });
}

function emitSums(f: FunctionBuilder, { place, grid, channels }: Batch, origins: number, sums: number): void {
  const size = Math.min(4, vectorsOf(channels));
  const totals = [0, 1].map(() => Array.from({ length: size }, () => f.let(f32x4.const(0))));
  traverse(f, grid, channels, [place], {
    size,
    begin: ({ slot, vectors, lanes }) => {
      const from = vectors.map((vector) => f.let(v128.load(slot, origins + vector.slot)));
      const difference = f.local("v128");
      return ([at]) => {
        for (const [q, { channel }] of vectors.entries()) {
          f.set(difference, f32x4.sub(loadPixel(at, channel, lanes), from[q]));
          f.set(totals[0][q], f32x4.add(totals[0][q], difference));
          f.set(totals[1][q], f32x4.add(totals[1][q], f32x4.mul(difference, difference)));
        }
      };
    },
    end: (group) =>
      flush(
        f,
        channels,
        group,
        sums,
        totals.map((some) => some.slice(0, group.vectors.length)),
      ),
  });
}

/** The two passes in double, for data on which float32 sums are not exact enough. */
function emitDoubles(f: FunctionBuilder, batch: Batch, mean: Placed, variance: Placed, sums: number): void {
  const { place, grid, channels } = batch;
  const pass = (target: Placed, term: (value: V128, middle: V128) => V128, middle: Placed | undefined) => {
    f.fill(sums, 0, sumsBytes(channels, 1));
    const totals = f.locals("v128", 2);
    const middles = f.locals("v128", 2);
    traverse(f, grid, channels, [place], {
      size: 1,
      begin: ({ slot, vectors: [vector], lanes }) => {
        const at = doubleOf(f, slot);
        for (const half of [0, 1]) {
          const offset = sums + 2 * vector.slot + 16 * half;
          f.set(totals[half], v128.load(at, offset));
          if (middle !== undefined)
            f.set(middles[half], v128.load(at, sums + sumsBytes(channels, 1) + 2 * vector.slot + 16 * half));
        }
        return ([pixel]) => {
          const wide = promotePair(f.let(loadPixel(pixel, vector.channel, lanes)));
          for (const half of [0, 1]) f.set(totals[half], f64x2.add(totals[half], term(wide[half], middles[half])));
        };
      },
      end: ({ slot, vectors: [vector] }) => {
        const at = doubleOf(f, slot);
        for (const half of [0, 1]) f.storeV128(at, totals[half], sums + 2 * vector.slot + 16 * half);
      },
    });
    forEachSlot(f, channels, (slot) => {
      const total = sumOf(f, channels, slot, sums, 0);
      const share = both((half) => f.let(f64x2.mul(total[half], f64x2.const(1 / countOf(grid)))));
      storeDoubles(f, target, slot, share);
      const at = doubleOf(f, slot.slot);
      for (const half of [0, 1]) f.storeV128(at, share[half], sums + sumsBytes(channels, 1) + 16 * half);
    });
  };
  pass(mean, (value) => value, undefined);
  pass(
    variance,
    (value, middle) => {
      const difference = f.let(f64x2.sub(value, middle));
      return f64x2.mul(difference, difference);
    },
    mean,
  );
}

const doubleOf = (f: FunctionBuilder, slot: I32): Local<"i32"> =>
  f.let(typeof slot === "number" ? i32.const(2 * slot) : i32.shl(slot, 1));
