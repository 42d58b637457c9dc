import { sameShape } from "../../core/index.ts";
import {
  batchNorm,
  batchNormBackward,
  batchNormRelu,
  batchNormReluBackward,
  le,
  relu,
  where,
} from "../../ops/index.ts";
import type { Graph, GraphBuffer, GraphNode } from "../graph.ts";
import { isSameValue, Uses, withoutDeadCode } from "./rewrite.ts";

/**
 * Fuses batch normalization and the following ReLU, forward and backward: the normalized values are
 * written once, and never read back.
 */
export function fuseBatchNormRelu(graph: Graph): Graph {
  const uses = new Uses(graph);
  /** The fused node, by the relu that it replaces. */
  const fused = new Map<GraphNode | undefined, GraphNode>();
  const replacement = new Map<GraphNode, GraphNode | null>();
  for (const node of graph.nodes) {
    if (node.op !== relu) continue;
    const [input] = node.inputs;
    const norm = uses.maker(input);
    if (norm?.op !== batchNorm || !uses.isPrivate(input.buffer) || norm.outputs[0].buffer !== input.buffer) continue;
    const both = { ...norm, op: batchNormRelu, outputs: [node.outputs[0], ...norm.outputs.slice(1)] };
    fused.set(node, both);
    replacement.set(norm, both);
    replacement.set(node, null);
  }
  for (const node of graph.nodes) {
    if (node.op !== batchNormBackward) continue;
    const [dy, ...rest] = node.inputs;
    const mask = uses.maker(dy);
    if (mask?.op !== where || !uses.isPrivate(dy.buffer)) continue;
    const [condition, zero, gradient] = mask.inputs;
    const test = uses.maker(condition);
    if (test?.op !== le || !isZero(zero.buffer) || !isZero(test.inputs[1].buffer)) continue;
    const [activated] = test.inputs;
    // Both are read later than before, and nothing broadcasts in the fused op.
    const operands = [activated, gradient];
    if (!operands.every((value) => sameShape(value.shape, dy.shape) && uses.isFixed(value))) continue;
    if (gradient.dtype !== dy.dtype) continue;
    const forward = fused.get(uses.maker(activated));
    if (forward === undefined || !isSameValue(forward.inputs[0], rest[0])) continue;
    replacement.set(node, { ...node, op: batchNormReluBackward, inputs: [gradient, activated, ...rest] });
  }
  const nodes = graph.nodes.flatMap((node) => {
    const other = replacement.get(node);
    return other === undefined ? [node] : other === null ? [] : [other];
  });
  return withoutDeadCode({ ...graph, nodes });
}

const isZero = ({ source }: GraphBuffer) => source.kind === "constant" && source.value === 0;
