import { allocate } from "../../core/index.ts";
import { clone, expand, fill } from "../../ops/index.ts";
import type { GraphBuffer, GraphNode, GraphValue } from "../graph.ts";
import { mapInputs, type Program, Uses, withoutDeadCode } from "./rewrite.ts";

/** Single values that depend on constants alone become constants: counts, scales, the 1 that backward starts from. */
export function foldConstants(program: Program): Program {
  const known = new Map<GraphBuffer, GraphBuffer>();
  const constantOf = ({ buffer }: GraphValue) => known.get(buffer) ?? buffer;
  for (const { op, attrs, inputs, outputs } of program.nodes) {
    if (op.writes.length > 0 || outputs.length !== 1 || outputs[0].buffer.size !== 1) continue;
    if (inputs.length === 0 && op !== fill) continue;
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
  return withoutDeadCode({ ...mapInputs(program, replaced), results: program.results.map(replaced) });
}

/** A copy of a value that nobody else has needs no copy: backward makes one of every gradient it keeps. */
export function withoutNeedlessClones(program: Program): Program {
  const uses = new Uses(program);
  const same = new Map<GraphBuffer, GraphBuffer>();
  const resolve = (buffer: GraphBuffer): GraphBuffer => {
    const next = same.get(buffer);
    return next === undefined ? buffer : resolve(next);
  };
  for (const { op, inputs, outputs } of program.nodes) {
    if (op === clone && uses.isPrivate(inputs[0].buffer) && inputs[0].buffer.size === outputs[0].buffer.size) {
      same.set(outputs[0].buffer, inputs[0].buffer);
    }
  }
  const replaced = (value: GraphValue) =>
    same.has(value.buffer) ? { ...value, buffer: resolve(value.buffer) } : value;
  const nodes = program.nodes.filter((node) => !(node.op === clone && same.has(node.outputs[0].buffer)));
  return { ...mapInputs({ nodes, results: [] }, replaced), results: program.results.map(replaced) };
}

/** Elementwise readers broadcast by themselves: they read what was expanded, and a fill as the one value it holds. */
export function withoutExpansions(program: Program, isElementwise: (node: GraphNode) => boolean): Program {
  const uses = new Uses(program);
  const source = (value: GraphValue): GraphValue => {
    const maker = uses.maker(value.buffer);
    if (maker === undefined || maker.outputs[0].shape !== value.shape) return value;
    if (maker.op === fill) {
      const constant = { kind: "constant", value: (maker.attrs as { value: number }).value } as const;
      return { shape: [], dtype: value.dtype, buffer: { ...value.buffer, size: 1, source: constant } };
    }
    return maker.op === expand ? source(maker.inputs[0]) : value;
  };
  const nodes = program.nodes.map((node) => {
    const inputs = node.inputs.map(source);
    const narrow = { ...node, inputs };
    return inputs.some((value, i) => value !== node.inputs[i]) && isElementwise(narrow) ? narrow : node;
  });
  return withoutDeadCode({ ...program, nodes });
}
