import { describe } from "./given.ts";
import { mismatch, refuse, wrongType, wrongValue } from "./problem.ts";

/** The sizes of a tensor's dimensions, outermost first; `[]` is a single value. */
export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * @throws TypeError if `shape` is no list
 * @throws RangeError unless every entry is a whole number of at least 0
 */
export function checkShape(shape: Shape, what = "shape", caller = ""): void {
  if (!Array.isArray(shape)) {
    throw wrongType(caller, what, shape, "a list of sizes such as [2, 3]");
  }
  if (shape.some((n) => !Number.isInteger(n) || n < 0)) {
    throw wrongValue(caller, what, shape, "whole numbers of at least 0");
  }
}

/**
 * The shape that both operands are repeated to: aligned at the last dimension, sizes equal or 1.
 * https://pytorch.org/docs/stable/notes/broadcasting.html
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = i <= a.length ? a[a.length - i] : 1;
    const n = i <= b.length ? b[b.length - i] : 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw refuse(
        "wrong-shape",
        "",
        `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: sizes ${m} and ${n} at ` +
          `dimension ${rank - i} must be equal, or one of them 1`,
        "reshape one operand",
      );
    }
    shape[rank - i] = m === 1 ? n : m;
  }
  return shape;
}

/**
 * Strides that read `shape` as if it were repeated to `target`: 0 where a size of 1 is repeated.
 */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((_, i) => (i < offset || shape[i - offset] === 1 ? 0 : own[i - offset]));
}

/**
 * A dimension counted from the front; negative ones count from the back. A 0-d tensor takes 0 and
 * -1.
 */
export function normalizeDim(dim: number, rank: number): number {
  if (typeof dim === "object" && dim !== null && Object.hasOwn(dim, "dim")) {
    const { dim: meant } = dim as { dim: unknown };
    throw mismatch(
      "wrong-type",
      "",
      "the dimension is an object",
      `a number: write ${describe(meant)} in place of { dim: ${describe(meant)} }`,
    );
  }
  const bound = Math.max(rank, 1);
  if (!Number.isInteger(dim) || dim < -bound || dim >= bound) {
    throw refuse(
      "wrong-shape",
      "",
      `dimension ${describe(dim)} is out of range: a ${rank}-d tensor has dimensions ${-bound} to ${bound - 1}`,
    );
  }
  return dim < 0 ? dim + bound : dim;
}

/** Sorted, distinct dimensions; undefined means all of them. */
export function normalizeDims(dims: number | readonly number[] | undefined, rank: number): number[] {
  if (dims === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = (Array.isArray(dims) ? dims : [dims]).map((dim) => normalizeDim(dim, rank));
  if (new Set(list).size !== list.length) {
    throw refuse(
      "wrong-shape",
      "",
      `dimensions [${[dims].flat().join(", ")}] name one dimension twice`,
      "give each once",
    );
  }
  return rank === 0 ? [] : list.sort((a, b) => a - b);
}

/** The shape left after reducing `dims`: without them, or with 1 in their place. */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): number[] {
  return keepdim ? shape.map((n, i) => (dims.includes(i) ? 1 : n)) : shape.filter((_, i) => !dims.includes(i));
}

/** Fills in a single -1 from the number of elements and checks that the sizes multiply to it. */
export function resolveReshape(size: number, shape: Shape, from: Shape): number[] {
  const unknown = shape.indexOf(-1);
  const known = sizeOf(shape.filter((n) => n !== -1));
  const problem = () =>
    refuse(
      "wrong-shape",
      "",
      `cannot reshape ${formatShape(from)} (${size} values) to ${formatShape(shape)}: the sizes must ` +
        "multiply to the same number, with at most one -1 to be filled in",
    );
  if (shape.some((n) => !Number.isInteger(n) || n < -1)) throw problem();
  if (unknown < 0) {
    if (known !== size) throw problem();
    return [...shape];
  }
  if (shape.indexOf(-1, unknown + 1) >= 0 || known === 0 || size % known !== 0) throw problem();
  return shape.map((n) => (n === -1 ? size / known : n));
}

/** The index, dimension by dimension, of the `flat`-th value in row-major order. */
export function positionOf(flat: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, d) => Math.floor(flat / stride) % shape[d]);
}
