import {
  defineOp,
  type Gradients,
  isFloat,
  mismatch,
  notDifferentiable,
  refuse,
  type Shape,
  type Spec,
  sizeOf,
} from "../../core/index.ts";

/**
 * Ops that depend on the order of values: sorting, running sums, and the last write to a position.
 */

/**
 * Calls `line` with the first element and the step of every line along a dimension; a 0-d value is
 * a line of one.
 */
function alongDim(
  shape: Shape,
  dim: number,
  line: (length: number, start: number, step: number, number: number) => void,
): void {
  const length = shape[dim] ?? 1;
  const step = sizeOf(shape.slice(dim + 1));
  const lines = sizeOf(shape.slice(0, dim)) * step;
  for (let i = 0; i < lines; i++) line(length, Math.floor(i / step) * length * step + (i % step), step, i);
}

/**
 * Running sums along a dimension, from the front or, with `reverse`, from the back. Bools are
 * counted.
 */
export const cumsum = defineOp({
  name: "cumsum",
  inputs: ["input"],
  shape: ([x]: readonly Spec[], _: { readonly dim: number; readonly reverse?: boolean }) => [
    { shape: x.shape, dtype: x.dtype === "bool" ? "int32" : x.dtype },
  ],
  reference: ([x], [y], { dim, reverse = false }) => {
    const wraps = !isFloat(y.dtype);
    alongDim(x.shape, dim, (length, start, step) => {
      let total = 0; // a double, whatever the dtype
      for (let k = 0; k < length; k++) {
        const at = start + (reverse ? length - 1 - k : k) * step;
        total += x.data[at];
        if (wraps) total |= 0;
        y.data[at] = total;
      }
    });
  },
  grad: (dy, _, { attrs: { dim, reverse = false } }): Gradients => [cumsum(dy, { dim, reverse: !reverse })],
});

/**
 * The places of a dimension in the order of their values. Equal values keep their order; NaN is
 * above all numbers.
 */
export const argsort = defineOp({
  name: "argsort",
  inputs: ["input"],
  shape: ([x]: readonly Spec[], _: { readonly dim: number; readonly descending: boolean }) => [
    { shape: x.shape, dtype: "int32" },
  ],
  reference: ([x], [y], { dim, descending }) => {
    const sign = descending ? -1 : 1;
    alongDim(x.shape, dim, (length, start, step) => {
      const value = (place: number) => x.data[start + place * step];
      const order = Int32Array.from({ length }, (_, place) => place);
      order.sort((i, j) => sign * compare(value(i), value(j)) || i - j);
      for (let k = 0; k < length; k++) y.data[start + k * step] = order[k];
    });
  },
  grad: notDifferentiable("the result is an index"),
});

function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/**
 * For each of `size` positions, the index of its last occurrence in a list of positions; -1 if
 * there is none. It makes sequential writes to these positions parallel.
 */
export const lastWriter = defineOp({
  name: "lastWriter",
  inputs: ["places"],
  shape: ([places]: readonly Spec[], { size }: { readonly size: number }) => {
    if (places.dtype !== "int32" || places.shape.length !== 1) {
      throw mismatch(
        "wrong-dtype",
        "lastWriter",
        `places are ${places.dtype} of shape [${places.shape.join(", ")}]`,
        "a list of int32",
      );
    }
    return [{ shape: [size], dtype: "int32" }];
  },
  reference: ([places], [y], { size }) => {
    y.data.fill(-1);
    places.data.forEach((place, i) => {
      if (place < 0 || place >= size)
        throw refuse("wrong-value", "set_", `place ${place} is out of range for ${size} values`);
      y.data[place] = i;
    });
  },
  grad: notDifferentiable("the result is an index"),
});
