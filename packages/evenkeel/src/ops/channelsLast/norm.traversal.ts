import type { Spec } from "../../core/index.ts";
import {
  type FunctionBuilder,
  f64x2,
  type I32,
  i32,
  type Local,
  type Placed,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { loadSomeLanes, storeLanes } from "../../wasm/laneMemory.ts";
import { type Pair, promotePair } from "../normalize/doublePair.ts";
import { type Border, picturesOf } from "./border.ts";
import type { Place } from "./place.ts";

/**
 * The traversal of channels-last pictures by the kernels of batch norm: in blocks of pixels that
 * fit the L1 cache, and in each block over groups of neighbouring channels, whose values stay in
 * registers for the block. If the channels are not a multiple of four, the last vector overlaps the
 * one before it; fewer than four are one short vector. Values per channel are in planes of scratch
 * memory, a slot of 16 bytes for every vector.
 */

/**
 * A place that is visited pixel by pixel, or window by window: distances are from visit to visit.
 */
export interface VisitedPlace extends Place {
  /** Bytes that a visit touches. */
  readonly touched: number;
}

/** The number of visits. */
export interface Grid {
  readonly images: number;
  readonly rows: number;
  readonly columns: number;
}

/** The pixels of an array, one by one or in windows of 2 x 2. */
export function visitedPlaceOf({ shape, address }: Placed, [[top], [left]]: Border, window: 1 | 2 = 1): VisitedPlace {
  const [, height, width, channels] = shape;
  const pixel = 4 * channels;
  return {
    address: address + (top * width + left) * pixel,
    pixel: window * pixel,
    row: window * width * pixel,
    image: height * width * pixel,
    touched: window * window * pixel,
  };
}

/** The same values for all pixels of a picture, from [N, C]. */
export function perImage({ shape, address }: Placed): VisitedPlace {
  return { address, pixel: 0, row: 0, image: 4 * shape[1], touched: 0 };
}

/** One visit for each pixel. */
export function gridOf(x: Spec, border: Border): Grid {
  const { count, height, width } = picturesOf("channelsLast", "the array", x, border);
  return { images: count, rows: height, columns: width };
}

/** The offsets of the four pixels of a window from its first. */
export function windowOffsets({ shape: [, , width, channels] }: Spec): readonly number[] {
  return [0, 4 * channels, 4 * width * channels, 4 * (width + 1) * channels];
}

/** A vector of channels in a group. */
interface Vector {
  /** Bytes from the first channel of the group. */
  readonly channel: number;
  /** Bytes from the group's slot. */
  readonly slot: number;
}

export interface Group {
  readonly channel: I32;
  readonly slot: I32;
  readonly vectors: readonly Vector[];
  /** Channels in a vector: four, or all there are. */
  readonly lanes: number;
}

/** The number of vectors that hold `channels` channels. */
export const vectorsOf = (channels: number): number => Math.ceil(channels / 4);

export const planeBytes = (channels: number): number => 16 * vectorsOf(channels);

/** Visits all channels in groups of `size` vectors, then the remaining vectors together. */
function forEachGroup(f: FunctionBuilder, channels: number, size: number, visit: (group: Group) => void): void {
  const whole = Math.floor(channels / 4);
  const groups = Math.floor(whole / size);
  const lanes = Math.min(4, channels);
  const vectors = Array.from({ length: size }, (_, q) => ({ channel: 16 * q, slot: 16 * q }));
  if (groups === 1) visit({ channel: 0, slot: 0, vectors, lanes });
  if (groups > 1) {
    const at = f.let(i32.const(0));
    f.loop(at, 16 * size * groups, 16 * size, () => visit({ channel: at, slot: at, vectors, lanes }));
  }
  const rest = Array.from({ length: vectorsOf(channels) - groups * size }, (_, q) => {
    const vector = groups * size + q;
    return { channel: vector < whole ? 16 * vector : Math.max(0, 4 * (channels - 4)), slot: 16 * vector };
  });
  if (rest.length > 0) visit({ channel: 0, slot: 0, vectors: rest, lanes });
}

/** The actions of a traversal. */
interface Traversal {
  /** Vectors in a group of channels: as many as the registers hold. */
  readonly size: number;
  /**
   * Loads the values of the channels; returns the action of each visit, which gets a pointer into
   * every array.
   */
  readonly begin: (group: Group) => (at: readonly Local<"i32">[]) => void;
  /** Called at the end of a block, for the same group. */
  readonly end?: (group: Group) => void;
  /** Called at the end of each picture. */
  readonly image?: () => void;
  /** Visits in a block, at most. */
  readonly visits?: number | undefined;
}

/** Bytes of a block, and visits in it: sums of float32 go to double at its end. */
const blockBytes = 8192;
const blockVisits = 64;

export function traverse(
  f: FunctionBuilder,
  grid: Grid,
  channels: number,
  places: readonly VisitedPlace[],
  what: Traversal,
): void {
  const { images, rows, columns } = collapsed(grid, places, what.image !== undefined);
  const starts = places.map(({ address }) => f.let(i32.const(address)));
  const move = (pointers: readonly Local<"i32">[], by: (place: VisitedPlace) => number) => {
    for (const [i, pointer] of pointers.entries()) {
      const bytes = by(places[i]);
      if (bytes !== 0) f.set(pointer, i32.add(pointer, bytes));
    }
  };
  const most = Math.max(
    1,
    Math.min(what.visits ?? blockVisits, Math.floor(blockBytes / Math.max(...places.map(({ touched }) => touched)))),
  );
  const across = blockOf(columns, most);
  const down = across < columns ? 1 : blockOf(rows, Math.max(1, Math.floor(most / columns)));
  const block = (height: number, width: number) =>
    forEachGroup(f, channels, what.size, (group) => {
      const visit = what.begin(group);
      const at = starts.map((start) => f.let(i32.add(start, group.channel)));
      f.times(height, () => {
        f.times(width, () => {
          visit(at);
          move(at, ({ pixel }) => pixel);
        });
        if (height > 1) move(at, ({ row, pixel }) => row - width * pixel);
      });
      what.end?.(group);
    });
  const rowOfBlocks = (height: number) => {
    f.times(Math.floor(columns / across), () => {
      block(height, across);
      move(starts, ({ pixel }) => across * pixel);
    });
    const rest = columns % across;
    if (rest > 0) {
      block(height, rest);
      move(starts, ({ pixel }) => rest * pixel);
    }
    move(starts, ({ row, pixel }) => height * row - columns * pixel);
  };
  f.times(images, () => {
    f.times(Math.floor(rows / down), () => rowOfBlocks(down));
    if (rows % down > 0) rowOfBlocks(rows % down);
    what.image?.();
    move(starts, ({ image, row }) => image - rows * row);
  });
}

/** Rows, and pictures, that are contiguous in every array are merged into one long row. */
function collapsed(grid: Grid, places: readonly VisitedPlace[], byImage: boolean): Grid {
  const { images, rows, columns } = grid;
  if (!places.every(({ row, pixel }) => row === columns * pixel)) return grid;
  const long = rows * columns;
  if (byImage || !places.every(({ image, pixel }) => image === long * pixel)) {
    return { images, rows: 1, columns: long };
  }
  return { images: 1, rows: 1, columns: images * long };
}

/** The largest divisor of `count` up to `most`, unless it is less than half of it. */
function blockOf(count: number, most: number): number {
  if (count <= most) return count;
  for (let size = most; 2 * size > most; size--) if (count % size === 0) return size;
  return most;
}

/** A vector of channels at a pixel; lanes beyond the last channel hold 0. */
export function loadPixel(at: I32, offset: number, lanes: number): V128 {
  if (lanes === 4) return v128.load(at, offset);
  return loadSomeLanes({ address: offset, dtype: "float32" }, "float32", asExpression(at), lanes);
}

export function storePixel(f: FunctionBuilder, at: I32, value: V128, offset: number, lanes: number): void {
  storeLanes(f, { address: offset, dtype: "float32" }, "float32", asExpression(at), value, lanes);
}

const asExpression = (at: I32) => (typeof at === "number" ? i32.const(at) : at);

/** One vector of channels, in computations per channel. */
export interface Slot {
  /** Bytes from the start of a plane. */
  readonly slot: I32;
  /** Bytes from the start of a float32 array [C]. */
  readonly channel: I32;
  readonly lanes: number;
}

export function forEachSlot(f: FunctionBuilder, channels: number, visit: (slot: Slot) => void): void {
  forEachGroup(f, channels, 1, ({ channel, slot, vectors, lanes }) => {
    for (const vector of vectors) {
      // The last vector is separate, with its own offsets.
      visit({ slot: plus(slot, vector.slot), channel: plus(channel, vector.channel), lanes });
    }
  });
}

const plus = (at: I32, bytes: number): I32 =>
  typeof at === "number" ? at + bytes : bytes === 0 ? at : i32.add(at, bytes);

/** The values of four channels in an array [C] of float32 or float64, in double. */
export function loadChannels({ address, dtype }: Placed, { channel, lanes }: Slot): Pair {
  if (dtype === "float32") return promotePair(loadPixel(channel, address, lanes));
  const at = i32.shl(channel, 1);
  const half = (first: number): V128 => {
    const left = lanes - first;
    if (left >= 2) return v128.load(at, address + 8 * first);
    return left === 1 ? v128.load64Zero(at, address + 8 * first) : f64x2.const(0);
  };
  return [half(0), half(2)];
}

/** Writes four channels into a float64 array [C]. */
export function storeDoubles(f: FunctionBuilder, { address }: Placed, { channel, lanes }: Slot, pair: Pair): void {
  const at = f.let(i32.shl(channel, 1));
  for (const [half, value] of pair.entries()) {
    const left = lanes - 2 * half;
    if (left >= 2) f.storeV128(at, value, address + 16 * half);
    else if (left === 1) f.storeLane64(at, value, 0, address + 16 * half);
  }
}
