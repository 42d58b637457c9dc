import { sizeOf } from "../../../core/index.ts";
import type { ConvolutionAttrs } from "../../../ops/conv/convolution.ts";
import { convolution, convolutionInput, convolutionWeight } from "../../../ops/index.ts";
import type { Graph, GraphNode, GraphValue } from "../../graph.ts";

/**
 * A program is channels-last if its largest convolution has at least this many multiply-adds. The
 * kernels for that order sum in float32; the general ones sum in double and round once, and take
 * about 2.5 times as long. They are slower at every size, so the limit is the size below which it
 * does not matter: a convolution and its gradient by the weight lose at most about 35 microseconds,
 * and are exact. Tests that draw small networks set it to 0, so that they take the path of large
 * ones.
 */
export const channelsLastFrom = { products: 2 ** 17 };

export function isWorthWhile({ nodes }: Graph): boolean {
  return nodes.some((node) => {
    const products = productsOf(node);
    return products !== undefined && products >= channelsLastFrom.products;
  });
}

/**
 * Multiply-adds of a two-dimensional convolution in float32, or of its gradient; undefined for
 * other ops.
 */
function productsOf(node: GraphNode): number | undefined {
  const factors = factorsOf(node);
  if (factors === undefined || (node.attrs as ConvolutionAttrs).stride.length !== 2) return undefined;
  const [y, weight] = factors;
  return y.dtype === "float32" ? sizeOf(y.shape) * sizeOf(weight.shape.slice(1)) : undefined;
}

/**
 * Counts from the output [N, O, H, W] and the weight [O, C / groups, kh, kw], or their gradients:
 * every output value uses one row of the weight.
 */
function factorsOf({ op, inputs, outputs }: GraphNode): readonly [GraphValue, GraphValue] | undefined {
  if (op === convolution) return [outputs[0], inputs[1]];
  if (op === convolutionInput) return [inputs[0], inputs[1]];
  return op === convolutionWeight ? [inputs[0], outputs[0]] : undefined;
}
