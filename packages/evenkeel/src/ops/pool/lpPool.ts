import { defineOp, type Gradients, type NdArray, sizeOf, unfused, type Value } from "../../core/index.ts";
import { eq } from "../elementwise/compare.ts";
import { mul, pow, where } from "../elementwise/elementwise.ts";
import { requireFloat } from "../shapes.ts";
import { avgPool, avgPoolBackward, type Divisor, forEachPooled, forEachWindow } from "./avgPool.ts";
import { planesOf, pooledShape, type WindowAttrs } from "./window.ts";

/**
 * The p-norm of windows without absolute values: (sum of x^p)^(1/p), in double. As in PyTorch, a
 * window that reaches over the edge counts as if it were full: its sum is scaled up by the kernel's
 * size over the number of its places.
 */

interface LPPoolAttrs extends WindowAttrs {
  /** The exponent, not 0. */
  readonly p: number;
}

const counted: Divisor = { along: ({ padded }, i) => padded[i] };

/** Calls `visit` with the sum of each window's powers, and the weight of each. */
function forEachSum(
  x: NdArray,
  windows: number,
  attrs: LPPoolAttrs,
  visit: (window: number, sum: number, weight: number) => void,
): void {
  const planes = planesOf(x.shape, attrs);
  const full = sizeOf(attrs.kernel);
  forEachWindow(windows, planes, counted, (window, base, at, count) => {
    let sum = 0;
    forEachPooled(planes, base, at, (place) => {
      sum += x.data[place] ** attrs.p;
    });
    visit(window, (sum * full) / count, full / count);
  });
}

/** See above. https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html */
export const lpPool = defineOp({
  name: "lpPool",
  inputs: ["input"],
  shape: ([x], attrs: LPPoolAttrs) => {
    const name = `lpPool${attrs.kernel.length}d`;
    requireFloat(name, "input", x);
    return [{ shape: pooledShape(name, x, attrs), dtype: x.dtype }];
  },
  reference: ([x], [y], attrs) => {
    forEachSum(x, y.data.length, attrs, (window, sum) => {
      y.data[window] = sum ** (1 / attrs.p);
    });
  },
  saves: ["input"],
  grad: (dy, { input }, { attrs }): Gradients => [lpPoolBackward(dy, input, attrs)],
});

/**
 * The gradient of {@link lpPool}: x^(p - 1) times the sum, over the windows of x, of dy sum^(1/p -
 * 1); 0 where a sum is.
 */
export const lpPoolBackward = defineOp({
  name: "lpPoolBackward",
  inputs: ["dy", "input"],
  shape: ([, x], _: LPPoolAttrs) => [{ shape: x.shape, dtype: x.dtype }],
  reference: ([dy, x], [dx], attrs) => {
    const { p } = attrs;
    const shares = new Float64Array(dy.data.length);
    forEachSum(x, dy.data.length, attrs, (window, sum, weight) => {
      shares[window] = sum === 0 ? 0 : dy.data[window] * weight * sum ** (1 / p - 1);
    });
    const planes = planesOf(x.shape, attrs);
    const sums = new Float64Array(dx.data.length);
    forEachWindow(dy.data.length, planes, counted, (window, base, at) => {
      forEachPooled(planes, base, at, (place) => {
        sums[place] += shares[window];
      });
    });
    for (let i = 0; i < sums.length; i++) dx.data[i] = sums[i] * x.data[i] ** (p - 1);
  },
  grad: unfused(([dy, x], { p, ...windows }: LPPoolAttrs): Value[] => {
    const { kernel } = windows;
    const attrs = { ...windows, countIncludePad: true };
    const sum = mul(avgPool(pow(x, p), attrs), sizeOf(kernel));
    const zero = eq(sum, 0);
    const shares = mul(where(zero, 0, mul(dy, pow(where(zero, 1, sum), 1 / p - 1))), sizeOf(kernel));
    const size = x.shape.slice(-kernel.length);
    return [mul(avgPoolBackward(shares, { ...attrs, size }), pow(x, p - 1))];
  }),
});
