import { type Spec, sameShape } from "../core/index.ts";
import { assign } from "../ops/index.ts";
import { Tensor } from "../tensor/index.ts";
import { Storage } from "../tensor/storage.ts";
import { type Graph, type GraphBuffer, type GraphValue, viewOf } from "./graph.ts";
import { optimize } from "./passes/index.ts";
import { Program, type ProgramOptions } from "./program/program.ts";
import type { GradField } from "./trace/gradFields.ts";
import type { Trace } from "./trace/trace.ts";
import { type Cells, withCells } from "./variants/numbers.ts";
import { prefersWide } from "./wideVectors.ts";

/** A program and its trace. */
export interface Made {
  readonly program: Program;
  readonly trace: Trace;
  /** The numbers that it reads at every run. */
  readonly cells: Cells;
  /** The gradients that the step leaves in `.grad` of the trace's gradient fields. */
  readonly grads: readonly (Tensor | null)[];
}

/** Makes the program of a trace; it reads the numbers that have a cell at every run. */
export function make(trace: Trace, cells: Cells, options: ProgramOptions): Made {
  const { graph, grads } = withGradients(trace.graph, trace.gradFields);
  const { tasks, results } = optimize(withCells(graph, cells), { wide: () => options.wide && prefersWide() });
  return { program: new Program(tasks, results, options), trace, cells, grads };
}

/**
 * Gradients that stay in `.grad` after the step are written to tensors of the library. A gradient
 * that the user has set is read but never written: it may be the gradient of two tensors, or share
 * the memory of the parameter.
 */
export function withGradients(graph: Graph, fields: readonly GradField[]): { graph: Graph; grads: (Tensor | null)[] } {
  const nodes = [...graph.nodes];
  const states = statesOf(graph);
  const handedOn = new Set(fields.map(({ leaves }) => (leaves.kind === "tensor" ? leaves.grad?.storage : undefined)));
  const grads = fields.map(({ tensor, leaves }) => {
    if (leaves.kind === "tensor") return leaves.grad;
    const { value } = leaves;
    const before = keptBefore(tensor, value);
    const isFree = before !== undefined && !handedOn.has(before.storage);
    const kept = isFree ? before : new Tensor(Storage.zeros(value), value.shape, value.dtype);
    keptGradients.set(tensor, kept);
    const { storage, dtype } = kept;
    const state = states.get(storage) ?? { dtype, size: storage.data.length, source: { kind: "state", storage } };
    const target: GraphValue = viewOf(state, value.shape);
    nodes.push({ op: assign, attrs: {}, inputs: [target, value], outputs: [] });
    return kept;
  });
  return { graph: { nodes, results: graph.results }, grads };
}

/**
 * The tensor in which programs leave the gradient of a tensor: all programs share it, so that one
 * update reads it whichever ran. They share it too if the gradients are cleared between the steps:
 * a tensor for each program would be memory that its eviction cannot give back.
 */
const keptGradients = /* @__PURE__ */ new WeakMap<Tensor, Tensor>();

function keptBefore(tensor: Tensor, { shape, dtype }: Spec): Tensor | undefined {
  const kept = keptGradients.get(tensor);
  const isOurs = tensor.grad === null || tensor.grad === kept;
  return isOurs && kept?.dtype === dtype && sameShape(kept.shape, shape) ? kept : undefined;
}

/** The buffers that stand for memory outside a graph. */
function statesOf({ nodes }: Graph): Map<Storage, GraphBuffer> {
  const states = new Map<Storage, GraphBuffer>();
  for (const { inputs } of nodes) {
    for (const { buffer } of inputs) if (buffer.source.kind === "state") states.set(buffer.source.storage, buffer);
  }
  return states;
}
