import { type GraphBuffer, type GraphNode, writtenBy } from "../graph.ts";

/** The buffers that nodes touch. */
interface Touches {
  readonly reads: ReadonlySet<GraphBuffer>;
  readonly writes: ReadonlySet<GraphBuffer>;
}

export function touchesOf(nodes: readonly GraphNode[]): Touches {
  const reads = new Set<GraphBuffer>();
  const writes = new Set<GraphBuffer>();
  for (const node of nodes) {
    for (const { buffer } of node.inputs) reads.add(buffer);
    for (const buffer of writtenBy(node)) writes.add(buffer);
  }
  return { reads, writes };
}

interface Entry {
  readonly place: number;
  readonly reads: Set<GraphBuffer>;
  readonly writes: Set<GraphBuffer>;
}

/**
 * Parts of a program that wait to be joined, in program order. Conflicts are looked up by buffer: a
 * scan of all waiting parts would take quadratic time.
 */
export class WaitingList<W> implements Iterable<W> {
  readonly #entries = new Map<W, Entry>();
  readonly #readers = new Map<GraphBuffer, Set<W>>();
  readonly #writers = new Map<GraphBuffer, Set<W>>();
  #next = 0;

  /** Adds a waiting part, or adds buffers to one that waits already. */
  add(waiting: W, { reads, writes }: Touches): void {
    let entry = this.#entries.get(waiting);
    if (entry === undefined) {
      entry = { place: this.#next++, reads: new Set(), writes: new Set() };
      this.#entries.set(waiting, entry);
    }
    for (const buffer of reads) {
      entry.reads.add(buffer);
      listed(this.#readers, buffer).add(waiting);
    }
    for (const buffer of writes) {
      entry.writes.add(buffer);
      listed(this.#writers, buffer).add(waiting);
    }
  }

  /** Removes a part, and returns the others that write its inputs. */
  remove(waiting: W): W[] {
    const { reads, writes } = this.#entries.get(waiting) as Entry;
    this.#entries.delete(waiting);
    for (const buffer of reads) this.#readers.get(buffer)?.delete(waiting);
    for (const buffer of writes) this.#writers.get(buffer)?.delete(waiting);
    return this.#inOrder([this.#of(this.#writers, reads)]);
  }

  has(waiting: W): boolean {
    return this.#entries.has(waiting);
  }

  /** Whether a waiting part reads any of these buffers. */
  reads(waiting: W, buffers: ReadonlySet<GraphBuffer>): boolean {
    for (const buffer of buffers) if (this.#readers.get(buffer)?.has(waiting)) return true;
    return false;
  }

  /**
   * The parts that must precede a node that touches these buffers: they write its inputs, or read
   * or write its outputs.
   */
  before({ reads, writes }: Touches): W[] {
    const [readers, writers] = [this.#readers, this.#writers];
    return this.#inOrder([this.#of(writers, reads), this.#of(writers, writes), this.#of(readers, writes)]);
  }

  [Symbol.iterator](): Iterator<W> {
    return this.#entries.keys();
  }

  *#of(lists: ReadonlyMap<GraphBuffer, ReadonlySet<W>>, buffers: ReadonlySet<GraphBuffer>): Generator<W> {
    for (const buffer of buffers) yield* lists.get(buffer) ?? [];
  }

  #inOrder(lists: readonly Iterable<W>[]): W[] {
    const found = new Set<W>();
    for (const list of lists) for (const waiting of list) found.add(waiting);
    const place = (waiting: W) => this.#entries.get(waiting)?.place ?? 0;
    return [...found].sort((a, b) => place(a) - place(b));
  }
}

function listed<W>(lists: Map<GraphBuffer, Set<W>>, buffer: GraphBuffer): Set<W> {
  let list = lists.get(buffer);
  if (list === undefined) {
    list = new Set();
    lists.set(buffer, list);
  }
  return list;
}
