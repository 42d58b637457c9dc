import {
  batchNormEval,
  linear,
  linearBatchNormEval,
  linearRelu,
  matmul,
  matmulBatchNormEval,
  relu,
} from "../../ops/index.ts";
import type { Graph, GraphNode } from "../graph.ts";
import { whyNoKernel } from "../program/kernelChoice.ts";
import { isSameValue, Uses } from "./rewrite.ts";

/**
 * Fuses a linear layer with the batch normalization of evaluation and the ReLU behind it, if
 * nothing else reads what lies between them: no element is written before it is finished. The bits
 * are those of the ops alone. Steps that train keep theirs apart: their weights are written.
 */
export function fuseLinear(graph: Graph): Graph {
  const uses = new Uses(graph);
  const replacement = new Map<GraphNode, GraphNode | null>();
  for (const product of graph.nodes) {
    if (product.op !== linear && product.op !== matmul) continue;
    // They are read where the norm or the ReLU stood.
    if (!product.inputs.every((value) => uses.isFixed(value))) continue;
    const norm = onlyReader(uses, product, batchNormEval);
    const activation = onlyReader(uses, norm ?? product, relu);
    const fused = fusedNode(product, norm, activation);
    if (fused === undefined || whyNoKernel(fused) !== undefined) continue;
    for (const node of [product, norm, activation]) if (node !== undefined) replacement.set(node, null);
    replacement.set((norm ?? activation) as GraphNode, fused);
  }
  const nodes = graph.nodes.flatMap((node) => {
    const other = replacement.get(node);
    return other === undefined ? [node] : other === null ? [] : [other];
  });
  return { ...graph, nodes };
}

/** The node of an op that reads a node's output as its first input, if no other does. */
function onlyReader(uses: Uses, { outputs: [value] }: GraphNode, op: GraphNode["op"]): GraphNode | undefined {
  if (!uses.isPrivate(value.buffer)) return undefined;
  const [reader] = uses.readers(value.buffer);
  const [first, ...others] = reader.inputs;
  if (reader.op !== op || others.some(({ buffer }) => buffer === value.buffer)) return undefined;
  // A ReLU may see the elements in any shape.
  return op === relu || isSameValue(first, value) ? reader : undefined;
}

function fusedNode(product: GraphNode, norm?: GraphNode, activation?: GraphNode): GraphNode | undefined {
  const { inputs } = product;
  const [output] = product.outputs;
  const outputs = [{ ...output, buffer: (activation ?? norm ?? product).outputs[0].buffer }];
  if (norm !== undefined) {
    const op = product.op === linear ? linearBatchNormEval : matmulBatchNormEval;
    const attrs = { ...(product.attrs as object), ...(norm.attrs as object), relu: activation !== undefined };
    return { op, attrs, inputs: [...inputs, ...norm.inputs.slice(1)], outputs };
  }
  if (activation === undefined || product.op !== linear) return undefined;
  return { op: linearRelu, attrs: {}, inputs, outputs };
}
