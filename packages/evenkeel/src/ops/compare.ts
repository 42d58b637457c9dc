import { defineOp, notDifferentiable } from "../core/index.ts";
import { binaryLoop, unaryLoop } from "./loops.ts";
import { boolOfInput, broadcastBool } from "./shapes.ts";

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

export const eq = comparison("eq", (a, b) => a === b);
export const ne = comparison("ne", (a, b) => a !== b);
export const lt = comparison("lt", (a, b) => a < b);
export const le = comparison("le", (a, b) => a <= b);
export const gt = comparison("gt", (a, b) => a > b);
export const ge = comparison("ge", (a, b) => a >= b);

// NaN counts as true, as any value that is not zero does.
export const logicalAnd = comparison("logicalAnd", (a, b) => a !== 0 && b !== 0);
export const logicalOr = comparison("logicalOr", (a, b) => a !== 0 || b !== 0);
export const logicalXor = comparison("logicalXor", (a, b) => (a !== 0) !== (b !== 0));
export const logicalNot = predicate("logicalNot", (x) => x === 0);

export const isnan = predicate("isnan", Number.isNaN);
export const isinf = predicate("isinf", (x) => x === Infinity || x === -Infinity);
export const isfinite = predicate("isfinite", Number.isFinite);
