import { defineOp, type Spec, sizeOf, unfused } from "../../core/index.ts";
import { add, div, mul, rsqrt, sub } from "../elementwise/elementwise.ts";
import { mean as meanOf, sum, variance as varianceOf } from "../reduce/reduce.ts";
import { requireShape } from "../shapes.ts";
import { normalizeLines } from "./layerNorm.loops.ts";
import { checkTrailing, dimsOf, forEachLine, leading } from "./trailing.ts";

/**
 * Layer normalization over the last dimensions, those of the weight: every example by its own mean
 * and (biased) variance. Statistics are float64 outputs and sums are double, as in batch
 * normalization. Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450; semantics of
 * https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */

export interface LayerNormAttrs {
  /** Added to the variance before the square root. */
  readonly eps: number;
}

/**
 * Normalizes by the statistics of each example; outputs y, and mean and variance (biased) of the
 * leading dimensions.
 */
export const layerNorm = defineOp({
  name: "layerNorm",
  inputs: ["input", "weight", "bias"],
  outputs: ["output", "mean", "variance"],
  shape: ([x, weight, bias], _: LayerNormAttrs) => {
    checkTrailing("layerNorm", x, weight);
    requireShape("layerNorm", "bias", bias, weight.shape);
    const statistic: Spec = { shape: leading(x, weight), dtype: "float64" };
    return [{ shape: x.shape, dtype: x.dtype }, statistic, statistic];
  },
  reference: (inputs, outputs, { eps }) => normalizeLines(inputs, outputs, eps),
  saves: ["input", "weight", "mean", "variance"],
  grad: (dy, { input, weight, mean, variance }, { attrs }) =>
    layerNormBackward(dy, input, weight, mean, variance, attrs),
});

/**
 * With g = dy * weight, and means over an example: dx = invstd * (g - mean(g) - xhat * mean(g *
 * xhat)); over all examples, dweight = sum(dy * xhat) and dbias = sum(dy).
 */
export const layerNormBackward = defineOp({
  name: "layerNormBackward",
  inputs: ["dy", "input", "weight", "mean", "variance"],
  outputs: ["dinput", "dweight", "dbias"],
  shape: ([dy, x, weight, mean, variance], _: LayerNormAttrs) => {
    checkTrailing("layerNormBackward", x, weight);
    requireShape("layerNormBackward", "dy", dy, x.shape);
    for (const [name, spec] of Object.entries({ mean, variance })) {
      requireShape("layerNormBackward", name, spec, leading(x, weight));
    }
    const parameter: Spec = { shape: weight.shape, dtype: weight.dtype };
    return [{ shape: x.shape, dtype: x.dtype }, parameter, parameter];
  },
  reference: ([dy, x, weight, mean, variance], [dx, dweight, dbias], { eps }) => {
    const length = weight.data.length;
    const [products, sums] = [new Float64Array(length), new Float64Array(length)];
    forEachLine(x, length, (line, start) => {
      const invstd = 1 / Math.sqrt(variance.data[line] + eps);
      const xhat = (i: number) => (x.data[start + i] - mean.data[line]) * invstd;
      let [flow, along] = [0, 0];
      for (let i = 0; i < length; i++) {
        const gradient = dy.data[start + i];
        products[i] += gradient * xhat(i);
        sums[i] += gradient;
        flow += gradient * weight.data[i];
        along += gradient * weight.data[i] * xhat(i);
      }
      for (let i = 0; i < length; i++) {
        dx.data[start + i] =
          invstd * (dy.data[start + i] * weight.data[i] - flow / length - xhat(i) * (along / length));
      }
    });
    dweight.data.set(products);
    dbias.data.set(sums);
  },
  grad: unfused(([dy, input, weight], { eps }: LayerNormAttrs) => {
    const [examples, within] = dimsOf(input, weight);
    const length = sizeOf(weight.shape);
    const centred = sub(input, meanOf(input, { dims: within, keepdim: true }));
    const invstd = rsqrt(add(varianceOf(input, { dims: within, keepdim: true, correction: 0 }), eps));
    const xhat = mul(centred, invstd);
    const flow = mul(dy, weight);
    const constantPart = div(sum(flow, { dims: within, keepdim: true }), length);
    const alongPart = mul(xhat, div(sum(mul(flow, xhat), { dims: within, keepdim: true }), length));
    return [
      mul(invstd, sub(sub(flow, constantPart), alongPart)),
      sum(mul(dy, xhat), { dims: examples, keepdim: false }),
      sum(dy, { dims: examples, keepdim: false }),
    ];
  }),
});
