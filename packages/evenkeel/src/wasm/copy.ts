import { type Expr, i32Const, type Local, type V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import { f32x4, i32, i32x4, v128 } from "./instructions.ts";

/** Moves and repeats elements of any dtype: only their width matters. */

/** The location of the elements of an array; another location has the same shape. */
interface Strided {
  readonly address: number;
  /** Added to the address, if only the program knows it. */
  readonly at?: Expr<"i32">;
  /** In elements; 0 repeats. */
  readonly strides: readonly number[];
}

/** From this size on memory.copy and memory.fill pay for their call. */
const longBytes = 4096;

/** Writes a vector over a whole array, slack included. */
export function fillArray(f: FunctionBuilder, address: number, bytes: number, vector: V128): void {
  forEachVector(f, bytes, (at, offset) => f.storeV128(at, vector, address + offset));
}

/** Copies a whole array, slack included. */
export function copyArray(f: FunctionBuilder, to: number, from: number, bytes: number): void {
  if (bytes > longBytes) f.copy(to, from, bytes);
  else forEachVector(f, bytes, (at, offset) => f.storeV128(at, v128.load(at, from + offset), to + offset));
}

/**
 * Runs `body` for the vectors of `bytes` bytes, the last one possibly beyond the end: four per turn
 * of a loop, then the rest.
 */
function forEachVector(f: FunctionBuilder, bytes: number, body: (at: Expr<"i32">, offset: number) => void): void {
  const end = Math.ceil(bytes / 16) * 16;
  const looped = end - (end % 64);
  if (looped > 0) {
    const at = f.let(i32.const(0));
    f.loop(at, looped, 64, () => {
      for (let offset = 0; offset < 64; offset += 16) body(at, offset);
    });
  }
  for (let offset = looped; offset < end; offset += 16) body(i32Const(0), offset);
}

interface Dimension {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Copies elements of `width` bytes between strided places: permutations, slices, repetition,
 * joining. Writes exactly the elements named. Contiguous rows are copied and repeated by vectors,
 * 2-D transposes of 4-byte elements by tiles.
 */
export function copyStrided(
  f: FunctionBuilder,
  width: 1 | 4 | 8,
  shape: readonly number[],
  source: Strided,
  target: Strided,
): void {
  if (shape.includes(0)) return;
  const dims = joined(
    shape.map((size, i) => ({ size, from: source.strides[i] * width, to: target.strides[i] * width })),
  );
  const last = dims.at(-1);
  const rows = last !== undefined && last.to === width && (last.from === width || last.from === 0);
  const tiled = !rows && isTransposed(dims, width);
  const outer = dims.slice(0, rows ? -1 : tiled ? -2 : undefined);
  // Offsets of the current row or element.
  const [from, to] = outer.length > 0 ? f.locals("i32", 2) : [];
  const read = { at: from ?? source.at ?? i32Const(0), address: source.address };
  const write = { at: to ?? target.at ?? i32Const(0), address: target.address };
  const nest = (depth: number): void => {
    if (depth < outer.length) {
      const dim = outer[depth];
      const step = (sign: number, count: number) => {
        if (dim.from !== 0) f.set(from, i32.add(from, sign * count * dim.from));
        f.set(to, i32.add(to, sign * count * dim.to));
      };
      f.times(dim.size, () => {
        nest(depth + 1);
        step(1, 1);
      });
      if (depth > 0) step(-1, dim.size);
    } else if (rows && last.from === width) copyRow(f, last.size * width, read, write);
    else if (rows) repeatElement(f, width, last.size, read, write);
    else if (tiled) transpose(f, dims.slice(-2), read, write);
    else copyElement(f, width, read, write);
  };
  // A function may contain this code twice.
  if (outer.length > 0) {
    f.set(from, source.at ?? 0);
    f.set(to, target.at ?? 0);
  }
  nest(0);
}

/** Drops dimensions of size 1, and merges those that are contiguous on both sides. */
function joined(dims: readonly Dimension[]): Dimension[] {
  const result: Dimension[] = [];
  for (const dim of dims) {
    if (dim.size === 1) continue;
    const above = result.at(-1);
    if (above !== undefined && above.from === dim.from * dim.size && above.to === dim.to * dim.size) {
      result[result.length - 1] = { ...dim, size: above.size * dim.size };
    } else result.push(dim);
  }
  return result;
}

/** An address that the loops advance, plus a constant. */
interface MovingAddress {
  readonly at: Expr<"i32">;
  readonly address: number;
}

function copyElement(f: FunctionBuilder, width: 1 | 4 | 8, from: MovingAddress, to: MovingAddress): void {
  if (width === 1) f.storeI8(to.at, i32.load8U(from.at, from.address), to.address);
  else if (width === 4) f.storeI32(to.at, i32.load(from.at, from.address), to.address);
  else f.storeLane64(to.at, v128.load64Zero(from.at, from.address), 0, to.address);
}

/**
 * Calls `piece` for pieces of 16, 8, 4 or 1 bytes that cover a row exactly; the last two may
 * overlap.
 */
function coverRow(
  f: FunctionBuilder,
  bytes: number,
  piece: (size: number, at: Local<"i32"> | undefined, offset: number) => void,
): void {
  const size = [16, 8, 4, 1].find((n) => n <= bytes) as number;
  let offset = 0;
  if (bytes >= 256) {
    offset = bytes - (bytes % 64);
    const at = f.let(i32.const(0));
    f.loop(at, offset, 64, () => {
      for (let k = 0; k < 64; k += 16) piece(16, at, k);
    });
  }
  for (; offset + size <= bytes; offset += size) piece(size, undefined, offset);
  if (offset < bytes) piece(size, undefined, bytes - size);
}

const shifted = (place: MovingAddress, at: Local<"i32"> | undefined): Expr<"i32"> =>
  at === undefined ? place.at : i32.add(place.at, at);

/** Copies exactly `bytes` bytes. */
export function copyRow(f: FunctionBuilder, bytes: number, from: MovingAddress, to: MovingAddress): void {
  if (bytes > longBytes) {
    f.copy(i32.add(to.at, to.address), i32.add(from.at, from.address), bytes);
    return;
  }
  coverRow(f, bytes, (size, at, offset) => {
    const [source, target] = [shifted(from, at), shifted(to, at)];
    const [read, write] = [from.address + offset, to.address + offset];
    if (size === 16) f.storeV128(target, v128.load(source, read), write);
    else if (size === 8) f.storeLane64(target, v128.load64Zero(source, read), 0, write);
    else if (size === 4) f.storeI32(target, i32.load(source, read), write);
    else f.storeI8(target, i32.load8U(source, read), write);
  });
}

function repeatElement(
  f: FunctionBuilder,
  width: 1 | 4 | 8,
  count: number,
  from: MovingAddress,
  to: MovingAddress,
): void {
  const vector = f.let(splatElement(width, from.at, from.address));
  coverRow(f, width * count, (size, at, offset) => {
    const [target, write] = [shifted(to, at), to.address + offset];
    if (size === 16) f.storeV128(target, vector, write);
    else if (size === 8) f.storeLane64(target, vector, 0, write);
    else if (size === 4) f.storeLane32(target, vector, 0, write);
    else f.storeI8(target, i32x4.extract(vector, 0), write);
  });
}

/** One element, read and repeated over a vector. */
export function splatElement(width: 1 | 4 | 8, at: Expr<"i32"> | number, address: number): V128 {
  if (width === 8) return v128.load64Splat(at, address);
  if (width === 4) return v128.load32Splat(at, address);
  return i32x4.splat(i32.mul(i32.load8U(at, address), 0x01010101));
}

const isTransposed = (dims: readonly Dimension[], width: number): boolean => {
  const [above, last] = dims.slice(-2);
  return dims.length >= 2 && width === 4 && above.from === 4 && last.to === 4 && above.size >= 4 && last.size >= 4;
};

/** to[a][b] = from[b][a] by tiles of 4 x 4; those at the edges overlap their neighbours. */
function transpose(
  f: FunctionBuilder,
  [rows, columns]: readonly Dimension[],
  from: MovingAddress,
  to: MovingAddress,
): void {
  const [read, write] = f.locals("i32", 2);
  const tiles = (size: number, step: { from: number; to: number }, body: () => void) => {
    const advance = (by: number) => {
      f.set(read, i32.add(read, by * step.from));
      f.set(write, i32.add(write, by * step.to));
    };
    f.times(Math.floor(size / 4), () => {
      body();
      advance(4);
    });
    if (size % 4 !== 0) {
      advance((size % 4) - 4);
      body();
      advance(4);
    }
    advance(-size);
  };
  f.set(read, from.at);
  f.set(write, to.at);
  const vectors = f.locals("v128", 8);
  tiles(rows.size, rows, () =>
    tiles(columns.size, columns, () => {
      const [input, half] = [vectors.slice(0, 4), vectors.slice(4)];
      for (let i = 0; i < 4; i++) f.set(input[i], v128.load(read, from.address + i * columns.from));
      for (const [i, k] of [0, 2].entries()) {
        f.set(half[k], f32x4.shuffle(input[2 * i], input[2 * i + 1], [0, 4, 1, 5]));
        f.set(half[k + 1], f32x4.shuffle(input[2 * i], input[2 * i + 1], [2, 6, 3, 7]));
      }
      for (let i = 0; i < 4; i++) {
        const lanes = i % 2 === 0 ? ([0, 1, 4, 5] as const) : ([2, 3, 6, 7] as const);
        const row = f32x4.shuffle(half[i >> 1], half[(i >> 1) + 2], lanes);
        f.storeV128(write, row, to.address + i * rows.to);
      }
    }),
  );
}
