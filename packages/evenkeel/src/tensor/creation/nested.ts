import { mismatch, refuse, type Shape, type Spec, type TypedArray, wrongShape } from "../../core/index.ts";
import { isTypedArray } from "./typedArrays.ts";

/** Numbers or booleans in nested arrays, one level per dimension of a tensor. */
export type NestedArray = number | boolean | NestedArray[];

/** The type of nested arrays of numbers, by depth. */
export interface NestedNumbers {
  0: number;
  1: number[];
  2: number[][];
  3: number[][][];
  4: number[][][][];
}

/** @throws RangeError unless there are `depth` dimensions @throws TypeError for a bool tensor */
export function checkNestedNumbers({ shape, dtype }: Spec, rank: number): void {
  if (shape.length !== rank) {
    throw wrongShape("toArray", "the tensor", shape, `${rank} dimensions`);
  }
  if (dtype === "bool") {
    throw refuse(
      "wrong-type",
      "toArray",
      "a bool tensor gives booleans, not numbers",
      "use toArray() for them, or int() first",
    );
  }
}

/** The input of {@link tensor}: arrays of any depth, whose rows may be typed arrays. */
export type NestedData = number | boolean | ArrayLike<number> | readonly NestedData[];

/** The nested arrays of a row-major array. */
export function nest(data: TypedArray, shape: Shape, asBoolean: boolean): NestedArray {
  let at = 0;
  const level = (dim: number): NestedArray => {
    if (dim === shape.length) return asBoolean ? data[at++] !== 0 : data[at++];
    return Array.from({ length: shape[dim] }, () => level(dim + 1));
  };
  return level(0);
}

/**
 * The shape and the values of nested arrays.
 * @throws TypeError or RangeError naming the position that does not fit
 */
export function unnest(data: NestedData): { shape: number[]; values: (number | boolean)[] } {
  const shape: number[] = [];
  for (let level: unknown = data; isList(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const values: (number | boolean)[] = [];
  const visit = (item: unknown, dim: number, path: string) => {
    if (!isList(item)) {
      if (dim < shape.length) throw ragged(path, "a single value", `${shape[dim]} values`);
      if (typeof item !== "number" && typeof item !== "boolean") throw notANumber(item, path);
      values.push(item);
      return;
    }
    if (dim === shape.length) throw ragged(path, `a list of ${item.length}`, "a single value");
    if (item.length !== shape[dim]) throw ragged(path, `${item.length} values`, `${shape[dim]} as in the first row`);
    for (let i = 0; i < item.length; i++) visit(item[i], dim + 1, `${path}[${i}]`);
  };
  visit(data, 0, "data");
  return { shape, values };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTypedArray(value);
}

function ragged(path: string, given: string, expected: string): Error {
  return mismatch("wrong-value", "tensor", `${path} has ${given}`, expected, "all rows must have the same length");
}

function notANumber(item: unknown, path: string): Error {
  const given =
    typeof item === "string"
      ? `the string ${JSON.stringify(item)}`
      : item === null || item === undefined
        ? String(item)
        : typeof item === "bigint"
          ? `the bigint ${item}n`
          : `of the kind ${item.constructor?.name ?? typeof item}`;
  const cure = given.endsWith("Tensor")
    ? "use clone() for one, stack([...]) for several"
    : typeof item === "bigint"
      ? "convert it with Number(), which is exact to 2^53"
      : "convert it first";
  return mismatch("wrong-type", "tensor", `${path} is ${given}`, "a number or a boolean", cure);
}
