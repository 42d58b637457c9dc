import {
  broadcastStrides,
  mismatch,
  type NdArray,
  type Shape,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../core/index.ts";

/**
 * The loops behind the references of elementwise rows: plain, in row-major order, over any dtype.
 */

type Reference = (inputs: readonly NdArray[], outputs: readonly NdArray[]) => void;

export function unaryLoop(f: (x: number) => number): Reference {
  return ([x], [y]) => {
    const from = x.data;
    const to = y.data;
    for (let i = 0; i < to.length; i++) to[i] = f(from[i]);
  };
}

export function binaryLoop(f: (a: number, b: number) => number): Reference {
  return ([a, b], [y]) => {
    const to = y.data;
    const left = a.data;
    const right = b.data;
    if (sameShape(a.shape, b.shape)) {
      for (let i = 0; i < to.length; i++) to[i] = f(left[i], right[i]);
    } else if (right.length === 1) {
      const value = right[0];
      for (let i = 0; i < to.length; i++) to[i] = f(left[i], value);
    } else if (left.length === 1) {
      const value = left[0];
      for (let i = 0; i < to.length; i++) to[i] = f(value, right[i]);
    } else {
      const shape = y.shape;
      traverseRows(
        shape,
        [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)],
        (at, n, [i, j], [di, dj]) => {
          for (let k = 0; k < n; k++) to[at + k] = f(left[i + k * di], right[j + k * dj]);
        },
      );
    }
  };
}

/** Three operands, all broadcast. */
export function ternaryLoop(f: (a: number, b: number, c: number) => number): Reference {
  return ([a, b, c], [y]) => {
    const strides = [a, b, c].map((x) => broadcastStrides(x.shape, y.shape));
    traverseRows(y.shape, strides, (at, n, [i, j, l], [di, dj, dl]) => {
      for (let k = 0; k < n; k++) y.data[at + k] = f(a.data[i + k * di], b.data[j + k * dj], c.data[l + k * dl]);
    });
  };
}

/**
 * Copies `from`, read at the given strides from `start`, into the contiguous `to` of the given
 * shape.
 */
export function stridedCopy(
  from: TypedArray,
  strides: readonly number[],
  to: TypedArray,
  shape: Shape,
  start = 0,
): void {
  traverseRows(shape, [strides], (at, n, [i], [step]) => {
    if (step === 1) to.set(from.subarray(start + i, start + i + n), at);
    else for (let k = 0; k < n; k++) to[at + k] = from[start + i + k * step];
  });
}

/** The inverse of {@link stridedCopy}: writes the contiguous `from` to strided places of `to`. */
export function stridedWrite(
  from: TypedArray,
  to: TypedArray,
  strides: readonly number[],
  shape: Shape,
  start = 0,
): void {
  traverseRows(shape, [strides], (at, n, [i], [step]) => {
    for (let k = 0; k < n; k++) to[start + i + k * step] = from[at + k];
  });
}

/**
 * Stores a result computed in doubles. Sums and products do not wrap around in int32: PyTorch
 * computes them in int64, which does not exist here.
 * @throws RangeError for a value that int32 does not hold, before anything is written
 */
export function storeWhole(op: string, to: TypedArray, values: Float64Array, at = 0): void {
  if (to instanceof Int32Array) {
    const beyond = values.find((value) => value !== (value | 0));
    if (beyond !== undefined) {
      throw mismatch(
        "wrong-value",
        op,
        `${beyond} does not fit int32`,
        "-2^31 to 2^31 - 1",
        "convert with .double() before, which is exact to 2^53",
      );
    }
  }
  to.set(values, at);
}

type Row = (at: number, length: number, offsets: readonly number[], steps: readonly number[]) => void;

/**
 * Visits `shape` row by row along its last dimension. For each row: the output position, the row's
 * length, and for each operand the offset of the row's first element and the step between elements.
 */
export function traverseRows(shape: Shape, strides: readonly (readonly number[])[], row: Row): void {
  if (sizeOf(shape) === 0) return;
  const last = shape.length - 1;
  const offsets = strides.map(() => 0);
  if (last < 0) {
    row(0, 1, offsets, offsets);
    return;
  }
  const length = shape[last];
  const steps = strides.map((s) => s[last]);
  const index = new Array<number>(last).fill(0);
  const rows = sizeOf(shape.slice(0, last));
  for (let r = 0; r < rows; r++) {
    row(r * length, length, offsets, steps);
    for (let d = last - 1; d >= 0; d--) {
      const wraps = ++index[d] === shape[d];
      for (let s = 0; s < strides.length; s++) offsets[s] += strides[s][d] * (wraps ? 1 - shape[d] : 1);
      if (!wraps) break;
      index[d] = 0;
    }
  }
}
