import { type DType, sizeOf } from "../core/index.ts";
import { copyArray } from "./copy.ts";
import type { Expr, I32, V128 } from "./expression.ts";
import type { FunctionBuilder } from "./functionBuilder.ts";
import { f32, f32x4, f64, f64x2, i8x16, i32, i32x4, v128 } from "./instructions.ts";
import type { Placed } from "./kernel.ts";

const widths = { float32: 4, float64: 8, int32: 4, bool: 1 } as const;

/** Bytes of one element. */
export const widthOf = (dtype: DType): 1 | 4 | 8 => widths[dtype];

/** Single elements of any dtype as doubles, which hold all of them exactly. */
export function loadDouble(dtype: DType, at: I32, address: number): Expr<"f64"> {
  if (dtype === "float64") return f64.load(at, address);
  if (dtype === "float32") return f64.promote(f32.load(at, address));
  return f64.fromI32(dtype === "int32" ? i32.load(at, address) : i32.load8U(at, address));
}

/** Rounds to float32, cuts to int32 as typed arrays do; to bool, anything but 0 is true. */
export function storeDouble(f: FunctionBuilder, dtype: DType, at: I32, value: Expr<"f64">, address: number): void {
  if (dtype === "float64") f.storeF64(at, value, address);
  else if (dtype === "float32") f.storeF32(at, f32.demote(value), address);
  else if (dtype === "int32") f.storeI32(at, toInt32(f, value), address);
  else f.storeI8(at, f64.ne(value, 0), address);
}

/**
 * A double as int32: cut toward zero and reduced modulo 2^32; what is not finite becomes 0.
 * https://tc39.es/ecma262/#sec-toint32
 */
export function toInt32(f: FunctionBuilder, value: Expr<"f64">): Expr<"i32"> {
  const whole = f.let(f64x2.extract(f64x2.trunc(f64x2.splat(value)), 0));
  // Exact: a division by a power of 2, and a difference below 2^32 of two integers. Infinity gives
  // NaN.
  f.set(whole, f64.sub(whole, f64.mul(f64.floor(f64.mul(whole, 2 ** -32)), 2 ** 32)));
  const wraps = f64.fromI32(f64.ge(whole, 2 ** 31));
  return i32.truncF64(f64.sub(whole, f64.mul(wraps, 2 ** 32)));
}

/** Converts four elements (two if a dtype is 8 bytes wide) at a place of both arrays. */
type VectorStep = (f: FunctionBuilder, from: Expr<"i32">, source: number, to: Expr<"i32">, target: number) => void;

/** Bytes 0 of the lanes of a mask or number, next to each other; and back, with zeros between. */
const narrow = (lanes: V128): V128 => i8x16.shuffle(lanes, lanes, [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12]);
const widen = (bytes: V128): V128 =>
  i8x16.shuffle(bytes, i32x4.const(0), [0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16, 16]);

const toBool = (f: FunctionBuilder, to: Expr<"i32">, mask: V128, target: number) =>
  f.storeLane32(to, narrow(v128.and(mask, i32x4.const(1))), 0, target);

const vectorSteps: Partial<Record<`${DType} ${DType}`, VectorStep>> = {
  "bool float32": (f, from, source, to, target) =>
    f.storeV128(to, f32x4.fromI32x4(widen(v128.load32Zero(from, source))), target),
  "bool int32": (f, from, source, to, target) => f.storeV128(to, widen(v128.load32Zero(from, source)), target),
  "int32 float32": (f, from, source, to, target) => f.storeV128(to, f32x4.fromI32x4(v128.load(from, source)), target),
  "float32 bool": (f, from, source, to, target) =>
    toBool(f, to, f32x4.ne(v128.load(from, source), f32x4.const(0)), target),
  "int32 bool": (f, from, source, to, target) =>
    toBool(f, to, i32x4.ne(v128.load(from, source), i32x4.const(0)), target),
  "float32 float64": (f, from, source, to, target) =>
    f.storeV128(to, f64x2.promoteLow(v128.load64Zero(from, source)), target),
  "float64 float32": (f, from, source, to, target) =>
    f.storeLane64(to, f32x4.demoteZero(v128.load(from, source)), 0, target),
};

/** Converts a whole array; slack is written only where whole vectors are. */
export function convertArray(f: FunctionBuilder, from: Placed, to: Placed): void {
  const count = sizeOf(from.shape);
  if (count === 0) return;
  if (from.dtype === to.dtype) {
    copyArray(f, to.address, from.address, count * widthOf(to.dtype));
    return;
  }
  const step = vectorSteps[`${from.dtype} ${to.dtype}`];
  const each = step === undefined ? 1 : from.dtype === "float64" || to.dtype === "float64" ? 2 : 4;
  const [source, target] = f.locals("i32", 2);
  f.set(source, 0);
  f.set(target, 0);
  f.times(Math.ceil(count / each), () => {
    if (step !== undefined) step(f, source, from.address, target, to.address);
    else storeDouble(f, to.dtype, target, loadDouble(from.dtype, source, from.address), to.address);
    f.set(source, i32.add(source, each * widthOf(from.dtype)));
    f.set(target, i32.add(target, each * widthOf(to.dtype)));
  });
}
