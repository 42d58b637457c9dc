import { sizeOf } from "../../../core/index.ts";
import type { ConvolutionAttrs } from "../../../ops/conv/convolution.ts";
import { convolution, convolutionInput, convolutionWeight } from "../../../ops/index.ts";
import type { Graph, GraphNode, GraphValue } from "../../graph.ts";

/**
 * A program keeps its channels last if its largest convolution has so many multiply-adds. The kernels for that order sum in
 * float32; the general ones sum in double and round once, and take about 2.5 times as long. There is no size at which that
 * turns, so the limit is where it stops to matter: below it, a convolution and its gradient by the weight lose at most some
 * 35 microseconds, and are exact. Tests that draw small networks set it to 0, to send them the way of large ones.
 */
export const channelsLastFrom = { products: 2 ** 17 };

export function isWorthWhile({ nodes }: Graph): boolean {
  return nodes.some((node) => {
    const products = productsOf(node);
    return products !== undefined && products >= channelsLastFrom.products;
  });
}

/** Multiply-adds of a two-dimensional convolution in float32, or of a gradient of one; undefined of anything else. */
function productsOf(node: GraphNode): number | undefined {
  const factors = factorsOf(node);
  if (factors === undefined || (node.attrs as ConvolutionAttrs).stride.length !== 2) return undefined;
  const [y, weight] = factors;
  return y.dtype === "float32" ? sizeOf(y.shape) * sizeOf(weight.shape.slice(1)) : undefined;
}

/** The output [N, O, H, W], or its gradient, and the weight [O, C / groups, kh, kw], or its own: each place meets a row of it. */
function factorsOf({ op, inputs, outputs }: GraphNode): readonly [GraphValue, GraphValue] | undefined {
  if (op === convolution) return [outputs[0], inputs[1]];
  if (op === convolutionInput) return [inputs[0], inputs[1]];
  return op === convolutionWeight ? [inputs[0], outputs[0]] : undefined;
}
