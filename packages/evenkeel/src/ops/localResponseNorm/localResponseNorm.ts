import { defineOp, mismatch, type NdArray, type Spec, sizeOf, unfused, type Value } from "../../core/index.ts";
import { add, div, mul, pow, square, sub } from "../elementwise/elementwise.ts";
import { slice, unslice } from "../movement/movement.ts";
import { requireFloat, requireShape } from "../shapes.ts";

/**
 * Local response normalization of [N, C, ...]: x / (k + alpha * mean of squares)^beta, the mean
 * over neighbouring channels. Sums and powers are double. Krizhevsky, Sutskever and Hinton 2012,
 * https://papers.nips.cc/paper/4824; semantics of
 * https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 */

interface LocalResponseNormAttrs {
  /** Channels of a mean; those beyond the first and the last are 0. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/** The range of a mean: the numbers of channels before and after its own. */
const reachOf = ({ size }: LocalResponseNormAttrs) => ({
  before: Math.floor(size / 2),
  behind: Math.floor((size - 1) / 2),
});

/**
 * Calls `column` for each place of each example, with the index of its first channel and the step
 * to the next.
 */
function forEachColumn({ shape }: NdArray, column: (first: number, step: number) => void): void {
  const [samples, channels] = shape;
  const inner = sizeOf(shape.slice(2));
  for (let n = 0; n < samples; n++) for (let i = 0; i < inner; i++) column(n * channels * inner + i, inner);
}

/** For each number, the sum from `before` numbers before it to `after` numbers after it. */
function windowSums(values: Float64Array, before: number, behind: number, sums: Float64Array): void {
  for (let c = 0; c < values.length; c++) {
    let sum = 0;
    const end = Math.min(values.length - 1, c + behind);
    for (let j = Math.max(0, c - before); j <= end; j++) sum += values[j];
    sums[c] = sum;
  }
}

const checkChannels = (op: string, x: Spec): void => {
  requireFloat(op, "input", x);
  if (x.shape.length < 2) throw mismatch("wrong-shape", op, `input has shape [${x.shape}]`, "[N, C, ...]");
};

/**
 * x / (k + alpha * mean of squares)^beta, the mean over `size` neighbouring channels, those beyond
 * the ends being 0.
 */
export const localResponseNorm = defineOp({
  name: "localResponseNorm",
  inputs: ["input"],
  shape: ([x], _: LocalResponseNormAttrs) => {
    checkChannels("localResponseNorm", x);
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) => {
    const { size, alpha, beta, k } = attrs;
    const { before, behind } = reachOf(attrs);
    const [squares, sums] = [new Float64Array(x.shape[1]), new Float64Array(x.shape[1])];
    forEachColumn(x, (first, step) => {
      for (let c = 0; c < squares.length; c++) squares[c] = x.data[first + c * step] * x.data[first + c * step];
      windowSums(squares, before, behind, sums);
      for (let c = 0; c < sums.length; c++) {
        y.data[first + c * step] = x.data[first + c * step] / (k + (alpha * sums[c]) / size) ** beta;
      }
    });
  },
  saves: ["input"],
  grad: (dy, { input }, { attrs }) => [localResponseNormBackward(dy, input, attrs)],
});

/**
 * With t = k + alpha * mean of squares: dx = dy / t^beta - 2 * alpha * beta / size * x * (sum of dy
 * * x / t^(beta + 1) over the channels whose mean includes this one).
 */
export const localResponseNormBackward = defineOp({
  name: "localResponseNormBackward",
  inputs: ["dy", "input"],
  shape: ([dy, x], _: LocalResponseNormAttrs) => {
    checkChannels("localResponseNormBackward", x);
    requireShape("localResponseNormBackward", "dy", dy, x.shape);
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  reference: ([dy, x], [dx], attrs) => {
    const { size, alpha, beta, k } = attrs;
    const { before, behind } = reachOf(attrs);
    const [terms, sums, bases] = Array.from({ length: 3 }, () => new Float64Array(x.shape[1]));
    forEachColumn(x, (first, step) => {
      for (let c = 0; c < terms.length; c++) terms[c] = x.data[first + c * step] * x.data[first + c * step];
      windowSums(terms, before, behind, sums);
      for (let c = 0; c < terms.length; c++) {
        const at = first + c * step;
        bases[c] = k + (alpha * sums[c]) / size;
        terms[c] = (dy.data[at] * x.data[at]) / bases[c] ** (beta + 1);
      }
      windowSums(terms, behind, before, sums);
      for (let c = 0; c < terms.length; c++) {
        const at = first + c * step;
        dx.data[at] = dy.data[at] / bases[c] ** beta - ((2 * alpha * beta) / size) * x.data[at] * sums[c];
      }
    });
  },
  grad: unfused(([dy, input], attrs: LocalResponseNormAttrs) => {
    const { size, alpha, beta, k } = attrs;
    const { before, behind } = reachOf(attrs);
    const base = add(mul(windowSum(square(input), before, behind), alpha / size), k);
    const terms = div(mul(dy, input), pow(base, beta + 1));
    const share = mul(mul(input, windowSum(terms, behind, before)), (2 * alpha * beta) / size);
    return [sub(div(dy, pow(base, beta)), share)];
  }),
});

/** {@link windowSums} along the channels, in terms of other rows. */
function windowSum(value: Value, before: number, behind: number): Value {
  const length = value.shape[1];
  const size = before + length + behind;
  const padded = unslice(value, { dim: 1, start: before, length, step: 1, size });
  let sum = slice(padded, { dim: 1, start: 0, length, step: 1 });
  for (let start = 1; start <= before + behind; start++) {
    sum = add(sum, slice(padded, { dim: 1, start, length, step: 1 }));
  }
  return sum;
}
