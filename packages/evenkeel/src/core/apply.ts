import { checkStorable, type DType, numberDtype, promote, type TypedArray } from "./dtype.ts";
import type { AnyOp, Spec, Value } from "./op.ts";
import { mismatch, refuse } from "./problem.ts";

/** What stands behind the door: eager execution, or a tracer. */
export interface Executor {
  run(op: AnyOp, inputs: readonly Value[], attrs: unknown): readonly Value[];
  /** A 0-d value that never changes. */
  constant(value: number, dtype: DType): Value;
  /** A new array of values that the host has at hand; it takes `data` over. */
  literal(data: TypedArray, spec: Spec): Value;
  /**
   * A 0-d float64 value that a compiled program reads anew at every run, before anything else: a learning rate. A `read`
   * that throws stops the run. `of` and `key` say which number it is: two reads of the same are alike.
   */
  hostScalar(read: () => number, of: object, key: string): Value;
  /** Told of objects whose settings the code that runs depends on: a tracer checks them before it reuses a program. */
  meet?(object: object, keys?: readonly string[]): void;
  /** Throws where something must not be done: a tracer, of what would be done once and not at every run. */
  refuse?(what: string, cure: string): void;
}

let current: Executor | undefined;

/** Puts an executor behind the door and returns the one that was there, so that a tracer can put it back. */
export function setExecutor(executor: Executor): Executor | undefined {
  const previous = current;
  current = executor;
  return previous;
}

function executor(): Executor {
  if (current === undefined)
    throw refuse("internal", "", "no executor is set: import operations from evenkeel, not from its parts");
  return current;
}

/** The one door: every operation of the library goes through here, whatever runs it. */
export function apply(op: AnyOp, operands: readonly (Value | number)[], attrs: unknown): readonly Value[] {
  const door = executor();
  return door.run(op, asValues(door, op, operands), attrs);
}

/**
 * Says that what follows depends on the settings of an object: on its own numbers, strings, booleans, nulls and tensors,
 * or on those under the given keys.
 */
export function meet(object: object, keys?: readonly string[]): void {
  current?.meet?.(object, keys);
}

/**
 * To be said by what changes the host rather than tensors, such as a seed or a schedule: a compiled step would do it while
 * it is traced, and never again.
 * @throws Error while a step is traced
 */
export function refuseInStep(what: string, cure: string): void {
  current?.refuse?.(what, cure);
}

/** See {@link Executor.literal}. */
export function literal(data: TypedArray, spec: Spec): Value {
  return executor().literal(data, spec);
}

/** See {@link Executor.constant}. */
export function constant(value: number, dtype: DType): Value {
  return executor().constant(value, dtype);
}

/** See {@link Executor.hostScalar}. */
export function hostScalar(read: () => number, of: object, key: string): Value {
  return executor().hostScalar(read, of, key);
}

/** Whether something is a value that operations take, and not an array or an options object. */
export function isValue(operand: unknown): operand is Value {
  return (typeof operand === "object" || typeof operand === "function") && operand !== null && "dtype" in operand;
}

/** Plain numbers become constants of the dtype that the tensors beside them have. */
function asValues(door: Executor, op: AnyOp, operands: readonly (Value | number)[]): readonly Value[] {
  let plain = true;
  for (let i = 0; i < operands.length; i++) {
    if (isValue(operands[i])) continue;
    plain = false;
    if (typeof operands[i] !== "number") throw badOperand(op, i, operands[i]);
  }
  if (plain) return operands as readonly Value[];
  const dtype = promote(...operands.filter(isValue));
  return operands.map((operand) => {
    if (typeof operand !== "number") return operand;
    const stored = numberDtype(operand, dtype);
    checkStorable(op.name, operand, stored);
    return door.constant(operand, stored);
  });
}

function badOperand(op: AnyOp, index: number, operand: unknown): Error {
  const name = op.inputs === "variadic" ? `element ${index}` : `argument ${index + 1} (${op.inputs[index]})`;
  const given =
    operand === null || operand === undefined ? String(operand) : (operand.constructor?.name ?? typeof operand);
  return mismatch("wrong-type", op.name, `${name} is ${given}`, "a Tensor or a number", "wrap arrays with tensor(...)");
}
