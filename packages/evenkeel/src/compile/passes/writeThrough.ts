import { assign } from "../../ops/index.ts";
import type { Graph, GraphBuffer, GraphValue } from "../graph.ts";
import { mapInputs, Uses } from "./rewrite.ts";

/**
 * A value whose only use is a copy into state is computed there directly: gradients are written to
 * the tensors that keep them. Only if no other node reads or writes that state.
 */
export function writeThrough(graph: Graph): Graph {
  const uses = new Uses(graph);
  const home = new Map<GraphBuffer, GraphBuffer>();
  const dropped = new Set<unknown>();
  for (const node of graph.nodes) {
    if (node.op !== assign) continue;
    const [target, value] = node.inputs;
    const untouched = uses.readers(target.buffer).every((reader) => reader === node);
    if (!untouched || uses.writers(target.buffer).length !== 1 || target.buffer.source.kind !== "state") continue;
    if (uses.filler(value.buffer) === undefined || uses.isResult(value.buffer) || home.has(value.buffer)) continue;
    if (target.dtype !== value.dtype || target.buffer.size !== value.buffer.size) continue;
    home.set(value.buffer, target.buffer);
    dropped.add(node);
  }
  const moved = (value: GraphValue) => {
    const buffer = home.get(value.buffer);
    return buffer === undefined ? value : { ...value, buffer };
  };
  const nodes = graph.nodes
    .filter((node) => !dropped.has(node))
    .map((node) =>
      node.outputs.some(({ buffer }) => home.has(buffer)) ? { ...node, outputs: node.outputs.map(moved) } : node,
    );
  return { ...mapInputs({ ...graph, nodes }, moved), results: graph.results };
}
