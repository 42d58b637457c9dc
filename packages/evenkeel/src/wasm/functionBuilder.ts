import { ByteWriter } from "./bytes.ts";
import {
  asExpr,
  type Expr,
  expr,
  type F32,
  type F64,
  type I32,
  Local,
  type Operand,
  type V128,
  type ValueType,
} from "./expression.ts";
import { i32 } from "./instructions.ts";

/** A function of the module, to call. */
export interface FunctionRef<
  P extends readonly ValueType[] = readonly ValueType[],
  R extends ValueType | null = ValueType | null,
> {
  readonly name: string;
  readonly index: number;
  readonly params: P;
  readonly result: R;
}

const typeCodes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const voidBlock = 0x40;

export const typeCode = (type: ValueType): number => typeCodes[type];

type Operands<P extends readonly ValueType[]> = { readonly [K in keyof P]: Operand<P[K]> };

/** Writes the body of one function, statement by statement. */
export class FunctionBuilder {
  readonly #code = new ByteWriter();
  readonly #types: ValueType[] = [];
  readonly #params: number;

  constructor(params: readonly ValueType[]) {
    this.#params = params.length;
  }

  /** A new variable, 0 at first. */
  local<T extends ValueType>(type: T): Local<T> {
    this.#types.push(type);
    return new Local(type, this.#params + this.#types.length - 1);
  }

  locals<T extends ValueType>(type: T, count: number): Local<T>[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** A new variable that holds a value. */
  let<T extends ValueType>(value: Expr<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value as Operand<T>);
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Operand<T>): void {
    asExpr(local.type, value).write(this.#code);
    this.#code.byte(0x21);
    this.#code.u32(local.index);
  }

  storeV128(address: I32, value: V128, offset = 0): void {
    this.#store([0xfd, 0x0b], address, value, offset);
  }

  /** Stores one 32-bit lane. */
  storeLane32(address: I32, value: V128, lane: number, offset = 0): void {
    this.#store([0xfd, 0x5a], address, value, offset, lane);
  }

  /** Stores one 64-bit lane: 0 for the first two floats, 1 for the last two. */
  storeLane64(address: I32, value: V128, lane: number, offset = 0): void {
    this.#store([0xfd, 0x5b], address, value, offset, lane);
  }

  storeF32(address: I32, value: F32, offset = 0): void {
    this.#store([0x38], address, asExpr("f32", value), offset);
  }

  storeF64(address: I32, value: F64, offset = 0): void {
    this.#store([0x39], address, asExpr("f64", value), offset);
  }

  storeI32(address: I32, value: I32, offset = 0): void {
    this.#store([0x36], address, asExpr("i32", value), offset);
  }

  storeI8(address: I32, value: I32, offset = 0): void {
    this.#store([0x3a], address, asExpr("i32", value), offset);
  }

  /**
   * `do { body } while ((pointer += step) != end)`: runs at least once, and (end - start) must be a
   * multiple of step. Engines compile it to a tight loop; they move invariant work into loops that
   * test first.
   */
  loop(pointer: Local<"i32">, end: I32, step: number, body: () => void): void {
    this.repeat(() => {
      body();
      this.set(pointer, i32.add(pointer, step));
      return i32.ne(pointer, end);
    });
  }

  /** `do { } while (condition)`; the body returns the condition. */
  repeat(body: () => Expr<"i32">): void {
    this.#code.bytes([0x03, voidBlock]);
    body().write(this.#code);
    this.#code.bytes([0x0d, 0, 0x0b]);
  }

  /**
   * Runs `body` `count` times: not at all for 0, inline for 1, else in a loop that counts down a
   * local.
   */
  times(count: number, body: () => void): void {
    if (count <= 0) return;
    if (count === 1) {
      body();
      return;
    }
    const rest = this.let(i32.const(count));
    this.repeat(() => {
      body();
      this.set(rest, i32.sub(rest, 1));
      return rest;
    });
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    asExpr("i32", condition).write(this.#code);
    this.#code.bytes([0x04, voidBlock]);
    then();
    if (otherwise !== undefined) {
      this.#code.byte(0x05);
      otherwise();
    }
    this.#code.byte(0x0b);
  }

  /** memory.fill: `bytes` bytes of `value`. */
  fill(address: I32, value: I32, bytes: I32): void {
    for (const operand of [address, value, bytes]) asExpr("i32", operand).write(this.#code);
    this.#code.bytes([0xfc, 0x0b, 0]);
  }

  /** memory.copy. */
  copy(to: I32, from: I32, bytes: I32): void {
    for (const operand of [to, from, bytes]) asExpr("i32", operand).write(this.#code);
    this.#code.bytes([0xfc, 0x0a, 0, 0]);
  }

  /** Calls a function without a result. */
  call<P extends readonly ValueType[]>(target: FunctionRef<P, null>, ...args: Operands<P>): void {
    callCode(target, args as readonly Operand<ValueType>[])(this.#code);
  }

  /** The value that the function returns. */
  return(value: Expr): void {
    value.write(this.#code);
    this.#code.byte(0x0f);
  }

  /** The body as it stands in the code section: variables, then code. */
  encode(): Uint8Array {
    const out = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#types) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    out.u32(runs.length);
    for (const { type, count } of runs) {
      out.u32(count);
      out.byte(typeCode(type));
    }
    out.bytes(this.#code.toBytes());
    out.byte(0x0b);
    return out.toBytes();
  }

  #store(opcode: readonly number[], address: I32, value: Expr, offset: number, lane?: number): void {
    asExpr("i32", address).write(this.#code);
    value.write(this.#code);
    for (let i = 0; i < opcode.length; i++) this.#code.byte(opcode[i]);
    this.#code.byte(0);
    this.#code.u32(offset);
    if (lane !== undefined) this.#code.byte(lane);
  }
}

/** The result of a call, as an expression. */
export function result<P extends readonly ValueType[], R extends ValueType>(
  target: FunctionRef<P, R>,
  ...args: Operands<P>
): Expr<R> {
  return expr(target.result, callCode(target, args as readonly Operand<ValueType>[]));
}

function callCode(target: FunctionRef, args: readonly Operand<ValueType>[]) {
  return (out: ByteWriter) => {
    args.forEach((arg, i) => {
      asExpr(target.params[i], arg).write(out);
    });
    out.byte(0x10);
    out.u32(target.index);
  };
}
