import type { DType } from "../../core/index.ts";
import type { Storage } from "../../tensor/storage.ts";
import { blockBytes } from "../../wasm/blocks.ts";
import { widthOf } from "../../wasm/convert.ts";
import type { Placed } from "../../wasm/index.ts";
import { type GraphBuffer, type GraphNode, type GraphValue, writtenBy } from "../graph.ts";
import type { Task } from "../passes/fuse.ts";
import { scratchOf } from "../program/kernelChoice.ts";
import { type Heap, heap } from "./heap.ts";
import { type Lifetime, planMemory } from "./plan.ts";

/** A number that is read from the host before every run. */
interface HostNumber {
  readonly dtype: DType;
  readonly address: number;
  readonly read: () => number;
}

/** The memory layout of a program. */
export interface Layout {
  readonly addresses: ReadonlyMap<GraphBuffer, number>;
  readonly arguments: readonly GraphBuffer[];
  readonly hosts: readonly HostNumber[];
  /** State that the program writes. */
  readonly written: readonly Storage[];
  /** Working memory for one task at a time. */
  readonly scratch: number;
  readonly lifetimes: ReadonlyMap<GraphBuffer, Lifetime>;
  /** Bytes of temporaries, of scratch, and of the two without any sharing. */
  readonly arenaBytes: number;
  readonly scratchBytes: number;
  readonly unsharedBytes: number;
  /** Blocks of the heap to release with the program. */
  readonly blocks: readonly number[];
}

const bytesOf = ({ dtype, size }: GraphBuffer): number => blockBytes(widthOf(dtype) * size);

export const nodesOf = (task: Task): readonly GraphNode[] => (task.kind === "op" ? [task.node] : task.nodes);

/**
 * Gives every buffer an address: state in the heap, temporaries by their lifetimes, all others
 * permanently. If there is no room for all, it takes none.
 * @param divides - whether large tasks are divided among threads
 */
export function layOut(tasks: readonly Task[], results: readonly GraphValue[], divides = false): Layout {
  const blocks: number[] = [];
  try {
    return place(tasks, results, divides, blocks);
  } catch (error) {
    heap().releaseAll(blocks);
    throw error;
  }
}

/** @param blocks - gets the blocks that are taken of the heap */
function place(tasks: readonly Task[], results: readonly GraphValue[], divides: boolean, blocks: number[]): Layout {
  const shared = heap();
  const lifetimes = lifetimesOf(tasks, results);
  const addresses = new Map<GraphBuffer, number>();
  const own = (bytes: number) => {
    const address = shared.allocate(bytes);
    blocks.push(address);
    return address;
  };
  const together = arraysOfJoined(tasks);
  adoptTogether(shared, together);
  const temporaries = bundlesOf(lifetimes, together);
  const plan = planMemory(temporaries.map(({ lifetime }) => lifetime));
  const scratchBytes = tasks.reduce((most, task) => Math.max(most, scratchOf(task, divides)), 0);
  const arena = own(plan.bytes + scratchBytes);
  for (const [i, { buffers }] of temporaries.entries()) {
    let address = arena + plan.offsets[i];
    for (const buffer of buffers) {
      addresses.set(buffer, address);
      address += bytesOf(buffer);
    }
  }
  const hosts: HostNumber[] = [];
  const args: GraphBuffer[] = [];
  const constants = new Map<string, number>();
  for (const [buffer] of lifetimes) {
    const { source, dtype } = buffer;
    if (source.kind === "argument") {
      // Not shared, so that profiling can run the tasks again on the same arguments.
      addresses.set(buffer, own(bytesOf(buffer)));
      args[source.index] = buffer;
    } else if (source.kind === "state") addresses.set(buffer, shared.adopt(source.storage));
    else if (source.kind === "host") {
      const address = own(8);
      addresses.set(buffer, address);
      hosts.push({ dtype, address, read: source.read });
    } else if (source.kind === "constant") {
      const key = `${dtype} ${Object.is(source.value, -0) ? "-0" : source.value}`;
      let address = constants.get(key);
      if (address === undefined) {
        address = own(16);
        constants.set(key, address);
        shared.view(dtype, address, 1)[0] = source.value;
      }
      addresses.set(buffer, address);
    }
  }
  const written = new Set(
    tasks
      .flatMap(nodesOf)
      .flatMap((node) => writtenBy(node).flatMap(({ source }) => (source.kind === "state" ? [source.storage] : []))),
  );
  return {
    addresses,
    arguments: args,
    hosts,
    written: [...written],
    scratch: arena + plan.bytes,
    lifetimes,
    arenaBytes: plan.bytes,
    scratchBytes,
    unsharedBytes: temporaries.reduce((total, { lifetime }) => total + lifetime.bytes, 0),
    blocks,
  };
}

/**
 * For every task of joined calls and each of their arrays: the buffers that should be adjacent, in
 * this order.
 */
function arraysOfJoined(tasks: readonly Task[]): GraphBuffer[][] {
  return tasks.flatMap((task) => {
    if (task.kind !== "joined") return [];
    const { joins, nodes } = task;
    return Array.from({ length: joins.arrays }, (_, i) => nodes.map(({ inputs }) => inputs[i].buffer));
  });
}

/** State moves to the heap in order. */
function adoptTogether(shared: Heap, together: readonly (readonly GraphBuffer[])[]): void {
  for (const buffers of together) {
    shared.adoptTogether(buffers.flatMap(({ source }) => (source.kind === "state" ? [source.storage] : [])));
  }
}

/** Temporaries that are placed as one. */
interface Bundle {
  readonly buffers: readonly GraphBuffer[];
  readonly lifetime: Lifetime;
}

function bundlesOf(
  lifetimes: ReadonlyMap<GraphBuffer, Lifetime>,
  together: readonly (readonly GraphBuffer[])[],
): Bundle[] {
  const left = new Set([...lifetimes.keys()].filter(({ source }) => source.kind === "temporary"));
  const take = (buffers: readonly GraphBuffer[]): Bundle => {
    for (const buffer of buffers) left.delete(buffer);
    const all = buffers.map((buffer) => lifetimes.get(buffer) as Lifetime);
    return {
      buffers,
      lifetime: {
        bytes: all.reduce((total, { bytes }) => total + bytes, 0),
        first: Math.min(...all.map(({ first }) => first)),
        last: Math.max(...all.map(({ last }) => last)),
      },
    };
  };
  const bundles = together.flatMap((buffers) => {
    const free = [...new Set(buffers)].filter((buffer) => left.has(buffer));
    return free.length > 1 ? [take(free)] : [];
  });
  return [...bundles, ...[...left].map((buffer) => take([buffer]))];
}

/**
 * From the task that first touches a buffer through the last; arguments from the start, results to
 * the end.
 */
export function lifetimesOf(tasks: readonly Task[], results: readonly GraphValue[]): Map<GraphBuffer, Lifetime> {
  const lifetimes = new Map<GraphBuffer, Lifetime>();
  const touch = (buffer: GraphBuffer, at: number) => {
    const known = lifetimes.get(buffer);
    const first = buffer.source.kind === "temporary" ? at : 0;
    lifetimes.set(buffer, { bytes: bytesOf(buffer), first: known?.first ?? first, last: at });
  };
  tasks.forEach((task, at) => {
    const { inputs, outputs } = task.kind === "op" ? task.node : task;
    for (const { buffer } of [...inputs, ...outputs]) touch(buffer, at);
  });
  for (const { buffer } of results) touch(buffer, tasks.length);
  return lifetimes;
}

export function placed({ shape, dtype, buffer }: GraphValue, { addresses }: Layout): Placed {
  return { shape, dtype, address: addresses.get(buffer) as number };
}
