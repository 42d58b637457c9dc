import {
  checkOptions,
  checkShape,
  type DType,
  formatShape,
  isFloat,
  mismatch,
  normalizeDim,
  normalizeDims,
  refuse,
  resolveReshape,
  type Shape,
  sizeOf,
  wrongType,
  wrongValue,
} from "../core/index.ts";

/**
 * Converts the arguments of tensor methods, with PyTorch's conveniences, to the strict attributes
 * of op rows.
 */

export type Dims = number | readonly number[];

export interface KeepdimOption {
  /** Leave a 1 in place of each reduced dimension. Default false. */
  keepdim?: boolean | undefined;
}

/**
 * A reduction's `dim` and options. No dim, options in its place, and (as in PyTorch) an empty list
 * mean all dimensions.
 */
export function reduceArguments<O extends KeepdimOption>(
  shape: Shape,
  dim: Dims | O | undefined,
  options: O | undefined,
): { attrs: { dims: number[]; keepdim: boolean }; options: O } {
  const onlyOptions = typeof dim === "object" && dim !== null && !Array.isArray(dim);
  const given = (onlyOptions ? dim : options) as O | undefined;
  if (typeof given === "object" && given !== null && Object.hasOwn(given, "dim")) {
    throw refuse(
      "wrong-type",
      "reduction",
      `the dimension stands first, outside the options: write (${(given as { dim?: unknown }).dim}, { ` +
        "keepdim: true })",
    );
  }
  if (typeof dim === "boolean" || (typeof given === "object" && given !== null && Object.hasOwn(given, "unbiased"))) {
    throw mismatch(
      "unknown-option",
      "reduction",
      'unknown option "unbiased"',
      "correction: write { correction: 0 } for unbiased: false, the sum over the count",
      "without it the sum is over the count less 1, as with unbiased: true",
    );
  }
  if (given !== undefined) checkOptions("reduction", given, ["keepdim", "correction"]);
  const isAll = onlyOptions || (Array.isArray(dim) && dim.length === 0);
  const dims = normalizeDims(isAll ? undefined : (dim as Dims | undefined), shape.length);
  return { attrs: { dims, keepdim: given?.keepdim ?? false }, options: given ?? ({} as O) };
}

/**
 * The power of a norm is the first argument, even the usual one.
 * @throws TypeError for anything else
 */
export function checkNormPower(p: unknown): void {
  if (typeof p === "number") return;
  const dim = typeof p === "object" && p !== null ? (p as { readonly dim?: unknown }).dim : undefined;
  const written = Array.isArray(dim) ? `[${dim}]` : (dim ?? "dim");
  throw wrongType(
    "norm",
    "p",
    p,
    "a number such as 2",
    `it stands first: write x.norm(2), or along a dimension x.norm(2, ${written}, { keepdim: true })`,
  );
}

/**
 * Refuses negative powers of integers, as PyTorch does: 1 / x is not an integer. Exponents in a
 * tensor are not checked.
 */
export function checkExponent(dtype: DType, exponent: unknown): void {
  if (typeof exponent !== "number" || exponent >= 0 || !Number.isInteger(exponent) || isFloat(dtype)) return;
  throw refuse(
    "wrong-value",
    "pow",
    `${dtype} to the power of ${exponent}: integers to negative integer powers are not allowed`,
    "use .float()",
  );
}

/** The limits of `clamp`; one may be left out. */
export interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** `clamp(0, 1)`, `clamp(0)`, `clamp(null, 1)`, or an object of bounds. */
export function boundsArgument(min: number | null | Bounds, max: number | null | undefined): Bounds {
  if (typeof min === "object" && min !== null) {
    if (max === undefined) {
      checkOptions("clamp", min, ["min", "max"]);
      return min;
    }
    throw mismatch(
      "wrong-type",
      "clamp",
      "both an object of bounds and a maximum given",
      "clamp(min, max) or clamp({ min, max })",
    );
  }
  return { min: min ?? undefined, max: max ?? undefined };
}

/**
 * The shapes that repeat a tensor along its dimensions: new dimensions are inserted, expanded, and
 * merged with the old ones.
 */
export function repeatArguments(shape: Shape, times: readonly number[]) {
  checkShape(times, "repeat: times");
  if (times.length < shape.length) {
    throw mismatch(
      "wrong-shape",
      "repeat",
      `${times.length} numbers given for shape [${shape.join(", ")}]`,
      "at least one per dimension",
    );
  }
  const sizes = [...times.slice(shape.length).map(() => 1), ...shape];
  return {
    apart: sizes.flatMap((n) => [1, n]),
    expanded: sizes.flatMap((n, i) => [times[i], n]),
    together: sizes.map((n, i) => times[i] * n),
  };
}

/** `(2, 3)` or `([2, 3])`. */
export function sizesArgument(sizes: readonly (number | readonly number[])[]): number[] {
  return sizes.flat() as number[];
}

export function reshapeArgument(shape: Shape, sizes: readonly (number | Shape)[]): number[] {
  return resolveReshape(sizeOf(shape), sizesArgument(sizes), shape);
}

/** -1 in a shape to expand to keeps the size that is there. */
export function expandArgument(shape: Shape, sizes: readonly (number | Shape)[]): number[] {
  const target = sizesArgument(sizes);
  const offset = target.length - shape.length;
  return target.map((n, i) => (n === -1 && i >= offset ? shape[i - offset] : n));
}

export function flattenedShape(shape: Shape, startDim: number, endDim: number): number[] {
  const start = normalizeDim(startDim, shape.length);
  const end = normalizeDim(endDim, shape.length);
  if (start > end) {
    throw refuse(
      "wrong-shape",
      "flatten",
      `startDim ${startDim} comes after endDim ${endDim} in shape [${shape.join(", ")}]`,
    );
  }
  const flat = shape.slice(start, end + 1).reduce((a, b) => a * b, 1);
  return [...shape.slice(0, start), flat, ...shape.slice(end + 1)];
}

/** Splits one dimension into several; one of the sizes may be -1. */
export function unflattenedShape(shape: Shape, dim: number, sizes: Shape): number[] {
  checkUnflattened("unflatten", "sizes", sizes);
  const at = normalizeDim(dim, shape.length);
  const count = shape[at];
  const known = sizes.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  const open = sizes.includes(-1);
  if (shape.length === 0 || (open ? known === 0 || count % known !== 0 : count !== known)) {
    throw mismatch(
      "wrong-shape",
      "unflatten",
      `dimension ${dim} of the input ${formatShape(shape)} has ${count ?? "no"} values`,
      `as many as ${formatShape(sizes)} holds`,
      "change the layer before, or the sizes",
    );
  }
  return [...shape.slice(0, at), ...sizes.map((size) => (size === -1 ? count / known : size)), ...shape.slice(at + 1)];
}

export function checkUnflattened(owner: string, name: string, sizes: Shape): void {
  if (!Array.isArray(sizes) || sizes.length === 0) {
    throw wrongType(owner, name, sizes, "a list of sizes such as [2, 3]");
  }
  const bad = sizes.find((size) => !Number.isInteger(size) || size < -1);
  if (bad !== undefined || sizes.filter((size) => size === -1).length > 1) {
    throw wrongValue(owner, name, sizes, "whole numbers, one of them -1 at most, to be filled in");
  }
}

export function squeezedShape(shape: Shape, dim: number | undefined): number[] {
  if (dim === undefined) return shape.filter((n) => n !== 1);
  const at = normalizeDim(dim, shape.length);
  return shape.filter((n, i) => i !== at || n !== 1);
}

export function unsqueezedShape(shape: Shape, dim: number): number[] {
  const at = normalizeDim(dim, shape.length + 1);
  return [...shape.slice(0, at), 1, ...shape.slice(at)];
}

export function swappedDims(rank: number, a: number, b: number): number[] {
  const [i, j] = [normalizeDim(a, rank), normalizeDim(b, rank)];
  return Array.from({ length: rank }, (_, d) => (d === i ? j : d === j ? i : d));
}

/** Python's slice: negative positions count from the end, ends beyond the size are clamped. */
export function sliceArguments(shape: Shape, dim: number, start = 0, stop = Number.POSITIVE_INFINITY, step = 1) {
  const at = normalizeDim(dim, shape.length);
  if (!Number.isInteger(step) || step < 1) {
    throw wrongValue("slice", "step", step, "a whole number of at least 1");
  }
  const size = shape[at];
  const place = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, 0), size);
  const [from, to] = [place(start), place(stop)];
  return { dim: at, start: from, length: Math.max(0, Math.ceil((to - from) / step)), step };
}

/** One place along a dimension, negative from the end. */
export function placeArgument(
  caller: string,
  shape: Shape,
  dim: number,
  index: number,
): { dim: number; index: number } {
  const at = normalizeDim(dim, shape.length);
  const size = shape[at] ?? 0;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw refuse(
      "wrong-value",
      caller,
      `index ${index} is out of range for dimension ${at} of shape [${shape.join(", ")}]`,
    );
  }
  return { dim: at, index: index < 0 ? index + size : index };
}

/** Cuts a dimension into parts of one size (the last may be smaller) or of the given sizes. */
export function splitSizes(size: number, parts: number | readonly number[]): readonly number[] {
  if (typeof parts !== "object") {
    if (!Number.isInteger(parts) || parts < 1) {
      throw wrongValue("split", "size", parts, "a whole number of at least 1, or a list of sizes");
    }
    return Array.from({ length: Math.max(1, Math.ceil(size / parts)) }, (_, i) => Math.min(parts, size - i * parts));
  }
  const total = parts.reduce((a, b) => a + b, 0);
  if (total !== size || parts.some((n) => !Number.isInteger(n) || n < 0)) {
    throw mismatch(
      "wrong-shape",
      "split",
      `sizes [${parts.join(", ")}] add up to ${total}`,
      `whole numbers that add up to ${size}, the size of the dimension`,
    );
  }
  return parts;
}

/** The size of the parts when a dimension is cut into at most `count` of them. */
export function chunkSize(size: number, count: number): number {
  if (!Number.isInteger(count) || count < 1) {
    throw mismatch("wrong-value", "chunk", `${count} chunks asked for`, "a whole number of at least 1");
  }
  return Math.max(1, Math.ceil(size / count));
}
