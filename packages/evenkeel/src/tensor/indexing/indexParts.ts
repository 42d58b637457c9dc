import { describe, formatShape, isValue, literal, mismatch, refuse, type Shape, wrongType } from "../../core/index.ts";
import type { Tensor } from "../tensor.ts";

/** The syntax of an index and its parser: one part per entry. */

type Bound = "" | number;

/**
 * Python's `start:stop:step` with optional parts, a position as text, or `"..."` for all other
 * dimensions.
 */
export type SliceText = `${Bound}:${Bound}` | `${Bound}:${Bound}:${Bound}` | `${number}` | "...";

/** Positions along one dimension, negative ones from the end, or a mask, in (nested) lists. */
export type IndexList = readonly number[] | readonly boolean[] | readonly IndexList[] | Int32Array;

/**
 * One entry of an index: a place, a slice, null for a new dimension of size 1, a list or an int32
 * tensor of places, or a mask over one dimension or several.
 */
export type Index = number | SliceText | null | IndexList | Tensor;

type Part =
  | { readonly kind: "place"; readonly at: number }
  | {
      readonly kind: "slice";
      readonly start?: number | undefined;
      readonly stop?: number | undefined;
      readonly step?: number | undefined;
    }
  | { readonly kind: "new" }
  | { readonly kind: "rest" }
  | { readonly kind: "list"; readonly places: readonly number[]; readonly shape: Shape }
  | { readonly kind: "places"; readonly places: Tensor }
  /** `known` are its values where a list was written: they are known in a compiled step too. */
  | { readonly kind: "mask"; readonly mask: Tensor; readonly known?: ArrayLike<number> };

/** The parts with `"..."`, or the end, replaced by whole dimensions. */
export function spelledOut(caller: string, shape: Shape, parts: readonly Part[]): Part[] {
  const taken = parts.reduce((n, part) => n + dimensionsOf(part), 0);
  if (taken > shape.length) {
    throw refuse(
      "wrong-shape",
      caller,
      `${taken} dimensions are indexed, but shape ${formatShape(shape)} has ${shape.length}`,
    );
  }
  const rest = parts.findIndex(({ kind }) => kind === "rest");
  if (parts.some(({ kind }, i) => kind === "rest" && i !== rest)) {
    throw refuse(
      "conflict",
      caller,
      '"..." is there twice',
      "it stands for all other dimensions, so that one is enough",
    );
  }
  const whole = Array.from({ length: shape.length - taken }, (): Part => ({ kind: "slice" }));
  return rest < 0 ? [...parts, ...whole] : [...parts.slice(0, rest), ...whole, ...parts.slice(rest + 1)];
}

function dimensionsOf(part: Part): number {
  if (part.kind === "mask") return part.mask.ndim;
  return part.kind === "new" || part.kind === "rest" ? 0 : 1;
}

const slicePattern = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;

export function partOf(caller: string, item: Index, position: number): Part {
  if (typeof item === "number") return { kind: "place", at: item };
  if (item === null) return { kind: "new" };
  if (typeof item === "string") {
    if (item.trim() === "...") return { kind: "rest" };
    if (/^\s*-?\d+\s*$/.test(item)) return { kind: "place", at: Number(item) };
    const found = slicePattern.exec(item);
    if (found !== null) {
      const [start, stop, step] = found.slice(1).map((text) => (text === undefined ? undefined : Number(text)));
      return { kind: "slice", start, stop, step };
    }
  }
  if (isValue(item)) {
    if (item.dtype === "int32") return { kind: "places", places: item };
    if (item.dtype === "bool") return { kind: "mask", mask: item };
    throw mismatch(
      "wrong-dtype",
      caller,
      `index ${position} is a tensor of ${item.dtype}`,
      "int32 for places or bool for a mask",
      "convert it with .int() or compare, as in x.gt(0)",
    );
  }
  if (Array.isArray(item) || (ArrayBuffer.isView(item) && !(item instanceof DataView))) {
    return listPart(caller, item as IndexList, position);
  }
  throw wrongType(
    caller,
    `index ${position}`,
    item,
    'a place, a slice such as "1:", "::2" or "...", null, a list, or a tensor of int32 or bool',
  );
}

function listPart(caller: string, list: IndexList, position: number): Part {
  const shape: number[] = [];
  for (let level: unknown = list; isList(level); level = level[0]) shape.push(level.length);
  const values: unknown[] = [];
  const visit = (item: unknown, depth: number): void => {
    if (!isList(item)) {
      if (depth !== shape.length) values.push(undefined);
      else values.push(item);
      return;
    }
    if (item.length !== shape[depth]) {
      throw mismatch("wrong-value", caller, `index ${position} has rows of different lengths`, "one length for all");
    }
    for (let i = 0; i < item.length; i++) visit(item[i], depth + 1);
  };
  visit(list, 0);
  if (values.length > 0 && values.every((value) => typeof value === "boolean")) {
    const known = Uint8Array.from(values, Number);
    return { kind: "mask", mask: literal(known, { shape, dtype: "bool" }) as Tensor, known };
  }
  const odd = values.findIndex((value) => !Number.isInteger(value));
  if (odd >= 0) {
    throw mismatch(
      "wrong-type",
      caller,
      `index ${position} is a list that holds ${describe(values[odd])}`,
      "whole numbers only, or booleans only",
    );
  }
  return { kind: "list", places: values as number[], shape };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
