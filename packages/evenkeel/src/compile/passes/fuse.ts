import { sameShape } from "../../core/index.ts";
import { mean, sum } from "../../ops/index.ts";
import type { Joins } from "../../wasm/index.ts";
import { type GraphBuffer, type GraphNode, type GraphValue, writtenBy } from "../graph.ts";
import { canFuse, inputsOf } from "../group.ts";
import type { Program } from "./rewrite.ts";

/** One step of a program: an op, elementwise ops that share a loop, or calls of one op on arrays side by side. */
export type Task =
  | { readonly kind: "op"; readonly node: GraphNode }
  | {
      readonly kind: "group";
      readonly nodes: readonly GraphNode[];
      readonly inputs: readonly GraphValue[];
      /** What is stored: results that are read elsewhere. The others never leave the registers. */
      readonly outputs: readonly GraphValue[];
    }
  | {
      readonly kind: "joined";
      readonly joins: Joins;
      readonly nodes: readonly GraphNode[];
      readonly inputs: readonly GraphValue[];
      readonly outputs: readonly GraphValue[];
    };

/** More steps than this in one loop, and values no longer fit the registers. */
const mostInGroup = 24;

interface Pending {
  readonly nodes: GraphNode[];
  /** Come right after the group. */
  readonly followers: GraphNode[];
  readonly reads: Set<GraphBuffer>;
  readonly writes: Set<GraphBuffer>;
}

/**
 * Gathers elementwise nodes of one shape into groups. A node may wait until something needs its result or overwrites what
 * it reads; groups wait independently, one per shape. Program order holds wherever it can be seen.
 */
export function fuseElementwise({ nodes, results }: Program): Task[] {
  const tasks: (GraphNode | readonly GraphNode[])[] = [];
  const waiting: Pending[] = [];
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ buffer }) => buffer)));
  const flush = (group: Pending) => {
    waiting.splice(waiting.indexOf(group), 1);
    // What this group reads may still wait in another.
    for (const other of [...waiting]) if (intersects(group.reads, other.writes)) flush(other);
    tasks.push(group.nodes, ...group.followers);
  };
  for (const node of nodes) {
    const reads = new Set(node.inputs.map(({ buffer }) => buffer));
    const writes = new Set(writtenBy(node));
    const conflicts = (group: Pending) =>
      intersects(reads, group.writes) || intersects(writes, group.writes) || intersects(writes, group.reads);
    const touched = waiting.filter(conflicts);
    if (touched.length === 1 && isLoss(node, read)) {
      touched[0].followers.push(node);
      continue;
    }
    const home = waiting.find(
      (group) => group.nodes.length < mostInGroup && sameDomain(node, group) && canFuse([...group.nodes, node]),
    );
    for (const group of [...waiting]) if (group !== home && waiting.includes(group) && conflicts(group)) flush(group);
    if (home !== undefined && waiting.includes(home) && !intersects(writes, home.reads)) {
      home.nodes.push(node);
      for (const buffer of reads) home.reads.add(buffer);
      for (const buffer of writes) home.writes.add(buffer);
    } else {
      if (home !== undefined && waiting.includes(home) && conflicts(home)) flush(home);
      if (canFuse([node])) waiting.push({ nodes: [node], followers: [], reads, writes });
      else tasks.push(node);
    }
  }
  while (waiting.length > 0) flush(waiting[0]);
  return tasks.map((task) =>
    Array.isArray(task) ? closed(task, tasks, results) : { kind: "op", node: task as GraphNode },
  );
}

/** A sum or mean that nothing in the step reads. */
function isLoss({ op, outputs: [total] }: GraphNode, read: ReadonlySet<GraphBuffer>): boolean {
  return (op === mean || op === sum) && total.buffer.source.kind === "temporary" && !read.has(total.buffer);
}

/** A group with what crosses its border. */
function closed(
  nodes: readonly GraphNode[],
  tasks: readonly (GraphNode | readonly GraphNode[])[],
  results: readonly GraphValue[],
): Task {
  const others = tasks.filter((task) => task !== nodes).flat() as GraphNode[];
  const read = new Set([...others.flatMap(({ inputs }) => inputs), ...results].map(({ buffer }) => buffer));
  const outputs = nodes
    .map((node) => node.outputs[0])
    .filter(({ buffer }) => read.has(buffer) || buffer.source.kind !== "temporary");
  return { kind: "group", nodes, inputs: inputsOf(nodes), outputs };
}

function sameDomain(node: GraphNode, { nodes }: Pending): boolean {
  return node.outputs.length === 1 && sameShape(node.outputs[0].shape, nodes[0].outputs[0].shape);
}

export function intersects(a: ReadonlySet<GraphBuffer>, b: ReadonlySet<GraphBuffer>): boolean {
  for (const item of a) if (b.has(item)) return true;
  return false;
}
