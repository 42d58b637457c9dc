import { broadcastShapes, formatShape, refuse, type Spec, sameShape, sizeOf } from "../core/index.ts";
import { kernelOf } from "../ops/kernels.ts";
import { type Graph, type GraphBuffer, type GraphNode, type GraphValue, generatorOf, writtenBy } from "./graph.ts";
import { type Layout, lifetimesOf, nodesOf } from "./memory/layout.ts";
import type { Task } from "./passes/fuse.ts";

/**
 * Checks of what stands between the stages of the compiler, rather than of the stages: a pass that breaks a graph is
 * found here whatever it meant to do. Tests turn them on (test/setup.ts); they are off for users, whom they would cost
 * as much as a pass.
 */
export const verification = { enabled: false };

const show = ({ shape, dtype }: Spec) => `${dtype}${formatShape(shape)}`;

/**
 * Whether a graph makes sense: outputs have the shapes and dtypes that their rows give, views fit their memory, nothing is
 * read before it is made or written where it must not be.
 * @throws Error naming the stage, the node, and what is wrong with it
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
    // The loop of an elementwise node broadcasts all operands alike: they may have lost what repeated them.
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
 * Whether tasks perform the nodes of a graph, each once, so that every read sees the write that it sees in program order,
 * and whether a group hands out all that others read of it.
 * @throws Error naming the node that is missing, or sees another write
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

/** For every node, which write to each of its buffers and its generator it sees or makes. */
function versionsSeen(nodes: readonly GraphNode[]): Map<GraphNode, string> {
  const writes = new Map<object, number>();
  return new Map(
    nodes.map((node) => {
      const reads = node.inputs.map(({ buffer }) => writes.get(buffer) ?? 0);
      const generator = generatorOf(node);
      const made = [...writtenBy(node), ...(generator === undefined ? [] : [generator])].map((thing) => {
        const count = (writes.get(thing) ?? 0) + 1;
        writes.set(thing, count);
        return count;
      });
      return [node, `${reads} ${made}`];
    }),
  );
}

/**
 * Whether everything has a place of its own as long as it is needed.
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
    // What is no temporary lives on after the program.
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
