import { type Spec, sizeOf } from "../../core/index.ts";
import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64,
  f64x2,
  i32,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { loadLanes, loadSomeLanes, storeLanes } from "../../wasm/laneMemory.ts";
import type { Pair } from "./doublePair.ts";

/**
 * The traversal of float32 values [N, C, ...] by the batch norm kernels: channel by channel, and in
 * each over the contiguous runs of every sample, computing in double. The last one to three
 * elements of a run are a vector whose other lanes are padded.
 */
export interface Channels {
  readonly samples: number;
  readonly channels: number;
  /** Elements of a run. */
  readonly inner: number;
}

/** The input of a batch norm, [N, C, ...]. */
export const channelsOf = ({ shape }: Spec): Channels => ({
  samples: shape[0],
  channels: shape[1],
  inner: sizeOf(shape.slice(2)),
});

/** A channel while it is visited. */
export interface Channel {
  /** Bytes to its first element. */
  readonly start: Local<"i32">;
  /** Its number times 8: where its values lie in a float64 array [C]. */
  readonly at: Local<"i32">;
}

export function forEachChannel(f: FunctionBuilder, layout: Channels, visit: (channel: Channel) => void): void {
  const start = f.let(i32.const(0));
  const at = f.let(i32.const(0));
  f.loop(at, 8 * layout.channels, 8, () => {
    visit({ start, at });
    f.set(start, i32.add(start, 4 * layout.inner));
  });
}

/** Visits a channel's elements: four of them, or the `count` that are left of a run. */
export function forEachVector(
  f: FunctionBuilder,
  { samples, channels, inner }: Channels,
  { start }: Channel,
  visit: (at: Local<"i32">, count: number) => void,
): void {
  const at = f.let(start);
  f.times(samples, () => {
    f.times(Math.floor(inner / 4), () => {
      visit(at, 4);
      f.set(at, i32.add(at, 16));
    });
    if (inner % 4 > 0) visit(at, inner % 4);
    f.set(at, i32.add(at, 4 * (channels * inner - inner + (inner % 4))));
  });
}

/** Elements of a run; lanes beyond `count` are 0, or those of `filler`. */
export function loadRun(array: Placed, at: Expr<"i32">, count: number, filler?: V128): V128 {
  if (count === 4) return loadLanes(array, "float32", at);
  const some = loadSomeLanes(array, "float32", at, count);
  return filler === undefined ? some : f32x4.shuffle(some, filler, lanesWith(count));
}

function lanesWith(count: number): [number, number, number, number] {
  const lane = (i: number) => (i < count ? i : 4 + i);
  return [lane(0), lane(1), lane(2), lane(3)];
}

export function storeRun(f: FunctionBuilder, array: Placed, at: Expr<"i32">, value: V128, count: number): void {
  storeLanes(f, array, "float32", at, value, count);
}

/**
 * Sums over a channel, always in the same order, each in both lanes; `terms` are as many as there
 * are sums.
 */
export function sumChannel(
  f: FunctionBuilder,
  layout: Channels,
  channel: Channel,
  sums: number,
  terms: (at: Local<"i32">, count: number) => readonly Pair[],
): Local<"v128">[] {
  const totals = Array.from({ length: sums }, () => [f.let(f64x2.const(0)), f.let(f64x2.const(0))]);
  forEachVector(f, layout, channel, (at, count) => {
    for (const [k, term] of terms(at, count).entries()) {
      for (const half of [0, 1]) f.set(totals[k][half], f64x2.add(totals[k][half], term[half]));
    }
  });
  return totals.map(([low, high]) => {
    const two = f.let(f64x2.add(low, high));
    return f.let(f64x2.splat(f64.add(f64x2.extract(two, 0), f64x2.extract(two, 1))));
  });
}

/** The value of a channel in an array [C], in both lanes of doubles. */
export function loadChannel({ address, dtype }: Placed, { at }: Channel): V128 {
  return dtype === "float64"
    ? v128.load64Splat(at, address)
    : f64x2.promoteLow(v128.load32Splat(i32.shrU(at, 1), address));
}

/** Writes the value of a channel into an array [C]. */
export function storeChannel(f: FunctionBuilder, { address, dtype }: Placed, { at }: Channel, value: V128): void {
  if (dtype === "float64") f.storeLane64(at, value, 0, address);
  else f.storeLane32(i32.shrU(at, 1), f32x4.demoteZero(value), 0, address);
}
