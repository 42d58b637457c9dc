import type { ByteWriter } from "./bytes.ts";
import {
  asExpr,
  type Expr,
  type F32,
  type F64,
  f32Const,
  f64Const,
  type I32,
  i32Const,
  instruction,
  type Operand,
  type V128,
  type ValueType,
} from "./expression.ts";

/**
 * The instructions that kernels use, by type, with the names of the specification. All are pure
 * expressions; stores are statements of {@link FunctionBuilder}.
 * https://webassembly.github.io/spec/core/appendix/index-instructions.html
 */

const simd = (code: number) => [0xfd, code];
const saturating = (code: number) => [0xfc, code];

/** Alignment is a hint: 0 promises nothing, and is never wrong. */
const memory = (offset: number, lane?: number) => (out: ByteWriter) => {
  out.byte(0);
  out.u32(offset);
  if (lane !== undefined) out.byte(lane);
};

type Op1<A extends ValueType, R extends ValueType> = (a: Operand<A>) => Expr<R>;
type Op2<A extends ValueType, R extends ValueType> = (a: Operand<A>, b: Operand<A>) => Expr<R>;

const unary =
  <A extends ValueType, R extends ValueType>(input: A, result: R) =>
  (...opcode: number[]): Op1<A, R> =>
  (a) =>
    instruction(result, opcode, [asExpr(input, a)]);

const binary =
  <A extends ValueType, R extends ValueType>(input: A, result: R) =>
  (...opcode: number[]): Op2<A, R> =>
  (a, b) =>
    instruction(result, opcode, [asExpr(input, a), asExpr(input, b)]);

const load =
  <T extends ValueType>(type: T, ...opcode: number[]) =>
  (address: I32, offset = 0): Expr<T> =>
    instruction(type, opcode, [asExpr("i32", address)], memory(offset));

const i32i32 = binary("i32", "i32");

export const i32 = {
  const: i32Const,
  load: load("i32", 0x28),
  load8U: load("i32", 0x2d),
  eqz: unary("i32", "i32")(0x45),
  eq: i32i32(0x46),
  ne: i32i32(0x47),
  ltS: i32i32(0x48),
  ltU: i32i32(0x49),
  gtU: i32i32(0x4b),
  geS: i32i32(0x4e),
  geU: i32i32(0x4f),
  add: i32i32(0x6a),
  sub: i32i32(0x6b),
  mul: i32i32(0x6c),
  remU: i32i32(0x70),
  and: i32i32(0x71),
  or: i32i32(0x72),
  xor: i32i32(0x73),
  shl: i32i32(0x74),
  shrS: i32i32(0x75),
  shrU: i32i32(0x76),
  truncF32: unary("f32", "i32")(...saturating(0)),
  truncF64: unary("f64", "i32")(...saturating(2)),
};

const f32f32 = binary("f32", "f32");
const f32Test = binary("f32", "i32");
const f32Of = unary("f32", "f32");

export const f32 = {
  const: f32Const,
  load: load("f32", 0x2a),
  eq: f32Test(0x5b),
  ne: f32Test(0x5c),
  lt: f32Test(0x5d),
  gt: f32Test(0x5e),
  le: f32Test(0x5f),
  ge: f32Test(0x60),
  abs: f32Of(0x8b),
  neg: f32Of(0x8c),
  sqrt: f32Of(0x91),
  add: f32f32(0x92),
  sub: f32f32(0x93),
  mul: f32f32(0x94),
  div: f32f32(0x95),
  min: f32f32(0x96),
  max: f32f32(0x97),
  fromI32: unary("i32", "f32")(0xb2),
  demote: unary("f64", "f32")(0xb6),
};

const f64f64 = binary("f64", "f64");
const f64Test = binary("f64", "i32");
const f64Of = unary("f64", "f64");

export const f64 = {
  const: f64Const,
  load: load("f64", 0x2b),
  eq: f64Test(0x61),
  ne: f64Test(0x62),
  lt: f64Test(0x63),
  gt: f64Test(0x64),
  le: f64Test(0x65),
  ge: f64Test(0x66),
  abs: f64Of(0x99),
  neg: f64Of(0x9a),
  floor: f64Of(0x9c),
  sqrt: f64Of(0x9f),
  add: f64f64(0xa0),
  sub: f64f64(0xa1),
  mul: f64f64(0xa2),
  div: f64f64(0xa3),
  min: f64f64(0xa4),
  max: f64f64(0xa5),
  fromI32: unary("i32", "f64")(0xb7),
  promote: unary("f32", "f64")(0xbb),
};

const vector1 = (code: number): Op1<"v128", "v128"> => unary("v128", "v128")(...simd(code));
const vector2 = (code: number): Op2<"v128", "v128"> => binary("v128", "v128")(...simd(code));
const shift = (code: number) => (a: V128, bits: I32) => instruction("v128", simd(code), [a, asExpr("i32", bits)]);
const extract =
  <T extends ValueType>(type: T, code: number) =>
  (a: V128, lane: number): Expr<T> =>
    instruction(type, simd(code), [a], (out) => out.byte(lane));
/** Sixteen bytes. */
const constant = (write: (out: ByteWriter) => void): V128 => instruction("v128", constantCode, [], write);
const constantCode = simd(0x0c);

/** Bytes of a and b by their positions 0 to 31. */
const shuffleBytes = (a: V128, b: V128, positions: readonly number[]): V128 =>
  instruction("v128", shuffleCode, [a, b], (out) => out.bytes(positions));
const shuffleCode = simd(0x0d);

/** Lanes of a (0 to 3) and b (4 to 7), by their bytes. */
const shuffleWords = (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 =>
  instruction("v128", shuffleCode, [a, b], (out) => {
    for (let i = 0; i < 4; i++) out.i32(0x03020100 + 0x04040404 * lanes[i]);
  });

export const v128 = {
  load: load("v128", ...simd(0)),
  load32Splat: load("v128", ...simd(9)),
  load64Splat: load("v128", ...simd(10)),
  load32Zero: load("v128", ...simd(0x5c)),
  load64Zero: load("v128", ...simd(0x5d)),
  /** `into` with one 32-bit lane read from memory. */
  load32Lane: (address: I32, into: V128, lane: number, offset = 0): V128 =>
    instruction("v128", simd(0x56), [asExpr("i32", address), into], memory(offset, lane)),
  /** `into` with one 64-bit lane read from memory. */
  load64Lane: (address: I32, into: V128, lane: number, offset = 0): V128 =>
    instruction("v128", simd(0x57), [asExpr("i32", address), into], memory(offset, lane)),
  not: vector1(0x4d),
  and: vector2(0x4e),
  andNot: vector2(0x4f),
  or: vector2(0x50),
  xor: vector2(0x51),
  /** Bits of a where the mask is set, of b elsewhere. */
  bitselect: (a: V128, b: V128, mask: V128): V128 => instruction("v128", simd(0x52), [a, b, mask]),
  anyTrue: (a: V128): Expr<"i32"> => instruction("i32", simd(0x53), [a]),
};

export const f32x4 = {
  const: (value: number): V128 =>
    constant((out) => {
      for (let i = 0; i < 4; i++) out.f32(value);
    }),
  splat: (a: F32): V128 => instruction("v128", simd(0x13), [asExpr("f32", a)]),
  extract: extract("f32", 0x1f),
  /** Lanes of a (0 to 3) and b (4 to 7). */
  shuffle: shuffleWords,
  eq: vector2(0x41),
  ne: vector2(0x42),
  lt: vector2(0x43),
  gt: vector2(0x44),
  le: vector2(0x45),
  ge: vector2(0x46),
  ceil: vector1(0x67),
  floor: vector1(0x68),
  trunc: vector1(0x69),
  nearest: vector1(0x6a),
  abs: vector1(0xe0),
  neg: vector1(0xe1),
  sqrt: vector1(0xe3),
  add: vector2(0xe4),
  sub: vector2(0xe5),
  mul: vector2(0xe6),
  div: vector2(0xe7),
  /** NaN wins. */
  min: vector2(0xe8),
  max: vector2(0xe9),
  /** b < a ? b : a, in one machine instruction. */
  pmin: vector2(0xea),
  /** a < b ? b : a, in one machine instruction. */
  pmax: vector2(0xeb),
  fromI32x4: vector1(0xfa),
  /** The low two lanes become f32, the others 0. */
  demoteZero: vector1(0x5e),
  /**
   * a * b + c, fused or not as the engine likes: changes the low bits, so only in `fast` programs.
   */
  relaxedMadd: (a: V128, b: V128, c: V128): V128 => instruction("v128", simd(0x105), [a, b, c]),
};

export const f64x2 = {
  const: (low: number, high = low): V128 =>
    constant((out) => {
      out.f64(low);
      out.f64(high);
    }),
  splat: (a: F64): V128 => instruction("v128", simd(0x14), [asExpr("f64", a)]),
  extract: extract("f64", 0x21),
  eq: vector2(0x47),
  ne: vector2(0x48),
  lt: vector2(0x49),
  gt: vector2(0x4a),
  le: vector2(0x4b),
  ge: vector2(0x4c),
  ceil: vector1(0x74),
  floor: vector1(0x75),
  trunc: vector1(0x7a),
  nearest: vector1(0x94),
  abs: vector1(0xec),
  neg: vector1(0xed),
  sqrt: vector1(0xef),
  add: vector2(0xf0),
  sub: vector2(0xf1),
  mul: vector2(0xf2),
  div: vector2(0xf3),
  min: vector2(0xf4),
  max: vector2(0xf5),
  pmin: vector2(0xf6),
  pmax: vector2(0xf7),
  /** The low two f32 lanes. */
  promoteLow: vector1(0x5f),
  /** The low two i32 lanes. */
  fromLowI32x4: vector1(0xfe),
};

export const i32x4 = {
  const: (value: number): V128 =>
    constant((out) => {
      for (let i = 0; i < 4; i++) out.i32(value);
    }),
  splat: (a: I32): V128 => instruction("v128", simd(0x11), [asExpr("i32", a)]),
  extract: extract("i32", 0x1b),
  eq: vector2(0x37),
  ne: vector2(0x38),
  ltS: vector2(0x39),
  gtS: vector2(0x3b),
  leS: vector2(0x3d),
  geS: vector2(0x3f),
  abs: vector1(0xa0),
  neg: vector1(0xa1),
  shl: shift(0xab),
  shrS: shift(0xac),
  shrU: shift(0xad),
  add: vector2(0xae),
  sub: vector2(0xb1),
  mul: vector2(0xb5),
  minS: vector2(0xb6),
  maxS: vector2(0xb8),
  truncSatF32x4: vector1(0xf8),
};

/** Bytes of a and b chosen by position; see the other shapes for lanes. */
export const i8x16 = { shuffle: shuffleBytes };
