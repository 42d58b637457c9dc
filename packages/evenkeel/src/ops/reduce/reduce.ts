import {
  defineOp,
  isFloat,
  type NdArray,
  notDifferentiable,
  reducedShape,
  refuse,
  type Shape,
  type Spec,
  sizeOf,
  stridesOf,
  type Value,
  wrongDtype,
  wrongValue,
} from "../../core/index.ts";
import { eq, isnan, logicalAnd, logicalOr } from "../elementwise/compare.ts";
import { abs, add, div, exp, mul, pow, sign, sub, where } from "../elementwise/elementwise.ts";
import { storeWhole, traverseRows } from "../loops.ts";
import { concat, expand, reshape, slice } from "../movement/movement.ts";

/** Reductions over dimensions. Sums accumulate in double, in row-major order. */

/** `dims` are sorted, distinct and counted from the front: see normalizeDims. */
export interface ReduceAttrs {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}

const reduced = ([x]: readonly Spec[], { dims, keepdim }: ReduceAttrs) => reducedShape(x.shape, dims, keepdim);

const floatResult = (name: string) => (inputs: readonly Spec[], attrs: ReduceAttrs) => {
  if (!isFloat(inputs[0].dtype)) {
    throw wrongDtype(name, "input", inputs[0].dtype, "float32 or float64", "convert with .float()");
  }
  return [{ shape: reduced(inputs, attrs), dtype: inputs[0].dtype }];
};

/** Expands a reduced value to the shape before the reduction. */
function spread(value: Value, from: Shape, { dims }: ReduceAttrs): Value {
  return expand(reshape(value, { shape: reducedShape(from, dims, true) }), { shape: from });
}

const count = (shape: Shape, dims: readonly number[]) => dims.reduce((n, dim) => n * shape[dim], 1);

/**
 * Folds the input over `dims` into a double per output element. The output is visited in row-major
 * order, and so are the elements that fall together: the order of the sum is a function of the
 * shape alone.
 */
function fold(
  x: NdArray,
  dims: readonly number[],
  start: number,
  step: (acc: number, value: number, group: number) => number,
) {
  const kept = reducedShape(x.shape, dims, true);
  const strides = stridesOf(kept).map((stride, dim) => (dims.includes(dim) ? 0 : stride));
  const totals = new Float64Array(sizeOf(kept)).fill(start);
  traverseRows(x.shape, [strides], (at, n, [group], [d]) => {
    if (d === 0) {
      let total = totals[group];
      for (let k = 0; k < n; k++) total = step(total, x.data[at + k], group);
      totals[group] = total;
    } else {
      for (let k = 0; k < n; k++) totals[group + k * d] = step(totals[group + k * d], x.data[at + k], group + k * d);
    }
  });
  return totals;
}

const plus = (a: number, b: number) => a + b;

/**
 * Beyond 2^53 a double skips integers: such a sum counts as overflow, even if later terms would
 * reduce it.
 */
const plusWhole = (a: number, b: number) => (Math.abs(a) > Number.MAX_SAFE_INTEGER ? a : a + b);

/** The sum; integers and bools add up to an int32, and must fit it. 0 for no values. */
export const sum = defineOp({
  name: "sum",
  inputs: ["input"],
  shape: (inputs, attrs: ReduceAttrs) => [
    { shape: reduced(inputs, attrs), dtype: isFloat(inputs[0].dtype) ? inputs[0].dtype : "int32" },
  ],
  reference: ([x], [y], { dims }) => storeWhole("sum", y.data, fold(x, dims, 0, isFloat(y.dtype) ? plus : plusWhole)),
  grad: (dy, _, { inputs, attrs }) => [spread(dy, inputs[0].shape, attrs)],
});

/** The sum over the count, of floats only; NaN for no values. */
export const mean = defineOp({
  name: "mean",
  inputs: ["input"],
  shape: (inputs, attrs: ReduceAttrs) => floatResult("mean")(inputs, attrs),
  reference: ([x], [y], { dims }) => {
    const n = count(x.shape, dims);
    y.data.set(fold(x, dims, 0, plus).map((total) => total / n));
  },
  grad: (dy, _, { inputs, attrs }) => [spread(div(dy, count(inputs[0].shape, attrs.dims)), inputs[0].shape, attrs)],
});

/** `correction` is subtracted from the count. */
export interface VarianceAttrs extends ReduceAttrs {
  readonly correction: number;
}

/** The squares around the mean, in two passes, over `count - correction`. */
function variances(x: NdArray, { dims, correction }: VarianceAttrs): Float64Array {
  const n = count(x.shape, dims);
  const means = fold(x, dims, 0, plus).map((total) => total / n);
  const squares = fold(x, dims, 0, (acc, value, group) => acc + (value - means[group]) ** 2);
  return squares.map((total) => total / Math.max(0, n - correction));
}

/** The gradient of the input from the gradient `dy` of a variance. */
function varianceGradient(dy: Value, input: Value, attrs: VarianceAttrs): Value {
  const { shape } = input;
  const centred = sub(input, mean(input, { dims: attrs.dims, keepdim: true }));
  const scale = 2 / (count(shape, attrs.dims) - attrs.correction);
  return mul(mul(spread(dy, shape, attrs), scale), centred);
}

/** The variance around the mean, in two passes, over `count - correction`. */
export const variance = defineOp({
  name: "var",
  inputs: ["input"],
  shape: (inputs, attrs: VarianceAttrs) => floatResult("var")(inputs, attrs),
  reference: ([x], [y], attrs) => y.data.set(variances(x, attrs)),
  saves: ["input"],
  grad: (dy, { input }, { attrs }) => [varianceGradient(dy, input, attrs)],
});

/**
 * The root of {@link variance}. Its gradient where all values are equal is taken as 0, as in
 * PyTorch.
 */
export const std = defineOp({
  name: "std",
  inputs: ["input"],
  shape: (inputs, attrs: VarianceAttrs) => floatResult("std")(inputs, attrs),
  reference: ([x], [y], attrs) => y.data.set(variances(x, attrs).map(Math.sqrt)),
  saves: ["input", "output"],
  grad: (dy, { input, output }, { attrs }) => {
    const zero = eq(output, 0);
    const slope = where(zero, 0, div(dy, mul(where(zero, 1, output), 2)));
    return [varianceGradient(slope, input, attrs)];
  },
});

type Matches = (input: Value, extreme: Value) => Value;

function extremum(name: string, best: (a: number, b: number) => number, start: number, matches: Matches) {
  return defineOp({
    name,
    inputs: ["input"],
    shape: ([x], attrs: ReduceAttrs) => {
      requireSome(name, x, attrs.dims);
      return [{ shape: reduced([x], attrs), dtype: x.dtype }];
    },
    reference: ([x], [y], { dims }) => y.data.set(fold(x, dims, start, best)),
    saves: ["input", "output"],
    grad: (dy, { input, output }, { attrs }) => {
      const { shape } = input;
      const ties = matches(input, spread(output, shape, attrs));
      return [div(where(ties, spread(dy, shape, attrs), 0), sum(ties, { dims: attrs.dims, keepdim: true }))];
    },
  });
}

const larger = (a: number, b: number) => Math.max(a, b);
const smaller = (a: number, b: number) => Math.min(a, b);
const equalOrNaN: Matches = (input, extreme) => logicalOr(eq(input, extreme), logicalAnd(isnan(input), isnan(extreme)));

/**
 * The largest value, NaN before all; the gradient of a tie is shared evenly. Where it is NaN, so
 * are all gradients.
 */
export const amax = extremum("amax", larger, -Infinity, eq);

/**
 * The smallest value, NaN before all; the gradient of a tie is shared evenly. Where it is NaN, so
 * are all gradients.
 */
export const amin = extremum("amin", smaller, Infinity, eq);

/**
 * As {@link amax}, but where the largest value is NaN, the gradient goes to the NaNs: PyTorch's
 * `max()` differs so.
 */
export const max = extremum("max", larger, -Infinity, equalOrNaN);

/**
 * As {@link amin}, but where the smallest value is NaN, the gradient goes to the NaNs: PyTorch's
 * `min()` differs so.
 */
export const min = extremum("min", smaller, Infinity, equalOrNaN);

function indexOfExtremum(name: string, beats: (a: number, b: number) => boolean) {
  return defineOp({
    name,
    inputs: ["input"],
    shape: ([x], { dim, keepdim }: { readonly dim: number; readonly keepdim: boolean }) => {
      requireSome(name, x, [dim]);
      return [{ shape: reducedShape(x.shape, x.shape.length === 0 ? [] : [dim], keepdim), dtype: "int32" }];
    },
    reference: ([x], [y], { dim }) => {
      const n = x.shape[dim] ?? 1;
      const inner = sizeOf(x.shape.slice(dim + 1));
      for (let i = 0; i < y.data.length; i++) {
        const start = Math.floor(i / inner) * n * inner + (i % inner);
        let index = 0;
        for (let k = 1; k < n; k++) {
          const value = x.data[start + k * inner];
          const leader = x.data[start + index * inner];
          if (beats(value, leader) || (Number.isNaN(value) && !Number.isNaN(leader))) index = k;
        }
        y.data[i] = index;
      }
    },
    grad: notDifferentiable("the result is an index"),
  });
}

/** The index of the first largest value along a dimension; a NaN is the largest. */
export const argmax = indexOfExtremum("argmax", (a, b) => a > b);

/** The index of the first smallest value along a dimension; a NaN is the smallest. */
export const argmin = indexOfExtremum("argmin", (a, b) => a < b);

const times = (a: number, b: number) => a * b;

/** A zero factor makes an overflowed product 0. */
const timesWhole = (a: number, b: number) => (b === 0 ? 0 : a * b);

/**
 * The product; of integers and bools an int32, which it must fit. Differentiated as the tree of
 * products that {@link composeProduct} builds, exact at zeros too.
 */
export const prod = defineOp({
  name: "prod",
  inputs: ["input"],
  shape: (inputs, attrs: ReduceAttrs) => [
    { shape: reduced(inputs, attrs), dtype: isFloat(inputs[0].dtype) ? inputs[0].dtype : "int32" },
  ],
  reference: ([x], [y], { dims }) =>
    storeWhole("prod", y.data, fold(x, dims, 1, isFloat(y.dtype) ? times : timesWhole)),
  grad: {
    kind: "unfused",
    compose: ([input], attrs) => [
      reshape(attrs.dims.reduce(composeProduct, input), {
        shape: reducedShape(input.shape, attrs.dims, attrs.keepdim),
      }),
    ],
  },
});

/** Halves a dimension until one factor is left. */
function composeProduct(x: Value, dim: number): Value {
  const n = x.shape[dim];
  if (n === 0) return add(sum(x, { dims: [dim], keepdim: true }), 1);
  if (n === 1) return x;
  const half = n >> 1;
  const part = (start: number, length: number) => slice(x, { dim, start, length, step: 1 });
  const products = mul(part(0, half), part(half, half));
  return composeProduct(n % 2 === 0 ? products : concat([products, part(n - 1, 1)], { dim }), dim);
}

/** log(sum(exp(x))) without overflow. */
export const logsumexp = defineOp({
  name: "logsumexp",
  inputs: ["input"],
  shape: (inputs, attrs: ReduceAttrs) => floatResult("logsumexp")(inputs, attrs),
  reference: ([x], [y], { dims }) => {
    // An infinite maximum is not subtracted, because its difference from itself would be NaN.
    const top = fold(x, dims, -Infinity, (a, b) => Math.max(a, b)).map((max) => (Math.abs(max) === Infinity ? 0 : max));
    const totals = fold(x, dims, 0, (total, value, group) => total + Math.exp(value - top[group]));
    y.data.set(totals.map((total, group) => Math.log(total) + top[group]));
  },
  saves: ["input", "output"],
  grad: (dy, { input, output }, { inputs: [{ shape }], attrs }) => [
    mul(spread(dy, shape, attrs), exp(sub(input, spread(output, shape, attrs)))),
  ],
});

/** The p-norm, (sum |x|^p)^(1/p), for finite p > 0. Its gradient at a norm of 0 is taken as 0. */
export const vectorNorm = defineOp({
  name: "vectorNorm",
  inputs: ["input"],
  shape: (inputs, attrs: ReduceAttrs & { readonly p: number }) => {
    if (!(attrs.p > 0 && attrs.p < Infinity)) throw wrongValue("norm", "p", attrs.p, "a number above 0");
    return floatResult("norm")(inputs, attrs);
  },
  reference: ([x], [y], { dims, p }) => {
    const totals = fold(x, dims, 0, p === 2 ? (acc, v) => acc + v * v : (acc, v) => acc + Math.abs(v) ** p);
    y.data.set(totals.map(p === 2 ? Math.sqrt : (total) => total ** (1 / p)));
  },
  saves: ["input", "output"],
  grad: (dy, { input, output }, { inputs: [{ shape }], attrs: { p, ...attrs } }) => {
    const total = spread(output, shape, attrs);
    const zero = eq(total, 0);
    const ratio = div(input, where(zero, 1, total));
    // Below p = 2 the power of a zero element, or its slope, would be infinite.
    const size = abs(p < 2 ? where(eq(input, 0), 1, ratio) : ratio);
    const slope = p === 2 ? ratio : p === 1 ? sign(input) : mul(sign(input), pow(size, p - 1));
    return [where(zero, 0, mul(spread(dy, shape, attrs), slope))];
  },
});

function quantifier(name: string, start: number, step: (acc: number, value: number) => number) {
  return defineOp({
    name,
    inputs: ["input"],
    shape: (inputs, attrs: ReduceAttrs) => [{ shape: reduced(inputs, attrs), dtype: "bool" }],
    reference: ([x], [y], { dims }) => y.data.set(fold(x, dims, start, step)),
    grad: notDifferentiable("the result is a bool"),
  });
}

/** Whether a value is true (not 0; NaN is); false for no values. */
export const any = quantifier("any", 0, (acc, value) => (acc || value !== 0 ? 1 : 0));
/** Whether all values are true (not 0; NaN is); true for no values. */
export const all = quantifier("all", 1, (acc, value) => (acc && value !== 0 ? 1 : 0));

function requireSome(name: string, x: Spec, dims: readonly number[]): void {
  if (count(x.shape, x.shape.length === 0 ? [] : dims) === 0) {
    throw refuse(
      "wrong-shape",
      name,
      `there is no element to choose from in shape [${x.shape.join(", ")}] over dims [${dims}]`,
    );
  }
}
