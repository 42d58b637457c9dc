import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64,
  f64x2,
  type I32,
  i32,
  type Local,
  type V128,
  v128,
} from "../../wasm/index.ts";
import { both, type Pair, promotePair } from "../normalize/doublePair.ts";

/**
 * Contiguous lines of float32 elements, visited one after the other, four elements at a time and in
 * double.
 */
export interface Lines {
  readonly f: FunctionBuilder;
  /** Elements of a line; at least 1. */
  readonly length: number;
  /** How many there are; at least 1. */
  readonly count: number;
}

/** Calls `line` for every line, with its byte offset. */
export function forEachLine({ f, length, count }: Lines, line: (start: Local<"i32">) => void): void {
  const start = f.let(i32.const(0));
  f.loop(start, 4 * length * count, 4 * length, () => line(start));
}

/**
 * Visits a line four elements at a time; the last `count` may be fewer. `at` counts bytes from the
 * line's start.
 */
export function forEachVector({ f, length }: Lines, visit: (at: I32, count: number) => void): void {
  const whole = Math.floor(length / 4);
  if (whole === 1) visit(0, 4);
  else if (whole > 1) {
    const at = f.let(i32.const(0));
    f.loop(at, 16 * whole, 16, () => visit(at, 4));
  }
  if (length % 4 > 0) visit(16 * whole, length % 4);
}

export const place = (base: Expr<"i32">, at: I32): Expr<"i32"> => (at === 0 ? base : i32.add(base, at));

/** `count` elements, the other lanes padded: the array may end after the last line. */
export function load({ f }: Lines, address: Expr<"i32">, count: number, filler: V128): V128 {
  if (count === 4) return v128.load(address);
  const values = f.let(filler);
  for (let lane = 0; lane < count; lane++) f.set(values, v128.load32Lane(address, values, lane, 4 * lane));
  return values;
}

export const loadWide = (lines: Lines, address: Expr<"i32">, count: number, filler: number): Pair =>
  promotePair(lines.f.let(load(lines, address, count, f32x4.const(filler))));

export function store({ f }: Lines, address: Expr<"i32">, values: V128, count: number): void {
  if (count === 4) {
    f.storeV128(address, values);
    return;
  }
  const kept = f.let(values);
  for (let lane = 0; lane < count; lane++) f.storeLane32(address, kept, lane, 4 * lane);
}

/** Bytes of a line kept in double. */
export const wideBytes = (length: number): number => 32 * Math.ceil(length / 4);

/** The values at `at`, in bytes of float32, of a line kept in double at an address. */
export const kept = (address: number, at: I32): Pair => both((half) => v128.load(doubled(at), address + 16 * half));

export function keep(f: FunctionBuilder, address: number, at: I32, values: Pair): void {
  for (const half of [0, 1] as const) f.storeV128(doubled(at), values[half], address + 16 * half);
}

const doubled = (at: I32): I32 => (typeof at === "number" ? 2 * at : i32.shl(at, 1));

/** Adds up pairs; lanes are added to one another at the end. */
export class Sum {
  readonly #f: FunctionBuilder;
  readonly #lanes: Local<"v128">;

  constructor(f: FunctionBuilder) {
    this.#f = f;
    this.#lanes = f.let(f64x2.const(0));
  }

  add([low, high]: Pair): void {
    this.#f.set(this.#lanes, f64x2.add(this.#lanes, f64x2.add(low, high)));
  }

  total(): Local<"f64"> {
    return this.#f.let(f64.add(f64x2.extract(this.#lanes, 0), f64x2.extract(this.#lanes, 1)));
  }
}
