import {
  batchNorm,
  batchNormBackward,
  batchNormRelu,
  batchNormReluBackward,
  le,
  relu,
  where,
} from "../../ops/index.ts";
import type { GraphBuffer, GraphNode } from "../graph.ts";
import { type Program, Uses, withoutDeadCode } from "./rewrite.ts";

/**
 * Batch normalization and the ReLU behind it as one op, forward and backward: the normalized values are written once, and
 * never read back.
 */
export function fuseBatchNormRelu(program: Program): Program {
  const uses = new Uses(program);
  /** By the buffer that relu made: the fused node. */
  const fused = new Map<GraphBuffer, GraphNode>();
  const replacement = new Map<GraphNode, GraphNode | null>();
  for (const node of program.nodes) {
    if (node.op !== relu) continue;
    const [input] = node.inputs;
    const norm = uses.maker(input.buffer);
    if (norm?.op !== batchNorm || !uses.isPrivate(input.buffer) || norm.outputs[0].buffer !== input.buffer) continue;
    const both = { ...norm, op: batchNormRelu, outputs: [node.outputs[0], ...norm.outputs.slice(1)] };
    fused.set(node.outputs[0].buffer, both);
    replacement.set(norm, both);
    replacement.set(node, null);
  }
  for (const node of program.nodes) {
    if (node.op !== batchNormBackward) continue;
    const [dy, ...rest] = node.inputs;
    const mask = uses.maker(dy.buffer);
    if (mask?.op !== where || !uses.isPrivate(dy.buffer)) continue;
    const [condition, zero, gradient] = mask.inputs;
    const test = uses.maker(condition.buffer);
    if (test?.op !== le || !isZero(zero.buffer) || !isZero(test.inputs[1].buffer)) continue;
    const activated = test.inputs[0];
    const forward = fused.get(activated.buffer);
    if (forward === undefined || forward.inputs[0].buffer !== rest[0].buffer) continue;
    replacement.set(node, { ...node, op: batchNormReluBackward, inputs: [gradient, activated, ...rest] });
  }
  const nodes = program.nodes.flatMap((node) => {
    const other = replacement.get(node);
    return other === undefined ? [node] : other === null ? [] : [other];
  });
  return withoutDeadCode({ ...program, nodes });
}

const isZero = ({ source }: GraphBuffer) => source.kind === "constant" && source.value === 0;
