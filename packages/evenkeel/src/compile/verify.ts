import { broadcastShapes, formatShape, refuse, type Spec, sameShape, sizeOf } from "../core/index.ts";
import { kernelOf } from "../ops/kernels.ts";
import { Storage } from "../tensor/storage.ts";
import {
  type Graph,
  type GraphBuffer,
  type GraphNode,
  type GraphValue,
  generatorOf,
  groupOf,
  writtenBy,
} from "./graph.ts";
import { type Layout, lifetimesOf, nodesOf } from "./memory/layout.ts";
import type { Task } from "./passes/fuse.ts";

const show = ({ shape, dtype }: Spec) => `${dtype}${formatShape(shape)}`;

/**
 * Checks that a graph is valid: outputs have the shapes and dtypes of their rows, views fit their
 * memory, nothing is read before it is made, and no read-only buffer is written.
 * @throws Error naming the stage, the node and the fault
 */
export function verifyGraph({ nodes, results }: Graph, stage: string): void {
  const made = new Set<GraphBuffer>();
  nodes.forEach((node, at) => {
    const { op, attrs, inputs, outputs } = node;
    const wrong = (what: string) => refuse("internal", "", `after ${stage}, node ${at} (${op.name}): ${what}`);
    for (const value of [...inputs, ...outputs]) {
      if (sizeOf(value.shape) === value.buffer.size && value.dtype === value.buffer.dtype) continue;
      throw wrong(`${show(value)} is a view of ${value.buffer.size} values of ${value.buffer.dtype}`);
    }
    for (const value of inputs) {
      if (value.buffer.source.kind === "temporary" && !made.has(value.buffer)) {
        throw wrong(`an input ${show(value)} is read before anything has made it`);
      }
    }
    const specs = op.shape(inputs, attrs as never);
    // The loop of an elementwise node broadcasts its operands: their expansions may have been
    // removed.
    const repeats = kernelOf(op).kind === "lanes";
    const fits = specs.length === outputs.length && specs.every((spec, i) => isLike(spec, outputs[i], repeats));
    if (!fits) throw wrong(`its outputs are ${outputs.map(show)}, its row gives ${specs.map(show)}`);
    for (const buffer of writtenBy(node)) {
      if (buffer.source.kind === "temporary" || buffer.source.kind === "state") made.add(buffer);
      else
        throw wrong(`it writes ${buffer.source.kind === "host" ? "a number of the host" : `a ${buffer.source.kind}`}`);
    }
  });
  for (const value of results) {
    if (value.buffer.source.kind !== "temporary" || made.has(value.buffer)) continue;
    throw refuse("internal", "", `after ${stage}: nothing makes the result ${show(value)}`);
  }
}

function isLike(spec: Spec, output: GraphValue, repeats: boolean): boolean {
  const shape = repeats ? broadcastShapes(spec.shape, output.shape) : spec.shape;
  return spec.dtype === output.dtype && sameShape(shape, output.shape);
}

/**
 * Checks that a pass has kept the side effects of a graph: every write to state occurs once, draws
 * from a generator keep their order, and a read of state stays between the same two writes.
 * @throws Error naming the pass, and the state or the generator whose history differs
 */
export function verifyEffects(before: Graph, after: Graph, stage: string): void {
  const [old, fresh] = [historiesOf(before), historiesOf(after)];
  for (const subject of new Set([...old.keys(), ...fresh.keys()])) {
    const [was, is] = [old.get(subject) ?? [], fresh.get(subject) ?? []];
    if (was.length === is.length && was.every((event, i) => event === is[i])) continue;
    const other = "communicator" in subject ? "the messages of a group" : "a generator";
    const what = subject instanceof Storage ? `a state of ${subject.data.length} values` : other;
    const change = `${was.join(", ")} became ${is.join(", ")}`;
    throw refuse("internal", "", `${stage} changes what happens to ${what}: ${change}`);
  }
}

/**
 * The history of every written state: its writes, and whether it is read between two of them. Reads
 * before the first and after the last write may be added or removed with their nodes. The history
 * of every generator: the nodes that draw.
 */
function historiesOf({ nodes }: Graph): Map<object, string[]> {
  const histories = new Map<object, string[]>();
  const add = (subject: object, event: string) => {
    const history = histories.get(subject) ?? [];
    if (event === "read" && (history.length === 0 || history.at(-1) === "read")) return;
    histories.set(subject, [...history, event]);
  };
  for (const node of nodes) {
    const written = new Set(writtenBy(node));
    for (const { buffer } of node.inputs) {
      if (buffer.source.kind === "state" && !written.has(buffer)) add(buffer.source.storage, "read");
    }
    for (const { source } of written) if (source.kind === "state") add(source.storage, "write");
    for (const shared of sharedBy(node)) add(shared, node.op.name);
  }
  for (const history of histories.values()) if (history.at(-1) === "read") history.pop();
  return histories;
}

/**
 * Checks that tasks perform every node of a graph once, that every read sees the same write as in
 * program order, and that a group stores every value that others read.
 * @throws Error naming the node that is missing, or that sees another write
 */
export function verifyTasks(tasks: readonly Task[], { nodes, results }: Graph): void {
  const performed = tasks.flatMap(nodesOf);
  if (performed.length !== nodes.length) {
    throw refuse("internal", "", `tasks perform ${performed.length} nodes of ${nodes.length}`);
  }
  const order = new Map(nodes.map((node, at) => [node, at]));
  const before = versionsSeen(nodes);
  const after = versionsSeen(performed);
  for (const node of performed) {
    if (!order.has(node))
      throw refuse("internal", "", `a task performs ${node.op.name}, which is no node of the graph`);
    if (before.get(node) === after.get(node)) continue;
    throw refuse(
      "internal",
      "",
      `node ${order.get(node)} (${node.op.name}) was moved over a write to what it reads or writes`,
    );
  }
  for (const task of tasks) {
    if (task.kind !== "group") continue;
    const own = new Set(task.nodes);
    const outside = [...performed.filter((node) => !own.has(node)).flatMap(({ inputs }) => inputs), ...results];
    const read = new Set(outside.map(({ buffer }) => buffer));
    const stored = new Set(task.outputs.map(({ buffer }) => buffer));
    for (const { op, outputs } of task.nodes) {
      const [{ buffer }] = outputs;
      if ((read.has(buffer) || buffer.source.kind !== "temporary") && !stored.has(buffer)) {
        throw refuse("internal", "", `a group does not store what ${op.name} makes, and others read it`);
      }
    }
  }
}

/** What a node uses in program order besides memory: the generator it draws from, the ranks it exchanges with. */
function sharedBy(node: GraphNode): object[] {
  return [generatorOf(node), groupOf(node)].filter((thing) => thing !== undefined);
}

/**
 * For every node and each of its buffers, its generator and its group, the number of the write that it sees or
 * makes.
 */
function versionsSeen(nodes: readonly GraphNode[]): Map<GraphNode, string> {
  const writes = new Map<object, number>();
  return new Map(
    nodes.map((node) => {
      const reads = node.inputs.map(({ buffer }) => writes.get(buffer) ?? 0);
      const made = [...writtenBy(node), ...sharedBy(node)].map((thing) => {
        const count = (writes.get(thing) ?? 0) + 1;
        writes.set(thing, count);
        return count;
      });
      return [node, `${reads} ${made}`];
    }),
  );
}

/**
 * Checks that every buffer has an address, and that live buffers do not overlap.
 * @throws Error naming two buffers that overlap, or one without an address
 */
export function verifyLayout(tasks: readonly Task[], results: readonly GraphValue[], layout: Layout): void {
  const placed = [...lifetimesOf(tasks, results)].map(([buffer, lifetime]) => {
    const address = layout.addresses.get(buffer);
    if (address === undefined || address % 16 !== 0) {
      throw refuse(
        "internal",
        "",
        `a ${buffer.source.kind} of ${buffer.size} values of ${buffer.dtype} is at ${address}`,
      );
    }
    // Buffers other than temporaries outlive the program.
    const isForGood = buffer.source.kind !== "temporary";
    return {
      buffer,
      address,
      end: address + lifetime.bytes,
      ...lifetime,
      ...(isForGood && { first: 0, last: Infinity }),
    };
  });
  placed.sort((a, b) => a.address - b.address);
  placed.forEach((one, i) => {
    for (let j = i + 1; j < placed.length && placed[j].address < one.end; j++) {
      const other = placed[j];
      if (one.first > other.last || other.first > one.last) continue;
      if (one.buffer.source.kind === "constant" && other.buffer.source.kind === "constant") continue;
      throw refuse(
        "internal",
        "",
        `${one.buffer.source.kind} [${one.address}, ${one.end}) of tasks ${one.first} to ${one.last} and ` +
          `${other.buffer.source.kind} [${other.address}, ${other.end}) of tasks ${other.first} to ` +
          `${other.last} overlap`,
      );
    }
  });
}
