import { sameShape } from "../../core/index.ts";
import {
  type Graph,
  type GraphBuffer,
  type GraphNode,
  type GraphValue,
  groupOf,
  hasEffect,
  writtenBy,
} from "../graph.ts";

/** The readers and writers of each buffer. */
export class Uses {
  readonly #readers = new Map<GraphBuffer, GraphNode[]>();
  readonly #writers = new Map<GraphBuffer, GraphNode[]>();
  readonly #results: ReadonlySet<GraphBuffer>;

  constructor({ nodes, results }: Graph) {
    this.#results = new Set(results.map(({ buffer }) => buffer));
    for (const node of nodes) {
      for (const { buffer } of node.inputs) push(this.#readers, buffer, node);
      for (const buffer of writtenBy(node)) push(this.#writers, buffer, node);
    }
  }

  readers(buffer: GraphBuffer): readonly GraphNode[] {
    return this.#readers.get(buffer) ?? [];
  }

  writers(buffer: GraphBuffer): readonly GraphNode[] {
    return this.#writers.get(buffer) ?? [];
  }

  /**
   * The node that fills a temporary, if no other node writes to it. Its readers may use other
   * views: see {@link maker}.
   */
  filler(buffer: GraphBuffer): GraphNode | undefined {
    const writers = this.writers(buffer);
    return buffer.source.kind === "temporary" && writers.length === 1 ? writers[0] : undefined;
  }

  /**
   * The node whose output is this value: the same memory in the same shape, with no other writer.
   * Pattern-matching passes use it, because a reader of another view computes something different.
   */
  maker(value: GraphValue): GraphNode | undefined {
    const node = this.filler(value.buffer);
    return node?.outputs.some((output) => isSameValue(output, value)) ? node : undefined;
  }

  isResult(buffer: GraphBuffer): boolean {
    return this.#results.has(buffer);
  }

  /** Whether a temporary has a single reader and is not a result. */
  isPrivate(buffer: GraphBuffer): boolean {
    return this.readers(buffer).length === 1 && !this.isResult(buffer) && this.filler(buffer) !== undefined;
  }

  /** Whether a value never changes: a temporary that is written once, or a read-only buffer. */
  isFixed({ buffer }: GraphValue): boolean {
    if (buffer.source.kind === "temporary") return this.filler(buffer) !== undefined;
    return this.writers(buffer).length === 0;
  }
}

/** Whether two values are the same memory in the same shape. */
export function isSameValue(a: GraphValue, b: GraphValue): boolean {
  return a.buffer === b.buffer && a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

function push(map: Map<GraphBuffer, GraphNode[]>, buffer: GraphBuffer, node: GraphNode): void {
  const list = map.get(buffer);
  if (list === undefined) map.set(buffer, [node]);
  else if (list.at(-1) !== node) list.push(node);
}

/** The nodes with inputs replaced; a node without changes stays the same object. */
export function mapInputs(graph: Graph, change: (value: GraphValue, node: GraphNode) => GraphValue): Graph {
  const nodes = graph.nodes.map((node) => {
    const inputs = node.inputs.map((value) => change(value, node));
    return inputs.some((value, i) => value !== node.inputs[i]) ? { ...node, inputs } : node;
  });
  return { ...graph, nodes };
}

/** Removes dead code. Writes to state, draws from generators, messages and results are its roots. */
export function withoutDeadCode({ nodes, results }: Graph): Graph {
  const wanted = new Set(results.map(({ buffer }) => buffer));
  const kept: GraphNode[] = [];
  for (const node of [...nodes].reverse()) {
    // A write to a temporary matters only if a later node reads it.
    const matters =
      node.outputs.some(({ buffer }) => wanted.has(buffer) || buffer.source.kind !== "temporary") ||
      node.op.writes.some(
        (i) => wanted.has(node.inputs[i].buffer) || node.inputs[i].buffer.source.kind !== "temporary",
      ) ||
      (node.op.writes.length === 0 && hasEffect(node)) ||
      groupOf(node) !== undefined;
    if (!matters) continue;
    kept.push(node);
    for (const { buffer } of node.inputs) wanted.add(buffer);
  }
  return { nodes: kept.reverse(), results };
}
