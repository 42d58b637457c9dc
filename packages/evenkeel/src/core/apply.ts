import { checkStorable, type DType, numberDtype, promote, type TypedArray } from "./dtype.ts";
import type { AnyOp, Spec, Value } from "./op.ts";
import { refuse, wrongType } from "./problem.ts";

/** Runs operations: eager execution, or a tracer. */
export interface Executor {
  run(op: AnyOp, inputs: readonly Value[], attrs: unknown): readonly Value[];
  /** A 0-d value that never changes. */
  constant(value: number, dtype: DType): Value;
  /** A new array of values that the host has at hand; it takes `data` over. */
  literal(data: TypedArray, spec: Spec): Value;
  /**
   * A 0-d float64 value that a compiled program reads at the start of every run: a learning rate. A
   * `read` that throws stops the run. `of` and `key` identify the number: two reads with equal ones
   * share a value.
   */
  hostScalar(read: () => number, of: object, key: string): Value;
  /**
   * Receives the objects whose settings the running code depends on: a tracer checks them before it
   * reuses a program.
   */
  guard?(object: object, keys?: readonly string[]): void;
  /** Throws for an action that a compiled program would not repeat: only a tracer refuses. */
  refuse?(what: string, cure: string): void;
}

let current: Executor | undefined;

/** Sets the executor and returns the previous one, so that a tracer can restore it. */
export function setExecutor(executor: Executor): Executor | undefined {
  const previous = current;
  current = executor;
  return previous;
}

function currentExecutor(): Executor {
  if (current === undefined)
    throw refuse("internal", "", "no executor is set: import operations from evenkeel, not from its parts");
  return current;
}

/** The dispatcher: every operation of the library passes through here, eager or traced. */
export function apply(op: AnyOp, operands: readonly (Value | number)[], attrs: unknown): readonly Value[] {
  const executor = currentExecutor();
  return executor.run(op, asValues(executor, op, operands), attrs);
}

/**
 * Declares that the following code depends on the settings of an object: its own numbers, strings,
 * booleans, nulls and tensors, or only those under the given keys.
 */
export function guard(object: object, keys?: readonly string[]): void {
  current?.guard?.(object, keys);
}

/**
 * Code that changes the host rather than tensors, such as a seed or a schedule, calls this: a
 * compiled step would do it while it is traced, and never again.
 * @throws Error while a step is traced
 */
export function refuseInStep(what: string, cure: string): void {
  current?.refuse?.(what, cure);
}

/** See {@link Executor.literal}. */
export function literal(data: TypedArray, spec: Spec): Value {
  return currentExecutor().literal(data, spec);
}

/** See {@link Executor.hostScalar}. */
export function hostScalar(read: () => number, of: object, key: string): Value {
  return currentExecutor().hostScalar(read, of, key);
}

/**
 * Whether an argument is a value that operations take, rather than an array or an options object.
 */
export function isValue(operand: unknown): operand is Value {
  return (typeof operand === "object" || typeof operand === "function") && operand !== null && "dtype" in operand;
}

/** Plain numbers become constants of the dtype that the tensors beside them have. */
function asValues(executor: Executor, op: AnyOp, operands: readonly (Value | number)[]): readonly Value[] {
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
    return executor.constant(operand, stored);
  });
}

function badOperand(op: AnyOp, index: number, operand: unknown): Error {
  const name = op.inputs === "variadic" ? `element ${index}` : `argument ${index + 1} (${op.inputs[index]})`;
  return wrongType(op.name, name, operand, "a Tensor or a number", "wrap arrays with tensor(...)");
}
