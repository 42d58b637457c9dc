import { kernelOf } from "../../ops/kernels.ts";
import type { Joins } from "../../wasm/index.ts";
import { type GraphBuffer, type GraphNode, writtenBy } from "../graph.ts";
import { whyNoKernel } from "../kernelChoice.ts";
import { intersects, type Task } from "./fuse.ts";

/** Calls that wait for more of their like. */
interface Pending {
  readonly joins: Joins;
  readonly nodes: GraphNode[];
  readonly reads: Set<GraphBuffer>;
  readonly writes: Set<GraphBuffer>;
}

/**
 * Gathers calls that differ in their arrays alone, such as the optimizer's of all parameters of a group, into one task. A
 * call waits as long as nothing touches what it writes, and nothing writes what it reads.
 */
export function joinCalls(tasks: readonly Task[]): Task[] {
  const done: Task[] = [];
  const waiting: Pending[] = [];
  const flush = (pending: Pending) => {
    waiting.splice(waiting.indexOf(pending), 1);
    done.push(taskOf(pending));
  };
  for (const task of tasks) {
    const nodes = task.kind === "op" ? [task.node] : task.nodes;
    const reads = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ buffer }) => buffer)));
    const writes = new Set(nodes.flatMap(writtenBy));
    for (const pending of [...waiting]) {
      const touches =
        intersects(reads, pending.writes) || intersects(writes, pending.writes) || intersects(writes, pending.reads);
      if (touches) flush(pending);
    }
    const joins = task.kind === "op" ? joinsOf(task.node) : undefined;
    if (task.kind !== "op" || joins === undefined) {
      done.push(task);
      continue;
    }
    const home = waiting.find((pending) => isLike(task.node, pending));
    if (home === undefined) waiting.push({ joins, nodes: [task.node], reads, writes });
    else {
      home.nodes.push(task.node);
      for (const buffer of reads) home.reads.add(buffer);
      for (const buffer of writes) home.writes.add(buffer);
    }
  }
  while (waiting.length > 0) flush(waiting[0]);
  return done;
}

function joinsOf(node: GraphNode): Joins | undefined {
  const kernel = kernelOf(node.op);
  if (kernel.kind !== "kernel" || whyNoKernel(node) !== undefined) return undefined;
  const joins = kernel.joins?.(node.inputs);
  if (joins === undefined) return undefined;
  const arrays = node.inputs.slice(0, joins.arrays);
  return arrays.every(({ dtype }) => dtype === arrays[0].dtype) ? joins : undefined;
}

/** Whether a call has all in common with those that wait, but for its arrays and its count. */
function isLike({ op, attrs, inputs }: GraphNode, { joins, nodes: [first] }: Pending): boolean {
  return (
    op === first.op &&
    inputs[0].dtype === first.inputs[0].dtype &&
    hasSameAttrs(attrs, first.attrs) &&
    inputs.every(({ buffer }, i) => i < joins.arrays || i === joins.count || isSame(buffer, first.inputs[i].buffer))
  );
}

function isSame(a: GraphBuffer, b: GraphBuffer): boolean {
  if (a === b) return true;
  if (a.source.kind !== "constant" || b.source.kind !== "constant") return false;
  return a.dtype === b.dtype && Object.is(a.source.value, b.source.value);
}

function hasSameAttrs(a: unknown, b: unknown): boolean {
  const [ofA, ofB] = [Object.entries(a as object), b as Record<string, unknown>];
  return ofA.length === Object.keys(ofB).length && ofA.every(([key, value]) => Object.is(ofB[key], value));
}

function taskOf({ joins, nodes }: Pending): Task {
  if (nodes.length === 1) return { kind: "op", node: nodes[0] };
  return { kind: "joined", joins, nodes, inputs: nodes.flatMap(({ inputs }) => inputs), outputs: [] };
}
