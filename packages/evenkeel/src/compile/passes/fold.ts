import { allocate } from "../../core/index.ts";
import { clone, expand, fill, literal } from "../../ops/index.ts";
import { type Graph, type GraphBuffer, type GraphNode, type GraphValue, hasEffect } from "../graph.ts";
import { mapInputs, Uses, withoutDeadCode } from "./rewrite.ts";

/**
 * Single values that depend only on constants become constants: counts, scales, the initial 1 of
 * backward.
 */
export function foldConstants(graph: Graph): Graph {
  const uses = new Uses(graph);
  const known = new Map<GraphBuffer, GraphBuffer>();
  const constantOf = ({ buffer }: GraphValue) => known.get(buffer) ?? buffer;
  for (const node of graph.nodes) {
    const { op, attrs, inputs, outputs } = node;
    if (hasEffect(node) || outputs.length !== 1 || outputs[0].buffer.size !== 1) continue;
    if (uses.maker(outputs[0]) !== node) continue;
    if (inputs.length === 0 && op !== fill && op !== literal) continue;
    if (!inputs.every((value) => value.buffer.size === 1 && constantOf(value).source.kind === "constant")) continue;
    const arrays = inputs.map((value) => {
      const { source } = constantOf(value);
      const data = allocate(value.dtype, 1);
      if (source.kind === "constant") data[0] = source.value;
      return { shape: value.shape, dtype: value.dtype, data };
    });
    const [{ buffer, shape, dtype }] = outputs;
    const result = { shape, dtype, data: allocate(dtype, 1) };
    op.reference(arrays, [result], attrs as never);
    known.set(buffer, { ...buffer, source: { kind: "constant", value: result.data[0] } });
  }
  const replaced = (value: GraphValue) => (known.has(value.buffer) ? { ...value, buffer: constantOf(value) } : value);
  return withoutDeadCode({ ...mapInputs(graph, replaced), results: graph.results.map(replaced) });
}

/** Drops copies of values that have no other reader: backward copies every gradient it keeps. */
export function withoutNeedlessClones(graph: Graph): Graph {
  const uses = new Uses(graph);
  const same = new Map<GraphBuffer, GraphBuffer>();
  const resolve = (buffer: GraphBuffer): GraphBuffer => {
    const next = same.get(buffer);
    return next === undefined ? buffer : resolve(next);
  };
  for (const { op, inputs, outputs } of graph.nodes) {
    if (op === clone && uses.isPrivate(inputs[0].buffer) && inputs[0].buffer.size === outputs[0].buffer.size) {
      same.set(outputs[0].buffer, inputs[0].buffer);
    }
  }
  const replaced = (value: GraphValue) =>
    same.has(value.buffer) ? { ...value, buffer: resolve(value.buffer) } : value;
  const nodes = graph.nodes.filter((node) => !(node.op === clone && same.has(node.outputs[0].buffer)));
  return { ...mapInputs({ nodes, results: [] }, replaced), results: graph.results.map(replaced) };
}

/**
 * Elementwise readers broadcast themselves: they read the value before its expansion, and the
 * single value of a fill.
 */
export function withoutExpansions(graph: Graph, isElementwise: (node: GraphNode) => boolean): Graph {
  const uses = new Uses(graph);
  const positions = new Map(graph.nodes.map((node, position) => [node, position]));
  const isUnchanged = ({ buffer }: GraphValue, from: GraphNode, to: GraphNode) =>
    uses.writers(buffer).every((writer) => {
      const position = positions.get(writer) as number;
      return position <= (positions.get(from) as number) || position >= (positions.get(to) as number);
    });
  const source = (value: GraphValue, reader: GraphNode): GraphValue => {
    const maker = uses.maker(value);
    if (maker === undefined) return value;
    if (maker.op === fill) {
      const constant = { kind: "constant", value: (maker.attrs as { value: number }).value } as const;
      return { shape: [], dtype: value.dtype, buffer: { ...value.buffer, size: 1, source: constant } };
    }
    if (maker.op !== expand || !isUnchanged(maker.inputs[0], maker, reader)) return value;
    return source(maker.inputs[0], reader);
  };
  const nodes = graph.nodes.map((node) => {
    const inputs = node.inputs.map((value) => source(value, node));
    const narrow = { ...node, inputs };
    return inputs.some((value, i) => value !== node.inputs[i]) && isElementwise(narrow) && isOfSameDtype(narrow)
      ? narrow
      : node;
  });
  return withoutDeadCode({ ...graph, nodes });
}

/**
 * Whether the row still gives the same output dtypes: a 0-d float64 does not widen, an array does.
 */
function isOfSameDtype({ op, attrs, inputs, outputs }: GraphNode): boolean {
  return op.shape(inputs, attrs as never).every(({ dtype }, i) => dtype === outputs[i].dtype);
}
