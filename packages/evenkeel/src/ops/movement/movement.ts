import {
  broadcastStrides,
  checkShape,
  defineListOp,
  defineOp,
  defineVariadicOp,
  formatShape,
  type Gradients,
  mismatch,
  notDifferentiable,
  promote,
  refuse,
  type Shape,
  type Spec,
  sameShape,
  sizeOf,
  stridesOf,
  wrongDtype,
  wrongShape,
} from "../../core/index.ts";
import { stridedCopy, stridedWrite } from "../loops.ts";
import { sameAsInput } from "../shapes.ts";
import { fill } from "./creation.ts";

/**
 * Ops that move values without changing them. All but reshape and detach copy: storage is always
 * contiguous.
 */

/** Another shape over the same storage. */
export const reshape = defineOp({
  name: "reshape",
  inputs: ["input"],
  shape: ([x], { shape }: { readonly shape: Shape }) => {
    checkShape(shape);
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw refuse(
        "wrong-shape",
        "",
        `cannot reshape ${formatShape(x.shape)} to ${formatShape(shape)}: the sizes differ`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  reference: () => {},
  aliases: true,
  grad: (dy, _, { inputs }): Gradients => [reshape(dy, { shape: inputs[0].shape })],
});

/** Stops gradients: the output shares storage with the input and requires no gradient. */
export const detach = defineOp({
  name: "detach",
  inputs: ["input"],
  shape: sameAsInput,
  reference: () => {},
  aliases: true,
  grad: notDifferentiable("stopping the gradient is its purpose"),
});

/** Dimension i of the output is dimension dims[i] of the input. */
export const permute = defineOp({
  name: "permute",
  inputs: ["input"],
  shape: ([x], { dims }: { readonly dims: readonly number[] }) => {
    if (dims.length !== x.shape.length || new Set(dims).size !== dims.length) {
      throw refuse(
        "wrong-shape",
        "permute",
        `dims [${dims.join(", ")}] must name each of the ${x.shape.length} dimensions of ${formatShape(x.shape)} once`,
      );
    }
    return [{ shape: dims.map((dim) => x.shape[dim]), dtype: x.dtype }];
  },
  reference: ([x], [y], { dims }) => {
    const strides = stridesOf(x.shape);
    stridedCopy(
      x.data,
      dims.map((dim) => strides[dim]),
      y.data,
      y.shape,
    );
  },
  grad: (dy, _, { attrs }): Gradients => [permute(dy, { dims: attrs.dims.map((_, i) => attrs.dims.indexOf(i)) })],
});

/**
 * Repeats dimensions of size 1, and new ones in front, to the given shape. The backward pass sums
 * the gradient.
 */
export const expand = defineOp({
  name: "expand",
  inputs: ["input"],
  shape: ([x], { shape }: { readonly shape: Shape }) => {
    checkShape(shape);
    const offset = shape.length - x.shape.length;
    if (offset < 0 || x.shape.some((n, i) => n !== 1 && n !== shape[i + offset])) {
      throw refuse(
        "wrong-shape",
        "",
        `cannot expand ${formatShape(x.shape)} to ${formatShape(shape)}: only dimensions of size 1 can be repeated`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  reference: ([x], [y]) => stridedCopy(x.data, broadcastStrides(x.shape, y.shape), y.data, y.shape),
  grad: (dy) => [dy],
});

function requireDimension(op: string, x: Spec): void {
  if (x.shape.length > 0) return;
  throw mismatch("wrong-shape", op, "a 0-d tensor given", "at least one dimension", "make one with .unsqueeze(0)");
}

/** Every `step`-th of the places start, start + step, ... along one dimension, `length` of them. */
export interface SliceAttrs {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  readonly step: number;
}

const withSize = (shape: Shape, dim: number, size: number) => shape.map((n, i) => (i === dim ? size : n));

const slicedStrides = (shape: Shape, { dim, step }: SliceAttrs) =>
  stridesOf(shape).map((stride, i) => (i === dim ? stride * step : stride));

/** `length` places along one dimension, from `start` in steps of `step`. A copy. */
export const slice = defineOp({
  name: "slice",
  inputs: ["input"],
  shape: ([x], { dim, start, length, step }: SliceAttrs) => {
    requireDimension("slice", x);
    const end = length === 0 ? start : start + (length - 1) * step + 1;
    const whole = [start, length, step].every(Number.isInteger);
    if (!whole || start < 0 || length < 0 || step < 1 || end > x.shape[dim]) {
      throw refuse(
        "wrong-shape",
        "slice",
        `${length} places from ${start} in steps of ${step} do not fit dimension ${dim} of ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: withSize(x.shape, dim, length), dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) =>
    stridedCopy(x.data, slicedStrides(x.shape, attrs), y.data, y.shape, attrs.start * stridesOf(x.shape)[attrs.dim]),
  grad: (dy, _, { inputs, attrs }): Gradients => [unslice(dy, { ...attrs, size: inputs[0].shape[attrs.dim] })],
});

/** The transpose of {@link slice}: places its input in zeros, `size` long along the dimension. */
export const unslice = defineOp({
  name: "unslice",
  inputs: ["input"],
  shape: ([x], { dim, size }: SliceAttrs & { readonly size: number }) => [
    { shape: withSize(x.shape, dim, size), dtype: x.dtype },
  ],
  reference: ([x], [y], attrs) =>
    stridedWrite(x.data, y.data, slicedStrides(y.shape, attrs), x.shape, attrs.start * stridesOf(y.shape)[attrs.dim]),
  grad: (dy, _, { attrs: { dim, start, length, step } }): Gradients => [slice(dy, { dim, start, length, step })],
});

/** Joins values along an existing dimension. Dtypes are promoted. */
export const concat = defineVariadicOp({
  name: "concat",
  shape: (inputs, { dim }: { readonly dim: number }) => {
    const [first] = inputs;
    inputs.forEach((x, i) => {
      requireDimension("cat", x);
      if (!sameShape(withSize(x.shape, dim, 0), withSize(first.shape, dim, 0))) {
        throw refuse(
          "wrong-shape",
          "cat",
          `element ${i} has shape ${formatShape(x.shape)}, element 0 has ${formatShape(first.shape)}`,
          `all sizes but that of dimension ${dim} must agree`,
        );
      }
    });
    const size = inputs.reduce((total, x) => total + x.shape[dim], 0);
    return [{ shape: withSize(first.shape, dim, size), dtype: promote(...inputs) }];
  },
  reference: (inputs, [y], { dim }) => {
    const [stride, place] = [stridesOf(y.shape), { at: 0 }];
    for (const x of inputs) {
      stridedWrite(x.data, y.data, stride, x.shape, place.at * stride[dim]);
      place.at += x.shape[dim];
    }
  },
  grad: (dy, _, { inputs, attrs: { dim } }) => {
    let start = 0;
    return inputs.map((x) => {
      const length = x.shape[dim];
      start += length;
      return slice(dy, { dim, start: start - length, length, step: 1 });
    });
  },
});

export interface SplitAttrs {
  readonly dim: number;
  /** Sizes of the parts along it. */
  readonly sizes: readonly number[];
}

/**
 * The transpose of {@link concat}: parts of the given sizes, one after another along a dimension.
 * Copies.
 */
export const split = defineListOp({
  name: "split",
  inputs: ["input"],
  shape: ([x]: readonly Spec[], { dim, sizes }: SplitAttrs) => {
    requireDimension("split", x);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total !== x.shape[dim]) {
      throw mismatch(
        "wrong-shape",
        "split",
        `the sizes [${sizes}] add up to ${total}`,
        `${x.shape[dim]}, the size of dimension ${dim}`,
      );
    }
    return sizes.map((size) => ({ shape: withSize(x.shape, dim, size), dtype: x.dtype }));
  },
  reference: ([x], parts, { dim }) => {
    const [strides, place] = [stridesOf(x.shape), { at: 0 }];
    for (const part of parts) {
      stridedCopy(x.data, strides, part.data, part.shape, place.at * strides[dim]);
      place.at += part.shape[dim];
    }
  },
  jointGrad: (dys, _, { outputs, attrs: { dim } }) => [
    concat(
      dys.map((dy, i) => dy ?? fill({ ...outputs[i], value: 0 })),
      { dim },
    ),
  ],
});

function requireIndex(op: string, index: Spec): void {
  if (index.dtype !== "int32") {
    throw wrongDtype(op, "index", index.dtype, "int32", "convert it with .int()");
  }
}

function checkedIndex(op: string, index: number, size: number): number {
  if (index < 0 || index >= size) {
    throw refuse("wrong-value", op, `index ${index} is out of range for a dimension of size ${size}`);
  }
  return index;
}

/** The entries of one dimension at a 1-D int32 index, in its order. */
export const indexSelect = defineOp({
  name: "indexSelect",
  inputs: ["input", "index"],
  shape: ([x, index], { dim }: { readonly dim: number }) => {
    requireIndex("indexSelect", index);
    requireDimension("indexSelect", x);
    if (index.shape.length !== 1) throw wrongShape("indexSelect", "index", index.shape, "1-D");
    return [{ shape: withSize(x.shape, dim, index.shape[0]), dtype: x.dtype }];
  },
  reference: ([x, index], [y], { dim }) => {
    const inner = sizeOf(x.shape.slice(dim + 1));
    const size = x.shape[dim];
    const outer = sizeOf(x.shape.slice(0, dim));
    const [source, target, places] = [x.data, y.data, index.data];
    const n = places.length;
    for (let k = 0; k < n; k++) {
      const from = checkedIndex("indexSelect", places[k], size);
      for (let o = 0; o < outer; o++) {
        const start = (o * size + from) * inner;
        const to = (o * n + k) * inner;
        for (let i = 0; i < inner; i++) target[to + i] = source[start + i];
      }
    }
  },
  saves: ["index"],
  grad: (dy, { index }, { inputs, attrs: { dim } }): Gradients => [
    indexAdd(dy, index, { dim, size: inputs[0].shape[dim] }),
    null,
  ],
});

/** The transpose of {@link indexSelect}: sums entries into zeros at the places the index names. */
export const indexAdd = defineOp({
  name: "indexAdd",
  inputs: ["input", "index"],
  shape: ([x, index], { dim, size }: { readonly dim: number; readonly size: number }) => {
    requireIndex("indexAdd", index);
    return [{ shape: withSize(x.shape, dim, size), dtype: x.dtype }];
  },
  reference: ([x, index], [y], { dim, size }) => {
    const inner = sizeOf(x.shape.slice(dim + 1));
    const n = x.shape[dim];
    for (let row = 0; row < sizeOf(x.shape.slice(0, dim + 1)); row++) {
      const to = Math.floor(row / n) * size + checkedIndex("indexAdd", index.data[row % n], size);
      for (let k = 0; k < inner; k++) y.data[to * inner + k] += x.data[row * inner + k];
    }
  },
  saves: ["index"],
  grad: (dy, { index }, { attrs: { dim } }): Gradients => [indexSelect(dy, index, { dim }), null],
});

/**
 * For every place of the index, the input at that place with its coordinate in `dim` replaced by
 * the index.
 */
export const gather = defineOp({
  name: "gather",
  inputs: ["input", "index"],
  shape: ([x, index], { dim }: { readonly dim: number }) => {
    requireIndex("gather", index);
    if (index.shape.length !== x.shape.length || index.shape.some((n, i) => i !== dim && n > x.shape[i])) {
      throw refuse(
        "wrong-shape",
        "gather",
        `index ${formatShape(index.shape)} must have the rank of input ${formatShape(x.shape)} and be no ` +
          `larger outside dimension ${dim}`,
      );
    }
    return [{ shape: index.shape, dtype: x.dtype }];
  },
  reference: ([x, index], [y], { dim }) => {
    forEachGathered(x.shape, index.shape, index.data, dim, (i, from) => {
      y.data[i] = x.data[from];
    });
  },
  saves: ["index"],
  grad: (dy, { index }, { inputs, attrs: { dim } }): Gradients => [
    scatterAdd(dy, index, { dim, shape: inputs[0].shape }),
    null,
  ],
});

/** The transpose of {@link gather}: sums into zeros of the given shape. */
export const scatterAdd = defineOp({
  name: "scatterAdd",
  inputs: ["input", "index"],
  shape: ([x], { shape }: { readonly dim: number; readonly shape: Shape }) => [{ shape, dtype: x.dtype }],
  reference: ([x, index], [y], { dim }) => {
    forEachGathered(y.shape, index.shape, index.data, dim, (i, to) => {
      y.data[to] += x.data[i];
    });
  },
  saves: ["index"],
  grad: (dy, { index }, { attrs: { dim } }): Gradients => [gather(dy, index, { dim }), null],
});

function forEachGathered(
  shape: Shape,
  places: Shape,
  index: ArrayLike<number>,
  dim: number,
  visit: (place: number, source: number) => void,
): void {
  const strides = stridesOf(shape);
  const steps = stridesOf(places);
  // A 0-d value is a line of one.
  const [size, stride] = shape.length === 0 ? [1, 1] : [shape[dim], strides[dim]];
  for (let i = 0; i < index.length; i++) {
    let source = checkedIndex("gather", index[i], size) * stride;
    for (let d = 0; d < places.length; d++) {
      if (d !== dim) source += (Math.floor(i / steps[d]) % places[d]) * strides[d];
    }
    visit(i, source);
  }
}
