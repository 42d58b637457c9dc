import type { ByteWriter } from "./bytes.ts";

export type ValueType = "i32" | "f32" | "f64" | "v128";

/**
 * A typed piece of code that leaves one value on the stack. Used twice, it is computed twice: keep
 * it in a local.
 */
export interface Expr<T extends ValueType = ValueType> {
  readonly type: T;
  write(out: ByteWriter): void;
}

/** Where a plain number may stand for a constant. */
export type I32 = Expr<"i32"> | number;
export type F32 = Expr<"f32"> | number;
export type F64 = Expr<"f64"> | number;
export type V128 = Expr<"v128">;

export type Operand<T extends ValueType> = T extends "v128" ? V128 : Expr<T> | number;

/** A variable of a function; as an expression, its value. */
export class Local<T extends ValueType = ValueType> implements Expr<T> {
  readonly type: T;
  readonly index: number;

  constructor(type: T, index: number) {
    this.type = type;
    this.index = index;
  }

  write(out: ByteWriter): void {
    out.byte(0x20);
    out.u32(this.index);
  }
}

export function expr<T extends ValueType>(type: T, write: (out: ByteWriter) => void): Expr<T> {
  return { type, write };
}

export function i32Const(value: number): Expr<"i32"> {
  return expr("i32", (out) => {
    out.byte(0x41);
    out.s32(value);
  });
}

export function f32Const(value: number): Expr<"f32"> {
  return expr("f32", (out) => {
    out.byte(0x43);
    out.f32(value);
  });
}

export function f64Const(value: number): Expr<"f64"> {
  return expr("f64", (out) => {
    out.byte(0x44);
    out.f64(value);
  });
}

const constants = { i32: i32Const, f32: f32Const, f64: f64Const };

/** A number as a constant of the type; an expression as it is. */
export function asExpr<T extends ValueType>(type: T, operand: Operand<T>): Expr<T> {
  if (typeof operand !== "number") return operand as Expr<T>;
  return constants[type as "i32"](operand) as unknown as Expr<T>;
}

/**
 * An instruction with operands: their code, then its opcode (SIMD ones behind the prefix 0xfd),
 * then immediates.
 */
export function instruction<T extends ValueType>(
  type: T,
  opcode: readonly number[],
  operands: readonly Expr[],
  immediates?: Immediates,
): Expr<T> {
  return new Instruction(type, opcode, operands, immediates);
}

type Immediates = (out: ByteWriter) => void;

class Instruction<T extends ValueType> implements Expr<T> {
  readonly type: T;
  readonly #opcode: readonly number[];
  readonly #operands: readonly Expr[];
  readonly #immediates: Immediates | undefined;

  constructor(type: T, opcode: readonly number[], operands: readonly Expr[], immediates?: Immediates) {
    this.type = type;
    this.#opcode = opcode;
    this.#operands = operands;
    this.#immediates = immediates;
  }

  write(out: ByteWriter): void {
    for (let i = 0; i < this.#operands.length; i++) this.#operands[i].write(out);
    out.byte(this.#opcode[0]);
    if (this.#opcode.length > 1) out.u32(this.#opcode[1]);
    this.#immediates?.(out);
  }
}
