import { mean, sum } from "../../ops/index.ts";
import type { Joins } from "../../wasm/index.ts";
import type { Graph, GraphBuffer, GraphNode, GraphValue } from "../graph.ts";
import { fusionOf, inputsOf } from "../group.ts";
import { touchesOf, WaitingList } from "./waiting.ts";

/**
 * One step of a program: an op, elementwise ops that share a loop, or calls of one op on adjacent
 * arrays.
 */
export type Task =
  | { readonly kind: "op"; readonly node: GraphNode }
  | {
      readonly kind: "group";
      readonly nodes: readonly GraphNode[];
      readonly inputs: readonly GraphValue[];
      /** The stored results, which other tasks read. The others never leave the registers. */
      readonly outputs: readonly GraphValue[];
    }
  | {
      readonly kind: "joined";
      readonly joins: Joins;
      readonly nodes: readonly GraphNode[];
      readonly inputs: readonly GraphValue[];
      readonly outputs: readonly GraphValue[];
    };

/** With more steps in one loop, values no longer fit the registers. */
const mostInGroup = 24;

interface Pending {
  readonly key: string;
  readonly nodes: GraphNode[];
  /** The dimension that splits the shape, once a node depends on it. */
  split: number | undefined;
  /** Nodes that come right after the group. */
  readonly followers: GraphNode[];
}

/**
 * Gathers elementwise nodes of one shape into groups. A node may wait until another needs its
 * result or overwrites its inputs; groups wait independently, one per shape. Observable program
 * order is kept.
 */
export function fuseElementwise({ nodes, results }: Graph): Task[] {
  const tasks: (GraphNode | readonly GraphNode[])[] = [];
  const waiting = new WaitingList<Pending>();
  /** The groups with room for more nodes, by the key of their nodes. */
  const open = new Map<string, Pending[]>();
  const close = (group: Pending) =>
    open.set(
      group.key,
      (open.get(group.key) ?? []).filter((other) => other !== group),
    );
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ buffer }) => buffer)));
  const flush = (group: Pending) => {
    close(group);
    // The inputs of this group may still wait in another.
    for (const other of waiting.remove(group)) if (waiting.has(other)) flush(other);
    tasks.push(group.nodes, ...group.followers);
  };
  for (const node of nodes) {
    const touches = touchesOf([node]);
    const before = waiting.before(touches);
    if (before.length === 1 && isLoss(node, read)) {
      before[0].followers.push(node);
      continue;
    }
    const fusion = fusionOf(node);
    const key = fusion === undefined ? "" : `${fusion.lanes} ${node.outputs[0].shape}`;
    const agrees = ({ split }: Pending) => split === undefined || fusion?.split === undefined || split === fusion.split;
    const home = fusion && open.get(key)?.find(agrees);
    for (const group of before) if (group !== home && waiting.has(group)) flush(group);
    if (home !== undefined && waiting.has(home) && !waiting.reads(home, touches.writes)) {
      home.nodes.push(node);
      home.split ??= fusion?.split;
      waiting.add(home, touches);
      if (home.nodes.length === mostInGroup) close(home);
    } else {
      if (home !== undefined && waiting.has(home) && before.includes(home)) flush(home);
      if (fusion === undefined) tasks.push(node);
      else {
        const group: Pending = { key, nodes: [node], split: fusion.split, followers: [] };
        waiting.add(group, touches);
        open.set(key, [...(open.get(key) ?? []), group]);
      }
    }
  }
  for (const group of waiting) flush(group);
  const readers = readersOf(tasks, results);
  return tasks.map((task) => (Array.isArray(task) ? closed(task, readers) : { kind: "op", node: task as GraphNode }));
}

/** A sum or mean that no node of the step reads. */
function isLoss({ op, outputs: [total] }: GraphNode, read: ReadonlySet<GraphBuffer>): boolean {
  return (op === mean || op === sum) && total.buffer.source.kind === "temporary" && !read.has(total.buffer);
}

/** The number of tasks that read each buffer; the caller, who gets the results, counts as one. */
function readersOf(
  tasks: readonly (GraphNode | readonly GraphNode[])[],
  results: readonly GraphValue[],
): Map<GraphBuffer, number> {
  const readers = new Map<GraphBuffer, number>();
  const count = (buffers: Iterable<GraphBuffer>) => {
    for (const buffer of buffers) readers.set(buffer, (readers.get(buffer) ?? 0) + 1);
  };
  for (const task of tasks) count(touchesOf([task].flat() as GraphNode[]).reads);
  count(new Set(results.map(({ buffer }) => buffer)));
  return readers;
}

/** A group with its inputs and outputs. */
function closed(nodes: readonly GraphNode[], readers: ReadonlyMap<GraphBuffer, number>): Task {
  const { reads } = touchesOf(nodes);
  const isReadElsewhere = (buffer: GraphBuffer) => (readers.get(buffer) ?? 0) > (reads.has(buffer) ? 1 : 0);
  const outputs = nodes
    .map((node) => node.outputs[0])
    .filter(({ buffer }) => isReadElsewhere(buffer) || buffer.source.kind !== "temporary");
  return { kind: "group", nodes, inputs: inputsOf(nodes), outputs };
}
