import { defineOp, notDifferentiable } from "../../core/index.ts";
import { binaryLoop, unaryLoop } from "../loops.ts";
import { boolOfInput, broadcastBool } from "../shapes.ts";

/** Comparisons, tests and logic: bool results, operands of any dtype, broadcast. */

const boolean = notDifferentiable("the result is a bool");

function comparison(name: string, holds: (a: number, b: number) => boolean) {
  return defineOp({
    name,
    inputs: ["input", "other"],
    shape: broadcastBool,
    reference: binaryLoop((a, b) => (holds(a, b) ? 1 : 0)),
    grad: boolean,
  });
}

function predicate(name: string, holds: (x: number) => boolean) {
  return defineOp({
    name,
    inputs: ["input"],
    shape: boolOfInput,
    reference: unaryLoop((x) => (holds(x) ? 1 : 0)),
    grad: boolean,
  });
}

/** input = other. NaN equals nothing, not even itself. */
export const eq = comparison("eq", (a, b) => a === b);
/** input ≠ other. NaN differs from everything. */
export const ne = comparison("ne", (a, b) => a !== b);
/** input < other. False for NaN, as all orders. */
export const lt = comparison("lt", (a, b) => a < b);
/** input ≤ other. */
export const le = comparison("le", (a, b) => a <= b);
/** input > other. */
export const gt = comparison("gt", (a, b) => a > b);
/** input ≥ other. */
export const ge = comparison("ge", (a, b) => a >= b);

// NaN counts as true, like any other nonzero value.
/** Whether both are true; any value but 0 is, NaN included. */
export const logicalAnd = comparison("logicalAnd", (a, b) => a !== 0 && b !== 0);
/** Whether one of them is true, or both. */
export const logicalOr = comparison("logicalOr", (a, b) => a !== 0 || b !== 0);
/** Whether exactly one of them is true. */
export const logicalXor = comparison("logicalXor", (a, b) => (a !== 0) !== (b !== 0));
/** Whether the value is 0. */
export const logicalNot = predicate("logicalNot", (x) => x === 0);

/** Whether the value is NaN; never for integers and bools. */
export const isnan = predicate("isnan", Number.isNaN);
/** Whether the value is an infinity, of either sign. */
export const isinf = predicate("isinf", (x) => x === Infinity || x === -Infinity);
/** Whether the value is a number: neither NaN nor an infinity. */
export const isfinite = predicate("isfinite", Number.isFinite);
