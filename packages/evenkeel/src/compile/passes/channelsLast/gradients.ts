import { convolutionBackwardLast, convolutionInputLast, convolutionWeightLast } from "../../../ops/index.ts";
import type { Graph, GraphNode } from "../../graph.ts";
import { isSameValue, Uses } from "../rewrite.ts";

/** Fuses the two gradients of a convolution if both are needed: they share work on dy. */
export function joinGradients(program: Graph): Graph {
  const uses = new Uses(program);
  const nodes: GraphNode[] = [];
  for (const node of program.nodes) {
    const before = nodes.at(-1);
    const joined = before && (bothOf(before, node, uses) ?? bothOf(node, before, uses));
    if (joined === undefined) nodes.push(node);
    else nodes[nodes.length - 1] = joined;
  }
  return { ...program, nodes };
}

function bothOf(toInput: GraphNode, toWeight: GraphNode, uses: Uses): GraphNode | undefined {
  if (toInput.op !== convolutionInputLast || toWeight.op !== convolutionWeightLast) return undefined;
  const [dy, weight] = toInput.inputs;
  const [sameDy, x] = toWeight.inputs;
  const { size: _, ...attrs } = toInput.attrs as Record<string, unknown>;
  const { kernel: __, ...others } = toWeight.attrs as Record<string, unknown>;
  const { border, ...geometry } = attrs;
  const { inputBorder, ...same } = others;
  if (!isSameValue(dy, sameDy) || JSON.stringify(sorted(geometry)) !== JSON.stringify(sorted(same))) return undefined;
  const isOwn = [...toInput.outputs, ...toWeight.outputs].every((value) => uses.maker(value) !== undefined);
  if (!isOwn) return undefined;
  return {
    op: convolutionBackwardLast,
    attrs: { ...geometry, inputBorder, border },
    inputs: [dy, x, weight],
    outputs: [...toInput.outputs, ...toWeight.outputs],
  };
}

const sorted = (attrs: Record<string, unknown>) => Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1));
