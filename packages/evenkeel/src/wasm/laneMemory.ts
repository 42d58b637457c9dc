import type { DType } from "../core/index.ts";
import { type Expr, type I32, instruction, type V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import { f32x4, f64x2, i32, i32x4, v128 } from "./instructions.ts";

/**
 * Arrays as lanes of one kind: loops count in bytes of the lane's dtype, 4 or 8 per element, and
 * positions in other dtypes follow from that. A bool is a mask of all ones or all zeros; integers
 * among floats become floats.
 */
export type LaneType = "float32" | "float64" | "int32";

export const laneBytes: Record<LaneType, number> = { float32: 4, float64: 8, int32: 4 };
export const laneCount: Record<LaneType, number> = { float32: 4, float64: 2, int32: 4 };

/** An array to load from or store to. */
export interface LaneArray {
  readonly address: number;
  readonly dtype: DType;
}

const widths: Record<DType, number> = { float32: 4, float64: 8, int32: 4, bool: 1 };

export const bytesOfElement = (dtype: DType): number => widths[dtype];

/** The position in bytes of an element of `dtype`, given the position of its lane. */
function positionOf(dtype: DType, lanes: LaneType, at: Expr<"i32">): Expr<"i32"> {
  const shift = Math.log2(laneBytes[lanes] / widths[dtype]);
  return shift === 0 ? at : i32.shrU(at, shift);
}

const unary = (code: number) => (a: V128) => instruction("v128", [0xfd, code], [a]);
const binary = (code: number) => (a: V128, b: V128) => instruction("v128", [0xfd, code], [a, b]);

const extendBytes = unary(0x89);
const extendWords = unary(0xa9);
const extendInts = unary(0xc9);
const narrowInts = binary(0x85);
const narrowWords = binary(0x65);
const subtract64 = binary(0xd1);

/** Lanes of all ones from the low bytes that are 1. */
function maskOfBytes(bytes: V128, lanes: LaneType): V128 {
  const ints = extendWords(extendBytes(bytes));
  if (lanes !== "float64") return i32x4.sub(i32x4.const(0), ints);
  return subtract64(i32x4.const(0), extendInts(ints));
}

/** A whole vector, from `at`. */
export function loadLanes({ address, dtype }: LaneArray, lanes: LaneType, at: Expr<"i32">): V128 {
  const position = positionOf(dtype, lanes, at);
  if (dtype === "bool") {
    const bytes = lanes === "float64" ? load16Splat(position, address) : v128.load32Zero(position, address);
    return maskOfBytes(bytes, lanes);
  }
  if (dtype === lanes) return v128.load(position, address);
  if (lanes === "float32") return f32x4.fromI32x4(v128.load(position, address));
  return widened(dtype, v128.load64Zero(position, address));
}

/** The low two lanes as doubles. */
const widened = (dtype: DType, low: V128): V128 => (dtype === "int32" ? f64x2.fromLowI32x4 : f64x2.promoteLow)(low);

function load16Splat(at: I32, offset: number): V128 {
  return instruction("v128", [0xfd, 0x08], [at as Expr<"i32">], (out) => {
    out.byte(0);
    out.u32(offset);
  });
}

/** Only the first `count` elements, fewer than a vector holds; the other lanes are unspecified. */
export function loadSomeLanes(array: LaneArray, lanes: LaneType, at: Expr<"i32">, count: number): V128 {
  const { address, dtype } = array;
  const position = positionOf(dtype, lanes, at);
  if (dtype === "bool") {
    let word: Expr<"i32"> = i32.load8U(position, address);
    for (let i = 1; i < count; i++) word = i32.or(word, i32.shl(i32.load8U(position, address + i), 8 * i));
    return maskOfBytes(i32x4.splat(word), lanes);
  }
  if (lanes === "float64") {
    return dtype === "float64"
      ? v128.load64Zero(position, address)
      : widened(dtype, v128.load32Zero(position, address));
  }
  const words = loadWords(position, address, count);
  return dtype === lanes ? words : f32x4.fromI32x4(words);
}

/** One to three words, the others 0. */
function loadWords(at: Expr<"i32">, address: number, count: number): V128 {
  if (count === 1) return v128.load32Zero(at, address);
  const pair = v128.load64Zero(at, address);
  return count === 2 ? pair : v128.load32Lane(at, pair, 2, address + 8);
}

/** One element in every lane. A float64 among float32 lanes is rounded. */
export function splatLane({ address, dtype }: LaneArray, lanes: LaneType, at: Expr<"i32">): V128 {
  const position = positionOf(dtype, lanes, at);
  if (dtype === "bool") return i32x4.sub(i32x4.const(0), i32x4.splat(i32.load8U(position, address)));
  if (dtype === lanes) return (lanes === "float64" ? v128.load64Splat : v128.load32Splat)(position, address);
  if (lanes === "float64") return widened(dtype, v128.load32Splat(position, address));
  if (dtype === "int32") return f32x4.fromI32x4(v128.load32Splat(position, address));
  const rounded = f32x4.demoteZero(v128.load64Splat(position, address));
  return f32x4.shuffle(rounded, rounded, [0, 0, 0, 0]);
}

/** Stores a vector, or only its first `count` lanes. Its dtype is that of the lanes, or bool. */
export function storeLanes(
  f: FunctionBuilder,
  { address, dtype }: LaneArray,
  lanes: LaneType,
  at: Expr<"i32">,
  value: V128,
  count = laneCount[lanes],
): void {
  const position = positionOf(dtype, lanes, at);
  const whole = count === laneCount[lanes];
  if (dtype === "bool") {
    const ints = lanes !== "float64" ? value : f32x4.shuffle(value, value, [0, 2, 0, 2]);
    const halves = f.let(narrowInts(ints, ints));
    const bytes = f.let(v128.and(narrowWords(halves, halves), i32x4.const(0x01010101)));
    if (lanes !== "float64" && whole) {
      f.storeLane32(position, bytes, 0, address);
      return;
    }
    const word = f.let(i32x4.extract(bytes, 0));
    for (let i = 0; i < count; i++) f.storeI8(position, i === 0 ? word : i32.shrU(word, 8 * i), address + i);
  } else if (whole) f.storeV128(position, value, address);
  else if (lanes === "float64" || count === 2) f.storeLane64(position, value, 0, address);
  else if (count === 1) f.storeLane32(position, value, 0, address);
  else {
    const vector = f.let(value);
    f.storeLane64(position, vector, 0, address);
    f.storeLane32(position, vector, 2, address + 8);
  }
}
