import { kernelOf } from "../../ops/kernels.ts";
import type { Joins } from "../../wasm/index.ts";
import type { GraphBuffer, GraphNode } from "../graph.ts";
import { whyNoKernel } from "../program/kernelChoice.ts";
import type { Task } from "./fuse.ts";
import { touchesOf, WaitingList } from "./waiting.ts";

/** Calls that wait to be joined. */
interface Pending {
  readonly joins: Joins;
  readonly nodes: GraphNode[];
}

/**
 * Joins calls that differ only in their arrays, such as those of the optimizer for all parameters
 * of a group, into one task. A call waits as long as no other node touches its outputs or writes
 * its inputs.
 */
export function joinCalls(tasks: readonly Task[]): Task[] {
  const done: Task[] = [];
  const waiting = new WaitingList<Pending>();
  const flush = (pending: Pending) => {
    waiting.remove(pending);
    done.push(taskOf(pending));
  };
  for (const task of tasks) {
    const touches = touchesOf(task.kind === "op" ? [task.node] : task.nodes);
    for (const pending of waiting.before(touches)) flush(pending);
    const joins = task.kind === "op" ? joinsOf(task.node) : undefined;
    if (task.kind !== "op" || joins === undefined) {
      done.push(task);
      continue;
    }
    let home = [...waiting].find((pending) => isLike(task.node, pending));
    if (home === undefined) home = { joins, nodes: [task.node] };
    else home.nodes.push(task.node);
    waiting.add(home, touches);
  }
  for (const pending of waiting) flush(pending);
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

/** Whether a call differs from the waiting ones only in its arrays and its count. */
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
