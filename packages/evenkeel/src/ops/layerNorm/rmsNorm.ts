import { defineOp, type Spec, sizeOf, unfused } from "../../core/index.ts";
import { add, div, mul, rsqrt, square, sub } from "../elementwise/elementwise.ts";
import { mean as meanOf, sum } from "../reduce/reduce.ts";
import { requireShape } from "../shapes.ts";
import { checkTrailing, dimsOf, forEachLine, leading } from "./trailing.ts";

/**
 * Division by the root of the mean square over the last dimensions, those of the weight. Mean
 * squares are a float64 output and sums are double, as in layer normalization. Zhang and Sennrich
 * 2019, https://arxiv.org/abs/1910.07467; semantics of
 * https://pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
 */

export interface RmsNormAttrs {
  /** Added to the mean square before the root. */
  readonly eps: number;
}

/** x / sqrt(mean(x^2) + eps) * weight; outputs y, and the mean square of the leading dimensions. */
export const rmsNorm = defineOp({
  name: "rmsNorm",
  inputs: ["input", "weight"],
  outputs: ["output", "meanSquare"],
  shape: ([x, weight], _: RmsNormAttrs) => {
    checkTrailing("rmsNorm", x, weight);
    return [
      { shape: x.shape, dtype: x.dtype },
      { shape: leading(x, weight), dtype: "float64" },
    ];
  },
  reference: ([x, weight], [y, meanSquare], { eps }) => {
    const length = weight.data.length;
    forEachLine(x, length, (line, start) => {
      let squares = 0;
      for (let i = 0; i < length; i++) squares += x.data[start + i] * x.data[start + i];
      meanSquare.data[line] = squares / length;
      const scale = 1 / Math.sqrt(squares / length + eps);
      for (let i = 0; i < length; i++) y.data[start + i] = x.data[start + i] * scale * weight.data[i];
    });
  },
  saves: ["input", "weight", "meanSquare"],
  grad: (dy, { input, weight, meanSquare }, { attrs }) => rmsNormBackward(dy, input, weight, meanSquare, attrs),
});

/**
 * With r = 1 / sqrt(mean(x^2) + eps), xhat = x * r and g = dy * weight: dx = r * (g - xhat * mean(g
 * * xhat)) over an example; dweight = sum(dy * xhat) over all of them.
 */
export const rmsNormBackward = defineOp({
  name: "rmsNormBackward",
  inputs: ["dy", "input", "weight", "meanSquare"],
  outputs: ["dinput", "dweight"],
  shape: ([dy, x, weight, meanSquare], _: RmsNormAttrs) => {
    checkTrailing("rmsNormBackward", x, weight);
    requireShape("rmsNormBackward", "dy", dy, x.shape);
    requireShape("rmsNormBackward", "meanSquare", meanSquare, leading(x, weight));
    const parameter: Spec = { shape: weight.shape, dtype: weight.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, parameter];
  },
  reference: ([dy, x, weight, meanSquare], [dx, dweight], { eps }) => {
    const length = weight.data.length;
    const products = new Float64Array(length);
    forEachLine(x, length, (line, start) => {
      const scale = 1 / Math.sqrt(meanSquare.data[line] + eps);
      let along = 0;
      for (let i = 0; i < length; i++) {
        const product = dy.data[start + i] * (x.data[start + i] * scale);
        products[i] += product;
        along += product * weight.data[i];
      }
      for (let i = 0; i < length; i++) {
        const share = x.data[start + i] * scale * (along / length);
        dx.data[start + i] = scale * (dy.data[start + i] * weight.data[i] - share);
      }
    });
    dweight.data.set(products);
  },
  grad: unfused(([dy, input, weight], { eps }: RmsNormAttrs) => {
    const [examples, within] = dimsOf(input, weight);
    const scale = rsqrt(add(meanOf(square(input), { dims: within, keepdim: true }), eps));
    const xhat = mul(input, scale);
    const flow = mul(dy, weight);
    const along = div(sum(mul(flow, xhat), { dims: within, keepdim: true }), sizeOf(weight.shape));
    return [mul(scale, sub(flow, mul(xhat, along))), sum(mul(dy, xhat), { dims: examples, keepdim: false })];
  }),
});
